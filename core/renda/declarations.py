"""What a plugin says about itself: frozen values that the core reads once, at start.

A declaration is data. Nothing here reads a database or a request; what must run later (a measure, a guard,
a sample) is a plain function inside the declaration.
"""

import hashlib
import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute, Session

from renda.indicators.kinds import Basis, Kind
from renda.indicators.periods import PeriodKind

if TYPE_CHECKING:
    from renda.records.fields import Field
    from renda.records.models import Record

Message = str
"""A translatable message: `renda.i18n._("…")`."""


@dataclass(frozen=True)
class Module:
    """What an organisation enables or leaves: a plugin, as its users see it.

    Attributes:
        title: its name in menus.
        summary: one sentence about what it is for.
        needs: names of modules that must be enabled with it.
        grants: verbs that each role holds on the module, as `{"clerk": ("read", "write")}`;
            the permission of a verb is `<module>:<verb>`.
    """

    title: Message
    summary: Message = ""
    needs: tuple[str, ...] = ()
    grants: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Setting:
    """One key of a node's ini file, written there as `renda.<name>`.

    Attributes:
        name: key without the prefix, `<component>.<word>` for plugins.
        read: turns the text of the file into the value; raises ValueError on nonsense.
        default: value where neither file nor profile names one.
        tiers: default per tier, which outranks `default`.
        help: what it changes, for the reference page.
        environment: name of an environment variable that outranks the file, or "".
    """

    name: str
    help: Message
    read: Callable[[str], Any] = str
    default: Any = ""
    tiers: Mapping[str, Any] = field(default_factory=dict)
    environment: str = ""


@dataclass(frozen=True)
class Role:
    """A part that an account plays at one organisation."""

    name: str
    title: Message


@dataclass(frozen=True)
class State:
    """A state of a workflow; `light` is the sign shown beside its name: todo, doing, done or stopped."""

    name: str
    title: Message
    light: str = "doing"


@dataclass(frozen=True)
class Transition:
    """A step of a workflow.

    Attributes:
        name: identifier in URLs and in the log.
        title: what the button says.
        sources: states that it leaves.
        target: state that it reaches.
        verb: the verb of the record's module that the actor must hold.
        needs_reason: whether the actor must say why.
        guard: called with (session, record) before the step; raises a `RendaError` to forbid it.
    """

    name: str
    title: Message
    sources: tuple[str, ...]
    target: str
    verb: str = "write"
    needs_reason: bool = False
    guard: Callable[[Session, Any], None] | None = None


@dataclass(frozen=True)
class Workflow:
    """States and the steps between them; the first state is where a record begins."""

    states: tuple[State, ...]
    transitions: tuple[Transition, ...]

    @property
    def initial(self) -> str:
        """Name of the state of a new record."""
        return self.states[0].name

    def state(self, name: str) -> State:
        """The state of this name; KeyError where there is none."""
        return {state.name: state for state in self.states}[name]


@dataclass(frozen=True)
class Participation:
    """Who takes part in a record, and how: from it the engine makes a record type of its own.

    Attributes:
        name: word that ends the name of that record type, such as `attendance`.
        title: its title.
        roles: (value, title) of the parts that a person can have.
        workflow: what becomes of an invitation.
    """

    name: str
    title: Message
    roles: tuple[tuple[str, Message], ...]
    workflow: Workflow


@dataclass(frozen=True, eq=False)
class RecordType:
    """A register's declaration; list, form, detail page, export and figures follow from it.

    Generic code asks the type (`column`, `value`), never the class: several types may live in one class.

    Attributes:
        model: mapped class of the rows.
        title: name of the register.
        workflow: its states and steps.
        columns: fields of the list, in order; `state` may be among them.
        search: fields that the search box looks into.
        evidence: fields that travel with a report as evidence; never personal ones.
        participation: who takes part, if anybody does.
        duty: heading under which taking part counts in a deputy's duty record, or "".
        part_of: name of the record type whose rows these belong to, or "".
        name: identifier in URLs and documents; by default the table's name.
        constants: column values that tell these rows from others of the same class.
    """

    model: "type[Record]"
    title: Message
    workflow: Workflow
    columns: tuple[str, ...]
    search: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    participation: Participation | None = None
    duty: str = ""
    part_of: str = ""
    name: str = ""
    constants: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.name:
            object.__setattr__(self, "name", self.model.__tablename__)

    @property
    def module(self) -> str:
        """Name of the module that it belongs to."""
        return self.name.partition("_")[0]

    @cached_property
    def fields(self) -> "Mapping[str, Field]":
        """Field kinds by name, in the order in which the class declares them."""
        found = {}
        for column in self.model.__table__.columns:
            kind = column.info.get("field")
            if kind is not None:
                found[column.key] = kind
        return found

    def column(self, name: str) -> InstrumentedAttribute[Any]:
        """What to select, filter and order by for a field, `state`, or a column that all records have."""
        attribute: InstrumentedAttribute[Any] = getattr(self.model, name)
        return attribute

    def value(self, row: Any, name: str) -> Any:
        """The value of a field in a record, or in a row of its list."""
        return getattr(row, name)


