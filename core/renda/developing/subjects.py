"""A plugin as its checks and its contract look at it: alone, and together with all that it needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from renda import hookspecs
from renda.declarations import RecordType
from renda.declarations.modules import CORE
from renda.plugins import GROUP, Component, Declared, answers, collect, load, manager

HOOKS = tuple(name for name in vars(hookspecs) if name.startswith("register_"))
"""Every hook, in the order of the contract."""


@dataclass(frozen=True)
class Subject:
    """A plugin that starts.

    Attributes:
        component: its name and package.
        said: what it answers itself, by hook; hooks that it does not implement are not there.
        declared: the same together with the core and all that it needs.
    """

    component: Component
    said: Mapping[str, Any]
    declared: Declared

    @property
    def name(self) -> str:
        """Its name."""
        return self.component.name

    @property
    def folder(self) -> Path:
        """Where its package lies."""
        return Path(str(resources.files(self.component.package)))

    @property
    def record_types(self) -> list[RecordType]:
        """Its record types, those of participation included."""
        return [one for one in self.declared.record_types.values() if one.module == self.name]


def installed() -> list[str]:
    """Names of all plugins on this machine."""
    return sorted({point.name for point in entry_points(group=GROUP)})


def needed(name: str) -> list[str]:
    """A plugin after all that it needs, directly or not.

    Raises:
        Misconfigured: one of them is not installed, or fails.
    """
    found: list[str] = []

    def add(one: str, above: tuple[str, ...] = ()) -> None:
        module = answers(manager(load([one])[1:]), "register_module").get(one)
        for other in module.needs if module else ():
            if other not in {CORE, one, *above}:
                add(other, (*above, one))
        if one not in found:
            found.append(one)

    add(name)
    return found


def subject(name: str) -> Subject:
    """An installed plugin.

    Raises:
        Misconfigured: it does not start.
    """
    components = load(needed(name))
    own = manager(components[-1:])
    said = {hook: answer for hook in HOOKS for answer in answers(own, hook).values()}
    return Subject(components[-1], said, collect(components))
