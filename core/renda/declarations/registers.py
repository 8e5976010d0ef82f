"""Registers: record types, their workflows, participation and attachments."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute, Session

from renda.declarations.modules import Message

if TYPE_CHECKING:
    from renda.directory.organs import Kind
    from renda.records.fields import Field
    from renda.records.models import Record


@dataclass(frozen=True)
class Limit:
    """How long a record may stay in a state; the day on which it came into it does not count.

    Attributes:
        months, working_days: how long, one of the two; the other is 0.
        field: name of a day of the record that is the last one, in the place of both.
        remind: so many working days before the last day those are reminded who may take the next step.
        escalate: roles at the organisation that are told once the last day is over, beside them.
    """

    months: int = 0
    working_days: int = 0
    field: str = ""
    remind: tuple[int, ...] = (5, 1)
    escalate: tuple[str, ...] = ("leader",)

    def __post_init__(self) -> None:
        given = [one for one in (self.months, self.working_days, self.field) if one]
        if len(given) != 1 or min(self.months, self.working_days) < 0:
            raise ValueError("a limit is in months or in working days, or a field says its last day")
        if any(step < 0 for step in self.remind):
            raise ValueError("people are reminded before the last day or on it")


@dataclass(frozen=True)
class State:
    """A state of a workflow.

    Attributes:
        light: the sign shown beside its name: todo, doing, done or stopped.
        limit: how long a record may stay in it, or None for as long as it takes.
    """

    name: str
    title: Message
    light: str = "doing"
    limit: Limit | None = None


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
        effect: called with (session, record, instant) once the step is sure: sets what follows from it, such
            as its day, and tells whom it concerns. The record is still in the state that it leaves.
    """

    name: str
    title: Message
    sources: tuple[str, ...]
    target: str
    verb: str = "write"
    needs_reason: bool = False
    guard: Callable[[Session, Any], None] | None = None
    effect: Callable[[Session, Any, datetime], None] | None = None


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


@dataclass(frozen=True)
class Attachments:
    """Files that people attach to a record.

    Attributes:
        kinds: which kinds of file are taken, by their names in `renda.files.kinds.KINDS`.
        limit: megabytes of one file, at most; a form sends 20 MB in all (`renda.web.limits`).
        most: files of one record, at most.
    """

    kinds: tuple[str, ...] = ("pdf", "ofd", "docx", "xlsx", "pptx", "png", "jpeg")
    limit: int = 10
    most: int = 20


@dataclass(frozen=True)
class Link:
    """A page of the module about one record, to which the record's page leads.

    Attributes:
        title: what the button says.
        path: address below `/o/{organisation}/m/{module}/`, with `{id}` for the record's.
        permission: what the reader must hold there: a verb of the module, or a full name.
    """

    title: Message
    path: str
    permission: str


@dataclass(frozen=True)
class Fact:
    """Something that follows from a record: worked out when its page is shown, and stored nowhere.

    Attributes:
        label: what it is.
        value: a number, or words.
        unit: what a number counts, or "".
        light: for words that are a judgement the sign beside them, as in `State`; or "".
    """

    label: Message
    value: int | Message
    unit: Message = ""
    light: str = ""


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
        attachments: which files people may attach to a record, if any.
        duty: a word if what names a deputy here belongs to their duty record, which their page shows, or "".
        series: field whose texts begin with 第一, 第二 …: their numbers order the list at first, or "".
        part_of: name of the record type whose rows these belong to, or "".
        name: identifier in URLs and documents; by default the table's name.
        constants: column values that tell these rows from others of the same class.
        barred: called with what the profile says about the organisation (`renda.directory.organs.Kind`); the
            reason why no such records are made there, or "". Its menu entry and its button vanish there.
        guard: called with (session, record) before a record that was made or changed is written; raises a
            `RendaError` to forbid it. For what a field alone cannot tell.
        facts: called with (session, record) for what its page shows as following from it.
        links: pages of the module about one record.
    """

    model: "type[Record]"
    title: Message
    workflow: Workflow
    columns: tuple[str, ...]
    search: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    participation: Participation | None = None
    attachments: Attachments | None = None
    duty: str = ""
    series: str = ""
    part_of: str = ""
    name: str = ""
    constants: Mapping[str, Any] = field(default_factory=dict)
    barred: "Callable[[Kind], Message] | None" = None
    guard: Callable[[Session, Any], None] | None = None
    facts: Callable[[Session, Any], Sequence[Fact]] | None = None
    links: tuple[Link, ...] = ()

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

    def with_fields(self, fields: "Mapping[str, Field]") -> Self:
        """The same type with other field kinds in the place of those that its class declares."""
        found = replace(self)
        found.__dict__["fields"] = fields  # where the cached property would keep its own
        return found

    def with_columns(self, columns: tuple[str, ...]) -> Self:
        """The same type with other columns in its list."""
        found = replace(self, columns=columns)
        found.__dict__["fields"] = self.fields
        return found

    def column(self, name: str) -> InstrumentedAttribute[Any]:
        """What to select, filter and order by for a field, `state`, or a column that all records have."""
        attribute: InstrumentedAttribute[Any] = getattr(self.model, name)
        return attribute

    def conditions(self) -> list[ColumnElement[bool]]:
        """What tells its rows from others of the same class."""
        return [self.column(name) == value for name, value in self.constants.items()]

    def value(self, row: Any, name: str) -> Any:
        """The value of a field in a record, or in a row of its list."""
        return getattr(row, name)

    def make(self, values: Mapping[str, Any], **common: Any) -> "Record":
        """A record with these values of its fields, and these of the columns that all records have."""
        return self.model(**self.columns_of(values, **common))

    def columns_of(self, values: Mapping[str, Any], **common: Any) -> dict[str, Any]:
        """What such a record has in its table's columns."""
        return {**self.constants, **common, **values}

    def put(self, row: Any, values: Mapping[str, Any]) -> None:
        """Give fields of a record these values."""
        for name, value in values.items():
            setattr(row, name, value)