@dataclass(frozen=True)
class Span:
    """Whose records of which days a measure counts; both days belong to it."""

    organisation: str
    start: date
    end: date


@dataclass(frozen=True)
class Measure:
    """How records become a figure: a SELECT of contributions, whose fold is the cell.

    Attributes:
        records: name of the record type that the contributions come from.
        select: gives, for a span, a SELECT of (record: uuid, value: int, key: int or NULL); `key` is the
            64-bit hash of what a distinct figure counts once.
    """

    records: str
    select: Callable[[Span], Select[Any]]


@dataclass(frozen=True)
class Indicator:
    """A defined figure.

    Attributes:
        code: such as T01; unique over all modules.
        title: its name.
        definition: what is counted and what is not, in words; part of its meaning.
        unit: smallest unit of its integers, such as `person_times`.
        kind: how cells fold; None for a derived indicator.
        basis: what a value covers; values of different bases never mix.
        measure: where the figure comes from; None for what only a person knows.
        numerator, denominator: codes of the two figures of a derived indicator.
        scale: what a derived figure is multiplied by before it is rounded to an integer (10000 shows
            hundredths of a per cent).
    """

    code: str
    title: Message
    definition: Message
    unit: str
    kind: Kind | None = Kind.SUM
    basis: Basis = Basis.INCREMENT
    measure: Measure | None = None
    numerator: str = ""
    denominator: str = ""
    scale: int = 10_000

    @property
    def derived(self) -> bool:
        """Whether it is divided from two others when it is shown."""
        return self.kind is None

    @cached_property
    def meaning(self) -> str:
        """SHA-256 of what the figure means; two figures add up only where it is equal."""
        return meaning_of(
            code=self.code,
            definition=str(self.definition),
            unit=self.unit,
            kind=self.kind,
            basis=self.basis,
            numerator=self.numerator,
            denominator=self.denominator,
            scale=self.scale,
        )


def meaning_of(
    *,
    code: str,
    definition: str,
    unit: str,
    kind: str | None,
    basis: str,
    numerator: str,
    denominator: str,
    scale: int,
) -> str:
    """SHA-256, in hex, of what a figure means; the scale counts for derived figures alone (kind None)."""
    said = [code, definition, unit, kind, basis, numerator, denominator, scale if kind is None else None]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True)
class ReportTemplate:
    """A periodic report that a module offers.

    Attributes:
        code: identifier such as `training-bimonth`.
        title: its name.
        period: kind of period that it is filled for.
        tiers: tiers whose organisations owe it where the module is enabled.
        lines: codes of its indicators, in order.
        module: set by the registry.
    """

    code: str
    title: Message
    period: PeriodKind
    tiers: tuple[str, ...]
    lines: tuple[str, ...]
    module: str = ""


@dataclass(frozen=True)
class DocumentKind:
    """A kind of document that a module sends along the chain.

    Attributes:
        name: identifier in the payload.
        schema: highest version of its body that this install understands.
        check: called with a body; raises a `RendaError` where the body is not of this schema.
        apply: called with (session, documents) that may speak and are seen for the first time; writes
            their effect by sets, and depends on the ledger alone, never on the order of arrival.
        judge: called with (session, documents) whose keys may speak; gives verdicts, by document hash, of
            those that cannot be applied (something they name is missing, or it is not theirs to say).
        complete: called with a session once after each batch in which `apply` ran; does what depends on
            many documents at once.
        forget: called with a session; empties what `apply` wrote, so that a rebuild starts from nothing.
    """

    name: str
    schema: int
    check: Callable[[Mapping[str, Any]], None]
    apply: Callable[[Session, Sequence[Any]], None]
    judge: Callable[[Session, Sequence[Any]], Mapping[bytes, Any]] | None = None
    complete: Callable[[Session], None] | None = None
    forget: Callable[[Session], None] | None = None


@dataclass(frozen=True)
class MenuEntry:
    """A line of the menu.

    Attributes:
        slot: todo, reporting, supervision, opinions, deputies, topics, statistics or administration.
        title: what it says.
        path: address below `/o/{organisation}/`.
        permission: what the reader must hold there.
        weight: lower comes first.
    """

    slot: str
    title: Message
    path: str
    permission: str
    weight: int = 100


@dataclass(frozen=True)
class Card:
    """A card of the home page: `content(request)` gives its lines, or None for nothing to show.

    A card's content is a mapping with `title`, `lines` (label, figure, href) and `tasks`
    (what, from whom, due, light, state, href), the last for the to-do list.
    """

    name: str
    permission: str
    content: Callable[[Any], Mapping[str, Any] | None]
    weight: int = 100


@dataclass(frozen=True)
class SampleScope:
    """Where and when demonstration data are made; `random` is seeded, so that runs are alike."""

    session: Session
    organisation: str
    start: date
    end: date
    now: datetime
    random: random.Random
    persons: Sequence[Any]


@dataclass(frozen=True)
class Sample:
    """Plausible invented data of a module for one organisation and span."""

    name: str
    make: Callable[[SampleScope], None]
