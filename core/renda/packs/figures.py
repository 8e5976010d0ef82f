"""Figures of a pack: how many of its records, how much they say, or who took part, with dates in a period."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import literal, null, select
from sqlalchemy.orm import aliased

from renda.declarations import Contributions, Indicator, Measure, Span
from renda.directory.models import Person
from renda.indicators.kinds import Kind
from renda.packs.records import PackRecord, PackType
from renda.packs.shape import IndicatorShape
from renda.records.models import Participant

PRESENT = "attended"
"""Only this state counts, of a participation that has it."""


def indicator(pack: str, shape: IndicatorShape, types: Mapping[str, PackType]) -> Indicator:
    """The figure that a pack of this id declares over its record types, each by its name in the file."""
    kind = types[shape.register]
    dated = kind if shape.date in kind.fields else _host(kind, types)
    return Indicator(
        f"{pack}-{shape.code}",
        shape.title,
        shape.definition,
        unit=shape.unit,
        kind=Kind.DISTINCT if shape.count == "persons" else Kind.SUM,
        measure=_people(kind, dated, shape) if shape.count != "records" else _records(kind, dated, shape),
    )


def _host(kind: PackType, types: Mapping[str, PackType]) -> PackType:
    return next(one for one in types.values() if one.name == kind.part_of)


def _counted(
    statement: Contributions, kind: PackType, dated: PackType, shape: IndicatorShape, span: Span
) -> Contributions:
    """The statement on records of `kind`, for those that lie within the span and are as the figure wants."""
    whole: Any = PackRecord
    if dated is not kind:
        whole = aliased(PackRecord)
        statement = statement.join(whole, whole.id == PackRecord.whole)
    return statement.where(
        kind.column("organisation") == span.organisation,
        *kind.conditions(),
        *(kind.column(name) == value for name, value in shape.where.items()),
        dated.column_of(whole, shape.date).between(span.start, span.end),
    )


def _records(kind: PackType, dated: PackType, shape: IndicatorShape) -> Measure:
    amount = kind.column(shape.sum) if shape.sum else literal(1)

    def contributions(span: Span) -> Contributions:
        found = select(PackRecord.id.label("record"), amount.label("value"), null().label("key"))
        return _counted(found.where(amount.is_not(None)), kind, dated, shape, span)

    return Measure(kind.name, contributions)


def _people(kind: PackType, dated: PackType, shape: IndicatorShape) -> Measure:
    taking: Any = kind.participation
    name = f"{kind.name}_{taking.name}"
    once = shape.count == "persons"
    known = any(state.name == PRESENT for state in taking.workflow.states)
    present = [Participant.state == PRESENT] if known else []

    def contributions(span: Span) -> Contributions:
        key = (Person.key if once else null()).label("key")
        found = select(Participant.id.label("record"), literal(1).label("value"), key).join(
            PackRecord, PackRecord.id == Participant.whole
        )
        if once:
            found = found.join(Person, Person.id == Participant.person)
        return _counted(found.where(Participant.type == name, *present), kind, dated, shape, span)

    return Measure(name, contributions)
