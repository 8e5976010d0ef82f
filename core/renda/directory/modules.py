"""Which modules an organisation uses: its own choice, within what its profile allows and those above say.

Installed is what this node loads, and the practice packs that the organisation has; allowed is what the
node's file, or else the profile of the organisation's tier, lists and no body above forbids, packs without
being listed; enabled is what the organisation chose, and what a body above requires. A module is in use only
together with what it needs.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from renda.declarations import Module
from renda.declarations.modules import CORE
from renda.directory.models import ModuleRule, ModuleUse, Organisation
from renda.directory.validity import is_valid_at, valid_at
from renda.errors import NotFound
from renda.i18n import _

REQUIRE = "require"
FORBID = "forbid"
RULES = frozenset({REQUIRE, FORBID})

REQUIRED, ENABLED, FORBIDDEN = "required", "enabled", "forbidden"
ABSENT, BROKEN, AVAILABLE, NOT_ALLOWED = "absent", "broken", "available", "not_allowed"
LACKING: str = _("It needs ${names}, which is not in use here.")
"""Why a module is broken."""


class Rule(NamedTuple):
    """What a body above says of a module; the attributes are those of `ModuleRule`."""

    module: str
    rule: str
    by: str
    reason: str


@dataclass(frozen=True)
class OwnModules:
    """The modules of one organisation on one day.

    Attributes:
        chosen: what it chose itself.
        rules: what stands of those above it, by module.
        modules: what this node has installed.
        allowed: see `allowed`.
        fixed: what that profile requires.
    """

    chosen: frozenset[str]
    rules: Mapping[str, Rule]
    modules: Mapping[str, Module]
    allowed: Collection[str]
    fixed: Collection[str]

    @cached_property
    def in_use(self) -> frozenset[str]:
        """Names of the modules that it uses."""
        said = {name: rule.rule for name, rule in self.rules.items()}
        return in_use(self.chosen, said, self.modules, self.allowed)

    def forbids(self, module: str) -> bool:
        """Whether a body above forbids the module."""
        return module in self.rules and self.rules[module].rule == FORBID

    def requires(self, module: str) -> bool:
        """Whether a body above requires the module."""
        return module in self.rules and self.rules[module].rule == REQUIRE

    def lacking(self, module: str) -> list[str]:
        """What the module needs and is not in use."""
        return sorted(with_needs(module, self.modules) - self.in_use - {module})

    def needing(self, module: str) -> list[str]:
        """Modules in use that need this one."""
        return sorted(
            name for name in self.in_use if name in self.modules and module in self.modules[name].needs
        )


def in_use(
    chosen: Collection[str],
    rules: Mapping[str, str],
    modules: Mapping[str, Module],
    allowed: Collection[str],
) -> frozenset[str]:
    """The modules that are in use.

    That is what was chosen, and what is required with all that it needs where this node has all of it and
    the profile allows it; less what is forbidden; less what needs something that is then not in use.

    Args:
        chosen: by the organisation itself.
        rules: REQUIRE or FORBID by module.
        modules: those installed here; of one that was chosen and is not, no needs are known.
        allowed: by the profile.
    """
    forbidden = {name for name, rule in rules.items() if rule == FORBID}
    possible = (modules.keys() & set(allowed)) - forbidden
    found = set(chosen) - forbidden
    for name, rule in rules.items():
        together = with_needs(name, modules)
        if rule == REQUIRE and together - found <= possible:
            found |= together
    needs = {name: set(modules[name].needs) - {CORE} for name in found & modules.keys()}
    while lacking := {name for name in found if needs.get(name, set()) - found}:
        found -= lacking
    return frozenset(found)


def overview(found: OwnModules) -> list[tuple[str, str]]:
    """Every module that is installed, asked for or chosen, but the core, with what it is to the organisation.

    That is one of REQUIRED, ENABLED, FORBIDDEN, ABSENT (wanted, and not installed), BROKEN (wanted, and
    something that it needs is not in use), AVAILABLE and NOT_ALLOWED.
    """
    further = sorted((found.rules.keys() | found.chosen) - found.modules.keys())
    return [(name, _state(found, name)) for name in (*found.modules, *further) if name != CORE]


def _state(found: OwnModules, name: str) -> str:
    if found.forbids(name):
        return FORBIDDEN
    if name not in found.modules:
        return ABSENT
    required = found.requires(name)
    if name in found.in_use:
        return REQUIRED if required or name in found.fixed else ENABLED
    if name not in found.allowed:
        return NOT_ALLOWED
    return BROKEN if required or name in found.chosen else AVAILABLE


def with_needs(module: str, modules: Mapping[str, Module]) -> set[str]:
    """A module and all that it needs, directly or not; the core, which is always in use, left out."""
    found: set[str] = set()
    waiting = {module}
    while waiting:
        name = waiting.pop()
        found.add(name)
        if name in modules:
            waiting |= set(modules[name].needs) - found - {CORE}
    return found


def read(session: Session, organisation: str, day: date) -> OwnModules:
    """The modules of an organisation on a day.

    Raises:
        NotFound: there is no such organisation.
    """
    return over_time(session, organisation)(day)


def over_time(session: Session, organisation: str) -> Callable[[date], OwnModules]:
    """The modules of an organisation on whatever day; three statements, however many days are asked about.

    Raises:
        NotFound: there is no such organisation.
    """
    tier = session.scalar(select(Organisation.tier).where(Organisation.code == organisation))
    if tier is None:
        raise NotFound(_("There is no organisation ${code}.", mapping={"code": organisation}))
    chosen = session.execute(
        select(ModuleUse.module, ModuleUse.since, ModuleUse.until).where(
            ModuleUse.organisation == organisation
        )
    ).all()
    columns = (ModuleRule.module, ModuleRule.rule, ModuleRule.by, ModuleRule.reason)
    rules = session.execute(
        select(*columns, ModuleRule.since, ModuleRule.until).where(ModuleRule.organisation == organisation)
    ).all()

    @cache
    def on(day: date) -> OwnModules:
        return own(
            session.info["registry"],
            organisation,
            tier,
            [row.module for row in chosen if is_valid_at(row.since, row.until, day)],
            [Rule(*row[:4]) for row in rules if is_valid_at(row.since, row.until, day)],
        )

    return on


def own(
    registry: Any, organisation: str, tier: str, chosen: Iterable[str], rules: Iterable[Rule]
) -> OwnModules:
    """The modules of an organisation of a tier, from what was read of it."""
    profile, declared = registry.profiles.get(tier), registry.declared
    elsewhere = declared.packs.keys() - packs_at(registry, organisation)
    return OwnModules(
        chosen=frozenset(chosen),
        rules={one.module: one for one in rules},
        modules={name: one for name, one in declared.modules.items() if name not in elsewhere},
        allowed=allowed(registry, organisation, tier),
        fixed=profile.modules.required if profile else (),
    )


def packs_at(registry: Any, organisation: str) -> set[str]:
    """Names of the practice packs that an organisation has; to others they are not installed."""
    return {name for name, pack in registry.declared.packs.items() if organisation in pack.places}


def allowed(registry: Any, organisation: str, tier: str) -> set[str]:
    """What an organisation of a tier may use on this node, and the practice packs that it has.

    The node's file outranks the tier's profile.
    """
    profile = registry.profiles.get(tier)
    listed = registry.values["modules"] or (profile.modules.allowed if profile else ())
    return {*listed, *packs_at(registry, organisation)}


def uses(organisation: Any, module: str, day: date, modules: Mapping[str, Module]) -> ColumnElement[bool]:
    """Whether the organisations of a column use a module or have to, as a condition of SQL.

    Unlike `in_use` it does not ask what is installed or what this node's profiles allow, so that every node
    of a chain counts alike who owes a module's reports.
    """
    needing = [name for name in modules if module in with_needs(name, modules)]

    def ruled(rule: str, names: Collection[str]) -> ColumnElement[bool]:
        return exists().where(
            ModuleRule.organisation == organisation,
            ModuleRule.module.in_(sorted(names)),
            ModuleRule.rule == rule,
            valid_at(ModuleRule.since, ModuleRule.until, day),
        )

    chosen = exists().where(
        ModuleUse.organisation == organisation,
        ModuleUse.module == module,
        valid_at(ModuleUse.since, ModuleUse.until, day),
    )
    wanted = or_(chosen, ruled(REQUIRE, {module, *needing}))
    return and_(wanted, ~ruled(FORBID, with_needs(module, modules)))
