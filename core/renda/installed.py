"""Everything on this machine, whether or not a node's profile lets it run: what the command line offers.

Installed is not allowed: a plugin that is wrong stops the nodes whose profile names it, and nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points

import click

from renda.errors import Misconfigured
from renda.plugins import GROUP, Component, answers, guarded, load, manager, unique

_HOOK = "register_commands"
_OWN = "renda_"
Entry = tuple[str, str, click.Command]


@dataclass(frozen=True)
class Installed:
    """What can be asked for before it is known of which node.

    Attributes:
        components: those that work, the core first.
        commands: their commands, by name.
        left_out: what is wrong with the others.
    """

    components: tuple[Component, ...]
    commands: Mapping[str, click.Command]
    left_out: tuple[Misconfigured, ...]


def look() -> Installed:
    """Ask every installed component for its commands.

    Raises:
        Misconfigured: the core itself is wrong.
    """
    components = load(())
    entries = _commands(components[0])
    left_out = []
    for name in _names():
        try:
            component = load([name])[-1]
            more = [*entries, *_commands(component)]
            unique(_HOOK, more)
        except Misconfigured as error:
            left_out.append(error)
        else:
            components, entries = (*components, component), more
    return Installed(components, unique(_HOOK, entries), tuple(left_out))


def _names() -> list[str]:
    """Names of all plugins, the project's own first: of two commands of one name the first is kept."""
    points = sorted(entry_points(group=GROUP), key=lambda one: (not one.value.startswith(_OWN), one.name))
    return list(dict.fromkeys(one.name for one in points))


def _commands(component: Component) -> list[Entry]:
    said = answers(manager([component]), _HOOK).get(component.name, ())
    found: list[Entry] = guarded(component.name, lambda: [(component.name, one.name, one) for one in said])
    return found
