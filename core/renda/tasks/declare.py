"""Declaring tasks: a name for a plain function.

Names start with the component, as tables do (`core.…`, `tiers.…`), so that a node runs the tasks of the
components that it has loaded and leaves the rows of others alone.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from typing import Concatenate, TypeVar

from sqlalchemy.orm import Session

from renda.plugins import Component
from renda.types import Registry

TaskFunction = Callable[Concatenate[Registry, Session, datetime, ...], None]
"""Called with the registry, an open session, the instant, and the arguments of the row."""

_F = TypeVar("_F", bound=TaskFunction)

LONGEST_WAIT = timedelta(minutes=10)
"""Limit of the wait after a failure; so far ahead a row of any task may be due."""


@dataclass(frozen=True)
class Task:
    """A named function that background work runs.

    Attributes:
        period: for a task that nobody asks for: how long after one run the next begins.
        locked: whether its row is locked and the transaction open from the start. Without, the transaction
            begins with the function's first statement: right for a function that first waits for another
            machine, which must not keep the database's write lock meanwhile. Its database effects still
            happen once; what it does elsewhere may be repeated.
        longest: how far ahead its rows are due at most, by period, by the wait after a failure and by whoever
            asks for it; a row that is due later was written while the clock was wrong. None: any time.
    """

    name: str
    function: TaskFunction
    period: timedelta | None = None
    locked: bool = True
    longest: timedelta | None = LONGEST_WAIT


TASKS: dict[str, Task] = {}
"""Every task whose module has been imported, by name."""


def task(name: str, *, locked: bool = True, longest: timedelta | None = LONGEST_WAIT) -> Callable[[_F], _F]:
    """Register the decorated function as the task `name`; see `Task` for `locked` and `longest`.

    The function must be able to run again after a failure. It scopes the session itself.

    Raises:
        ValueError: the name has no component, or belongs to another function.
    """
    return _register(name, None, locked=locked, longest=longest)


def periodic(name: str, seconds: int, *, locked: bool = True) -> Callable[[_F], _F]:
    """Register the decorated function as a task without arguments that runs every `seconds` seconds."""
    period = timedelta(seconds=seconds)
    return _register(name, period, locked=locked, longest=period)


def _register(
    name: str, period: timedelta | None, *, locked: bool, longest: timedelta | None
) -> Callable[[_F], _F]:
    if not all(name.partition(".")):
        raise ValueError(f"{name}: a task is named <component>.<what it does>")
    longest = longest and max(longest, LONGEST_WAIT)

    def keep(function: _F) -> _F:
        known = TASKS.setdefault(name, Task(name, function, period, locked, longest))
        if known.function is not function:
            raise ValueError(f"{name} is the name of two tasks")
        return function

    return keep


def load(components: Iterable[Component]) -> Mapping[str, Task]:
    """The tasks of these components; a component's own `tasks` module, if it has one, is imported first."""
    wanted = set()
    for component in components:
        wanted.add(component.name)
        module = f"{component.package}.tasks"
        if find_spec(module) is not None:
            import_module(module)
    return {name: one for name, one in TASKS.items() if name.partition(".")[0] in wanted}
