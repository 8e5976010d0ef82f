"""Tier profiles: the files that make an install a province, a city, a county or a township.

A profile is one TOML file per tier. Its tables are the dataclasses below, field by field: a key that is not
a field, a value of another type or a contradiction stops the start with the file and the key named.
What differs between tiers stands there and not in code.
"""

import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from renda.directory.divisions import CONGRESS, PLACEHOLDER, TIERS
from renda.directory.organs import Kind
from renda.directory.rules import Rules
from renda.errors import Misconfigured
from renda.i18n import _
from renda.indicators.periods import PeriodKind
from renda.structure import Place, structure

Source = str | Path
"""A file or folder: a path, or `package:path` inside an installed package."""

Tier = Literal["province", "city", "county", "township"]


@dataclass(frozen=True, slots=True)
class Modules:
    """Which modules a body of this tier may, does by default, and must use.

    Attributes:
        allowed: may run here, in the order of menus.
        default: enabled from the start; all of them are allowed.
        required: cannot be disabled; all of them are on by default.
    """

    allowed: tuple[str, ...]
    default: tuple[str, ...]
    required: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Roles:
    """The parts that accounts play at this tier.

    Attributes:
        labels: their names by identifier (`admin`, `clerk`, `reviewer`…); a role not listed is not given.
        exclusive: groups of which one account may hold one role only at one organisation, such as system and
            audit administrator.
    """

    labels: Mapping[str, str]
    exclusive: tuple[tuple[str, ...], ...] = ()

    def clashes(self, held: Iterable[str]) -> tuple[tuple[str, ...], ...]:
        """The exclusive groups of which more than one is held; none if an account may have these roles."""
        together = set(held)
        return tuple(group for group in self.exclusive if len(together.intersection(group)) > 1)


@dataclass(frozen=True, slots=True)
class Deadline:
    """Days after a period's last day.

    Attributes:
        due_days: a report that is submitted later is late.
        lock_days: nothing is filled in later at its origin; not before it is due.
    """

    due_days: int
    lock_days: int


@dataclass(frozen=True, slots=True)
class Terms:
    """Length of a congress in years, from first session to first session (代表法, art. 2)."""

    years: int


@dataclass(frozen=True, slots=True)
class Profile:
    """What a body of one tier is and does.

    Attributes:
        tier: whom the file is for.
        label: the tier's name, shown as it is.
        parents: tiers that a body of this tier may hang on; a chain may skip one (东莞 has no counties).
        children: tiers that may hang on it.
        kinds: what its bodies are, by kind of division.
        modules: which modules run.
        roles: which roles exist.
        calendar: deadlines by kind of period; a kind that is not listed has none.
        rules: numbers of the law.
        terms: length of a congress.
        settings: values that outrank the defaults of settings; their names are checked by the registry.
    """

    tier: Tier
    label: str
    parents: tuple[Tier, ...]
    children: tuple[Tier, ...]
    kinds: Mapping[str, Kind]
    modules: Modules
    roles: Roles
    calendar: Mapping[str, Deadline]
    rules: Rules
    terms: Terms
    settings: Mapping[str, Any] = field(default_factory=dict)

    def kind(self, code: str) -> Kind:
        """What a body of this kind is at this tier.

        Raises:
            Misconfigured: the profile does not know the kind.
        """
        if code not in self.kinds:
            message = _("The profile of the tier ${tier} does not know the kind ${kind}.")
            raise Misconfigured(message % {"tier": self.tier, "kind": code}, kind=code)
        return self.kinds[code]

    def due(self, period_kind: str, end: date) -> date | None:
        """The last day on which a report for a period that ends on (and includes) `end` is in time.

        None where the calendar does not list this `PeriodKind`: the day of an ad hoc report comes with it.
        """
        deadline = self.calendar.get(PeriodKind(period_kind))
        return end + timedelta(days=deadline.due_days) if deadline else None

    def lock(self, period_kind: str, end: date) -> date | None:
        """The last day on which that period can be filled in at its origin; None where none is fixed."""
        deadline = self.calendar.get(PeriodKind(period_kind))
        return end + timedelta(days=deadline.lock_days) if deadline else None


def load(source: Source | Mapping[str, Source]) -> Mapping[str, Profile]:
    """The profiles of a node, by tier.

    Args:
        source: a folder with files named `<tier>.toml`, or the file of each tier.

    Raises:
        Misconfigured: nothing is there, a file is wrong, or two profiles disagree about who may hang on whom.
    """
    files = source if isinstance(source, Mapping) else _files(source)
    profiles = {tier: read(file) for tier, file in files.items()}
    for tier, profile in profiles.items():
        place = Place(str(files[tier]))
        if profile.tier != tier:
            raise place.at("tier").wrong(_IS_FOR, tier=tier)
        for other in profiles.values():
            if (other.tier in profile.children) != (tier in other.parents):
                raise place.at("children").wrong(_DISAGREE, tier=tier, other=other.tier)
    return MappingProxyType(profiles)


