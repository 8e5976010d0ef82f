"""From what a pack's file says to the declarations that a module makes in code."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from renda.declarations import (
    Fact,
    Indicator,
    MenuEntry,
    Message,
    Module,
    Participation,
    ReportTemplate,
    State,
    Transition,
    Workflow,
)
from renda.directory.meetings import ATTENDANCE, WORKFLOW
from renda.i18n import _
from renda.indicators.periods import PeriodKind
from renda.packs import figures
from renda.packs.records import PackRecord, PackType
from renda.packs.shape import FieldShape, PackShape, ParticipationShape, RegisterShape, WorkflowShape
from renda.records import persons
from renda.records.fields import (
    Choice,
    Day,
    Field,
    Flag,
    Integer,
    Money,
    Ordinal,
    Organ,
    Paragraph,
    Person,
    Text,
)

PLAIN = Workflow(states=(State("entered", _("Entered"), "done"),), transitions=())
WORKFLOWS: Mapping[str, Workflow] = {"plain": PLAIN, "planned": WORKFLOW}
"""Workflows that a register may name."""
TAKING_PART: Mapping[str, Workflow] = {
    "attendance": ATTENDANCE.workflow,
    "plain": Workflow(states=(State("entered", _("Takes part"), "done"),), transitions=()),
}

GRANTS: Mapping[str, tuple[str, ...]] = {
    "clerk": ("read", "write", "decide", "export"),
    "reviewer": ("read", "export"),
    "leader": ("read",),
    "auditor": ("read",),
    "admin": ("read",),
}
"""What each role may do with the registers of a pack."""
_WEIGHT = 200
SHIPPED = "renda"
"""Author of the packs that come with renda, which are everybody's to hand on."""


@dataclass(frozen=True)
class Pack:
    """A pack as the engine knows it: a module with all that it declares.

    Attributes:
        name: its id, which is the name of its module.
        text: the file it was made from.
        places: codes of the organisations that have it, whether they use it or not.
    """

    name: str
    version: int
    text: str
    shape: PackShape
    module: Module
    record_types: tuple[PackType, ...]
    indicators: tuple[Indicator, ...]
    templates: tuple[ReportTemplate, ...]
    menu: tuple[MenuEntry, ...]
    places: frozenset[str] = field(default=frozenset())

    @property
    def author(self) -> str:
        """Code of the organisation that made it; `SHIPPED` of those that are shipped."""
        return author_of(self.name)


def author_of(name: str) -> str:
    """The author of a pack, by its id."""
    return name.partition("-")[0]


def is_made_by(name: str, organisation: str) -> bool:
    """Whether an organisation may hand on a pack of this id as its maker: its own, or one that is shipped."""
    return author_of(name) in {organisation, SHIPPED}


def declare(shape: PackShape, text: str) -> Pack:
    """The pack of a file that `renda.packs.checks` found in order."""
    types = {one.name: _register(shape.id, one) for one in shape.registers}
    indicators = tuple(figures.indicator(shape.id, one, types) for one in shape.indicators)
    return Pack(
        name=shape.id,
        version=shape.version,
        text=text,
        shape=shape,
        module=Module(title=shape.title, summary=shape.summary, grants=GRANTS),
        record_types=tuple(types.values()),
        indicators=indicators,
        templates=_templates(shape),
        menu=tuple(
            MenuEntry(shape.menu, one.title, f"r/{one.name}", f"{shape.id}:read", _WEIGHT)
            for one in types.values()
            if not one.part_of
        ),
    )


def with_retired(pack: Pack, earlier: Mapping[str, Mapping[str, Field]]) -> Pack:
    """The pack whose record types still show the fields that earlier versions had, by record type."""
    types = []
    for kind in pack.record_types:
        gone = {name: what for name, what in earlier.get(kind.name, {}).items() if name not in kind.fields}
        if gone:
            retired = replace(kind, retired=gone)
            kind = replace(retired, facts=partial(_retired_facts, retired))  # noqa: PLW2901
        types.append(kind)
    return replace(pack, record_types=tuple(types))


def _retired_facts(kind: PackType, session: Session, row: Any) -> list[Fact]:
    held = {name: kind.value(row, name) for name in kind.retired}
    named = persons.names(session, {one for one in held.values() if isinstance(one, uuid.UUID)})
    return [
        Fact(
            _("${field} (no longer asked for)", mapping={"field": kind.retired[name].label}),
            named.get(value) or kind.retired[name].show(value, str),
        )
        for name, value in held.items()
        if value is not None and value is not False
    ]


def _register(pack: str, shape: RegisterShape) -> PackType:
    name = f"{pack}_{shape.name}"
    return PackType(
        model=PackRecord,
        title=shape.title,
        workflow=_workflow(shape.workflow),
        columns=shape.columns,
        search=shape.search,
        evidence=shape.evidence,
        participation=_participation(shape.participation),
        duty=pack if shape.participation is not None else "",
        part_of=f"{pack}_{shape.part_of}" if shape.part_of else "",
        name=name,
        constants={"type": name},
        declared={one.name: kind_of(one) for one in shape.fields},
    )


def _workflow(said: str | WorkflowShape) -> Workflow:
    if isinstance(said, str):
        return WORKFLOWS[said]
    return Workflow(
        states=tuple(State(one.name, one.title, one.light) for one in said.states),
        transitions=tuple(
            Transition(one.name, one.title, one.sources, one.target, one.verb, one.needs_reason)
            for one in said.steps
        ),
    )


def _participation(said: ParticipationShape | None) -> Participation | None:
    if said is None:
        return None
    return Participation(said.name, said.title, tuple(said.roles.items()), TAKING_PART[said.workflow])


def _templates(shape: PackShape) -> tuple[ReportTemplate, ...]:
    said = shape.report
    if said is None:
        return ()
    lines = said.lines or tuple(one.code for one in shape.indicators)
    codes = tuple(f"{shape.id}-{one}" for one in lines)
    template = ReportTemplate(shape.id, said.title, PeriodKind(said.period), said.tiers, codes, shape.id)
    return (template,)


def _text(kind: type[Text], shape: FieldShape, label: Message) -> Field:
    length = shape.max_length or kind.max_length
    return kind(label, shape.help, personal=shape.personal, max_length=length)


_BUILD: Mapping[str, Callable[[FieldShape], Field]] = {
    "text": lambda one: _text(Text, one, one.label),
    "paragraph": lambda one: _text(Paragraph, one, one.label),
    "choice": lambda one: Choice(one.label, one.help, choices=tuple(one.choices.items())),
    "day": lambda one: Day(one.label, one.help),
    "integer": lambda one: Integer(one.label, one.help, unit=one.unit, least=one.least, most=one.most),
    "money": lambda one: Money(one.label, one.help, unit=one.unit, least=one.least, most=one.most),
    "ordinal": lambda one: Ordinal(one.label, one.help, words=one.words),
    "organ": lambda one: Organ(one.label, one.help),
    "flag": lambda one: Flag(one.label, one.help),
    "person": lambda one: Person(one.label, one.help),
}


def kind_of(shape: FieldShape) -> Field:
    """The field kind that a shape describes."""
    return replace(_BUILD[shape.kind](shape), required=not shape.optional)
