"""Loading: which components run on this node, and everything that they declare.

One plugin manager per application. The order is the profile's; a missing plugin, a misspelt hook, a plugin
that raises and two declarations of one name each stop the start with a sentence that names them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from importlib import import_module
from importlib.metadata import entry_points
from time import perf_counter
from types import ModuleType
from typing import TYPE_CHECKING, Any

import click
import pluggy

from renda import hookspecs
from renda.declarations import (
    Card,
    Channel,
    DocumentKind,
    Indicator,
    MenuEntry,
    Module,
    RecordType,
    ReportTemplate,
    Role,
    Sample,
    Setting,
)
from renda.declarations.modules import CORE
from renda.errors import Misconfigured
from renda.i18n import _
from renda.records.participation import participation_type

if TYPE_CHECKING:
    from renda.packs.declared import Pack

GROUP = "renda.plugins"

Heard = Callable[[str, str, Any, float], None]
"""Told of every call of a hook: its name, the component's, what it answered, and the seconds it took."""


@dataclass(frozen=True)
class Component:
    """A package that owns tables, migrations, templates and messages under one name."""

    name: str
    package: str


@dataclass(frozen=True)
class Declared:
    """Everything that the components of this node declare, by name, in their order.

    `packs` are the practice packs that its organisations have; what they declare stands among the rest.
    """

    components: tuple[Component, ...]
    modules: Mapping[str, Module]
    settings: Mapping[str, Setting]
    record_types: Mapping[str, RecordType]
    roles: Mapping[str, Role]
    indicators: Mapping[str, Indicator]
    templates: Mapping[str, ReportTemplate]
    document_kinds: Mapping[str, DocumentKind]
    menu: tuple[tuple[str, MenuEntry], ...]
    cards: tuple[tuple[str, Card], ...]
    samples: Mapping[str, Sample]
    commands: Mapping[str, click.Command]
    channels: Mapping[str, Channel] = field(default_factory=dict)
    packs: "Mapping[str, Pack]" = field(default_factory=dict)

    def module_of_indicator(self, code: str) -> str:
        """Name of the module whose records an indicator measures, or "" where none does."""
        measure = self.indicators[code].measure
        return measure.records.partition("_")[0] if measure else ""

    def parts_of(self, name: str) -> list[RecordType]:
        """Record types whose rows belong to rows of this one, its participation included."""
        return [kind for kind in self.record_types.values() if kind.part_of == name]


def load(names: Sequence[str]) -> tuple[Component, ...]:
    """Import the core and the named plugins, in this order.

    Raises:
        Misconfigured: a plugin is not installed, is installed twice, or fails to import.
    """
    installed: dict[str, list[str]] = {}
    for point in entry_points(group=GROUP):
        installed.setdefault(point.name, []).append(point.value)
    components = [Component(CORE, "renda")]
    for name in names:
        packages = installed.get(name, [])
        if len(packages) != 1:
            raise Misconfigured(
                _(
                    "The module ${name} is named in the profile but installed ${count} times. "
                    "Install exactly one package that provides it, or take it out of the profile.",
                    mapping={"name": name, "count": len(packages)},
                )
            )
        components.append(Component(name, packages[0]))
    for component in components:
        guarded(component.name, partial(import_module, component.package))
    return tuple(components)


def guarded(name: str, call: Callable[[], Any]) -> Any:
    """What the code of a component gives.

    Raises:
        Misconfigured: it raises; the sentence names the component.
    """
    try:
        return call()
    except Exception as error:
        raise Misconfigured(
            _(
                "The module ${name} failed while starting: ${error}",
                mapping={"name": name, "error": f"{type(error).__name__}: {error}"},
            )
        ) from error


def manager(components: Iterable[Component]) -> pluggy.PluginManager:
    """A plugin manager that holds the components.

    Raises:
        Misconfigured: a component implements a hook that does not exist, or one with arguments.
    """
    found = pluggy.PluginManager("renda")
    found.add_hookspecs(hookspecs)
    for component in components:
        plugin: ModuleType = import_module("renda.builtin" if component.name == CORE else component.package)
        try:
            found.register(plugin, name=component.name)
        except pluggy.PluginValidationError as error:
            raise Misconfigured(
                _("The hooks of the module ${name} take no arguments.", mapping={"name": component.name})
            ) from error
        unknown = [one.name for one in found.get_hookcallers(plugin) or () if not one.has_spec()]
        if unknown:
            raise Misconfigured(
                _(
                    "The module ${name} implements the hook ${hook}, which does not exist.",
                    mapping={"name": component.name, "hook": ", ".join(unknown)},
                )
            )
    return found


def answers(found: pluggy.PluginManager, hook: str, heard: Heard | None = None) -> dict[str, Any]:
    """What each component that implements a hook declares through it."""
    said: dict[str, Any] = {}
    for one in getattr(found.hook, hook).get_hookimpls():
        began = perf_counter()
        said[one.plugin_name] = guarded(one.plugin_name, one.function)
        if heard is not None:
            heard(hook, one.plugin_name, said[one.plugin_name], perf_counter() - began)
    return said


def collect(components: tuple[Component, ...], heard: Heard | None = None) -> Declared:
    """Ask every component for its declarations, in order; `heard` is told of every call.

    Raises:
        Misconfigured: a hook raises, or two components declare one name.
    """
    plugins = manager(components)

    def ask(hook: str) -> list[tuple[str, Any]]:
        said = answers(plugins, hook, heard)
        return [(one.name, said[one.name]) for one in components if one.name in said]

    def named(hook: str, key: Callable[[Any], str]) -> dict[str, Any]:
        return unique(hook, ((name, key(one), one) for name, many in ask(hook) for one in many))

    slots = [(name, slot) for name, many in ask("register_slots") for slot in many]
    templates = {
        code: replace(template, module=name)
        for name, many in ask("register_report_templates")
        for code, template in unique("register_report_templates", ((name, t.code, t) for t in many)).items()
    }
    return Declared(
        components=components,
        modules=dict(ask("register_module")),
        settings=named("register_settings", lambda one: one.name),
        record_types=with_participation(named("register_record_types", lambda one: one.name)),
        roles=named("register_roles", lambda one: one.name),
        indicators=named("register_indicators", lambda one: one.code),
        templates=templates,
        document_kinds=named("register_document_kinds", lambda one: one.name),
        menu=tuple((name, slot) for name, slot in slots if isinstance(slot, MenuEntry)),
        cards=tuple((name, slot) for name, slot in slots if isinstance(slot, Card)),
        samples=named("register_samples", lambda one: one.name),
        commands=named("register_commands", lambda one: one.name),
        channels=named("register_channels", lambda one: one.name),
    )


def unique(hook: str, entries: Iterable[tuple[str, str, Any]]) -> dict[str, Any]:
    """Declarations by name, of entries (component, name, declaration).

    Raises:
        Misconfigured: two components declare one name.
    """
    found: dict[str, Any] = {}
    owner: dict[str, str] = {}
    for plugin, key, one in entries:
        if key in found:
            raise Misconfigured(
                _(
                    "${first} and ${second} both declare ${key} (${hook}).",
                    mapping={"first": owner[key], "second": plugin, "key": key, "hook": hook},
                )
            )
        found[key], owner[key] = one, plugin
    return found


def with_participation(types: Mapping[str, RecordType]) -> dict[str, RecordType]:
    """The record types, each followed by that of those who take part in it."""
    complete: dict[str, RecordType] = {}
    for name, kind in types.items():
        complete[name] = kind
        if kind.participation is not None:
            derived = participation_type(kind, kind.participation)
            complete[derived.name] = derived
    return complete
