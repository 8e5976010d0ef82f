"""Every call of a hook at a start: which component answered with what, in order, and how long it took."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from renda.declarations import Module
from renda.plugins import Component, collect


@dataclass(frozen=True)
class Call:
    """A call of a hook.

    Attributes:
        hook: its name.
        component: who answered.
        names: of what was declared, in order.
        milliseconds: how long the answer took.
    """

    hook: str
    component: str
    names: tuple[str, ...]
    milliseconds: float


def trace(components: Iterable[Component]) -> list[Call]:
    """Ask the components as a start does, and note every call.

    Raises:
        Misconfigured: see `renda.plugins.collect`.
    """
    found: list[Call] = []

    def heard(hook: str, component: str, answer: Any, seconds: float) -> None:
        found.append(Call(hook, component, names(answer), round(seconds * 1000, 3)))

    collect(tuple(components), heard)
    return found


def names(answer: Any) -> tuple[str, ...]:
    """What a hook's answer declares, by the words that the declarations are known by."""
    return tuple(map(_name, [answer] if isinstance(answer, Module) else answer))


def _name(one: Any) -> str:
    for word in ("name", "code", "path", "title"):
        if found := getattr(one, word, ""):
            return str(found)
    return type(one).__name__
