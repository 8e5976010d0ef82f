"""What the file of a practice pack says: its tables and keys, as `renda.structure` reads them.

A pack is data: it names kinds of field, workflows and sums that are here already, and brings no code, no
templates and no patterns.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from renda.indicators.kinds import LIMIT

Kind = Literal["text", "paragraph", "choice", "day", "integer", "money", "ordinal", "organ", "flag", "person"]
Slot = Literal["supervision", "opinions", "deputies", "topics"]
Span = Literal["month", "bimonth", "quarter", "halfyear", "year"]
Tier = Literal["province", "city", "county", "township"]
Counted = Literal["records", "person_times", "persons"]


@dataclass(frozen=True, slots=True)
class FieldShape:
    """A field of a register; each key means what it means in `renda.records.fields`.

    Attributes:
        optional: whether it may stay empty.
        max_length: characters of a text; 0 for what is usual.
        choices: titles by value, of a choice.
        words: of an ordinal, such as `第${number}期`.
    """

    name: str
    kind: Kind
    label: str
    help: str = ""
    optional: bool = False
    personal: bool = False
    unit: str = ""
    max_length: int = 0
    least: int = 0
    most: int = LIMIT
    choices: Mapping[str, str] = field(default_factory=dict)
    words: str = "${number}"


@dataclass(frozen=True, slots=True)
class StateShape:
    """A state of a workflow, see `renda.declarations.State`."""

    name: str
    title: str
    light: Literal["todo", "doing", "done", "stopped"] = "doing"


@dataclass(frozen=True, slots=True)
class StepShape:
    """A step of a workflow, see `renda.declarations.Transition`."""

    name: str
    title: str
    sources: tuple[str, ...]
    target: str
    verb: Literal["write", "decide"] = "write"
    needs_reason: bool = False


@dataclass(frozen=True, slots=True)
class WorkflowShape:
    """States and the steps between them; a record begins in the first."""

    states: tuple[StateShape, ...]
    steps: tuple[StepShape, ...] = ()


@dataclass(frozen=True, slots=True)
class ParticipationShape:
    """Who takes part in a record; `roles` are titles by value."""

    name: str
    title: str
    roles: Mapping[str, str]
    workflow: Literal["attendance", "plain"] = "attendance"


@dataclass(frozen=True, slots=True)
class RegisterShape:
    """A register, see `renda.declarations.RecordType`.

    Attributes:
        workflow: name of one that is here, or a `WorkflowShape`.
        participation: a `ParticipationShape`, or None.
        part_of: name of another register of the pack, or "".
    """

    name: str
    title: str
    fields: tuple[FieldShape, ...]
    columns: tuple[str, ...]
    search: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    workflow: Any = "plain"
    participation: Any = None
    part_of: str = ""


@dataclass(frozen=True, slots=True)
class IndicatorShape:
    """A figure: how many, or how much, with dates within the period.

    Attributes:
        code: word that ends its code, which begins with the pack's id.
        register: name of the register that it counts.
        date: day field of that register, or of the one that it is part of.
        sum: field whose numbers are added; "" to count.
        count: what is counted: records, those who took part each time, or each person once.
        where: only records with these values, by the name of a choice or `state`.
    """

    code: str
    title: str
    definition: str
    unit: str
    register: str
    date: str
    sum: str = ""
    count: Counted = "records"
    where: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReportShape:
    """The report that brings the pack's figures together; without `lines` all of them, in their order."""

    title: str
    period: Span
    tiers: tuple[Tier, ...]
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PackShape:
    """A whole file.

    Attributes:
        id: code of the organisation that made it, `-`, and a word: `371721-reception`.
        version: counts from 1; a higher one replaces a lower one.
        menu: group of the menu in which its registers stand.
        report: a `ReportShape`, or None.
    """

    id: str
    version: int
    title: str
    summary: str
    registers: tuple[RegisterShape, ...]
    indicators: tuple[IndicatorShape, ...] = ()
    report: Any = None
    menu: Slot = "topics"
