"""How suggestions are counted: each once, whoever signs it, whoever handles it and however often."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, func, literal, null, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from renda.declarations import Contributions, Span
from renda.directory.models import Person
from renda.records.models import Participant
from renda_suggestions.course import DISSATISFIED
from renda_suggestions.records import SIGNATURE, Suggestion

COUNTED = (
    "submitted",
    "accepted",
    "assigned",
    "replied",
    "dissatisfied",
    "rehandling",
    "rated",
    "closed",
)
"""States of suggestions that count: no drafts, nothing returned, declined or withdrawn."""


class days_between(FunctionElement[int]):  # noqa: N801 - written like the functions of SQL
    """Whole days from one day to another; each database has its own words for it."""

    inherit_cache = True
    type = BigInteger()


@compiles(days_between)
def _subtract(element: Any, compiler: Any, **options: Any) -> str:
    start, end = (compiler.process(one, **options) for one in element.clauses)
    return f"({end} - {start})"


@compiles(days_between, "sqlite")
def _subtract_in_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    start, end = (compiler.process(one, **options) for one in element.clauses)
    return f"CAST(julianday({end}) - julianday({start}) AS INTEGER)"


def _counted(span: Span, day: Any, *conditions: ColumnElement[bool]) -> list[ColumnElement[bool]]:
    return [
        Suggestion.organisation == span.organisation,
        Suggestion.state.in_(COUNTED),
        day.between(span.start, span.end),
        *conditions,
    ]


def each(
    day: Any, *conditions: ColumnElement[bool], value: ColumnElement[int] | None = None
) -> Callable[[Span], Contributions]:
    """Contributions of the suggestions with `day` in the span and the conditions: one each, or a value."""
    worth = literal(1) if value is None else value

    def measured(span: Span) -> Contributions:
        return select(Suggestion.id.label("record"), worth.label("value"), null().label("key")).where(
            *_counted(span, day, *conditions)
        )

    return measured


def lead_deputies(span: Span) -> Contributions:
    """A deputy who led two counts once; cosigners are counted apart."""
    return (
        select(Suggestion.id.label("record"), literal(1).label("value"), Person.key.label("key"))
        .join(Person, Person.id == Suggestion.lead_deputy)
        .where(*_counted(span, Suggestion.made_on))
    )


def cosigners(span: Span) -> Contributions:
    """A deputy who cosigned two counts once."""
    return (
        select(Participant.id.label("record"), literal(1).label("value"), Person.key.label("key"))
        .join(Suggestion, Suggestion.id == Participant.whole)
        .join(Person, Person.id == Participant.person)
        .where(
            *_counted(span, Suggestion.made_on),
            Participant.type == SIGNATURE,
            Participant.state == "signed",
            Participant.person != Suggestion.lead_deputy,
        )
    )


def last(first: Any, final: Any) -> ColumnElement[str]:
    """What is said in the end: after rehandling, where it was handled again."""
    return func.coalesce(final, first)


def dissatisfied(attitude: Any, result: Any) -> ColumnElement[bool]:
    """Whether one of two ratings says so."""
    return or_(attitude == DISSATISFIED, result == DISSATISFIED)