def profile_at(profiles: Mapping[str, Profile], tier: str) -> Profile:
    """The profile of a tier.

    Raises:
        Misconfigured: there is none among these.
    """
    if tier not in profiles:
        raise Misconfigured(_("This node has no profile of the tier ${tier}.", mapping={"tier": tier}))
    return profiles[tier]


def read(source: Source) -> Profile:
    """One profile from its file.

    Raises:
        Misconfigured: the file cannot be read, or a key in it is unknown, missing, of a wrong type or in
            contradiction to another; the message names both.
    """
    place = Place(str(source))
    try:
        table = tomllib.loads(_locate(source).read_bytes().decode("utf-8-sig"))
    except (OSError, ImportError, TypeError, ValueError) as error:
        raise place.wrong(_UNREADABLE, error=str(error)) from error
    profile: Profile = structure(Profile, table, place)
    for key, message, names in _contradictions(profile):
        if names:
            raise place.at(key).wrong(message, names=", ".join(sorted(names)))
    return replace(profile, settings=MappingProxyType(_flat(profile.settings)))


def _locate(source: Source) -> Traversable:
    package, colon, path = str(source).partition(":")
    return resources.files(package) / path if colon else Path(source)


def _files(folder: Source) -> Mapping[str, Source]:
    try:
        found = {
            tier: f"{folder}/{tier}.toml" for tier in TIERS if (_locate(folder) / f"{tier}.toml").is_file()
        }
    except (ImportError, TypeError, ValueError) as error:
        raise Place(str(folder)).wrong(_UNREADABLE, error=str(error)) from error
    if not found:
        raise Place(str(folder)).wrong(_NONE)
    return found


def _flat(table: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """TOML nests `training.hours`; a setting is named by the whole dotted word."""
    flat: dict[str, Any] = {}
    for key, value in table.items():
        flat |= _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {prefix + key: value}
    return flat


def _contradictions(profile: Profile) -> Iterable[tuple[str, str, Collection[str]]]:
    """Key, message, and the names that cannot stand there (none of them where all is well)."""
    rank = TIERS.index(profile.tier)
    modules, roles = profile.modules, profile.roles
    return (
        ("parents", _NOT_ABOVE, set(profile.parents) - set(TIERS[:rank])),
        ("children", _NOT_BELOW, set(profile.children) - set(TIERS[rank + 1 :])),
        ("kinds", _NO_KIND, set(profile.kinds) - (set(CONGRESS) - {PLACEHOLDER})),
        (
            "kinds",
            _NO_CONGRESS,
            {name for name, kind in profile.kinds.items() if kind.may_hold_sessions and not kind.congress},
        ),
        (
            "kinds",
            _NO_REASON,
            {name for name, kind in profile.kinds.items() if kind.may_hold_sessions == bool(kind.why_not)},
        ),
        ("modules.default", _NOT_ALLOWED, set(modules.default) - set(modules.allowed)),
        ("modules.required", _NOT_DEFAULT, set(modules.required) - set(modules.default)),
        ("roles.exclusive", _NO_ROLE, set().union(*roles.exclusive) - set(roles.labels)),
        ("calendar", _NO_PERIOD, set(profile.calendar) - set(PeriodKind)),
        (
            "calendar",
            _LOCK_FIRST,
            {name for name, deadline in profile.calendar.items() if deadline.lock_days < deadline.due_days},
        ),
    )


_UNREADABLE: str = _("${file} cannot be read: ${error}")
_NONE: str = _(
    "${file}: no profile is there; expected are province.toml, city.toml, county.toml, township.toml."
)
_IS_FOR: str = _("${file}: ${key} must be ${tier}, since the file is used for that tier.")
_DISAGREE: str = _("${file}: ${key} of ${tier} and parents of ${other} disagree about who may hang on whom.")
_NOT_ABOVE: str = _("${file}: ${key} names a tier that is not higher: ${names}.")
_NOT_BELOW: str = _("${file}: ${key} names a tier that is not lower: ${names}.")
_NO_KIND: str = _("${file}: ${key} names a kind of body that does not exist: ${names}.")
_NO_CONGRESS: str = _("${file}: ${key}: without a congress there are no sessions: ${names}.")
_NO_REASON: str = _(
    "${file}: ${key}: who may hold no sessions needs why_not, and nobody else may have it: ${names}."
)
_NOT_ALLOWED: str = _("${file}: ${key} names a module that is not in modules.allowed: ${names}.")
_NOT_DEFAULT: str = _("${file}: ${key} names a module that is not in modules.default: ${names}.")
_NO_ROLE: str = _("${file}: ${key} names a role that is not in roles.labels: ${names}.")
_NO_PERIOD: str = _("${file}: ${key} names a kind of period that does not exist: ${names}.")
_LOCK_FIRST: str = _("${file}: ${key} locks a report before it is due: ${names}.")
