"""Terms of a congress (届), from its first session to the first session of the next one (代表法, art. 2).

Nobody knows the last day beforehand: it is left open until the next term has begun, and expected after the
years that the profile names.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Index, or_, select
from sqlalchemy.orm import Mapped, Session

from renda.declarations import Fact, Message, RecordType, State, Workflow
from renda.directory.kinds import profile_of
from renda.directory.organs import Kind
from renda.errors import Invalid
from renda.i18n import _
from renda.records import fields
from renda.records.models import Record
from renda.records.ordinals import ordinal

TERM = _("Term ${number}")
_BEFORE_TERM = _("The seat begins before its term, on ${day}.")
_AFTER_TERM = _("The seat begins after its term, which lasts until ${day}.")
_TERM_NOT_ENTERED = _("This day is still to come. Enter the term and its first day first.")


class Term(Record):
    """One term of a congress."""

    __tablename__ = "core_term"
    __table_args__ = (Index(None, "organisation", "number", unique=True),)

    number: Mapped[int] = fields.ordinal(
        _("Term"), words=TERM, help=_("Its number in digits, such as 19 for the nineteenth.")
    )
    starts_on: Mapped[date] = fields.day(
        _("First day of the term"), help=_("The day on which the first session of this term began.")
    )
    ends_on: Mapped[date | None] = fields.day(
        _("Last day of the term"),
        help=_("Leave it empty until the first session of the next term has begun."),
    )


def years_later(day: date, years: int) -> date:
    """The same day of a later year; of 29 February, where that year has none, the day after it."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def last_day(term: Term, years: int) -> date:
    """The last day of a term: the one that is entered, or the one expected after so many years."""
    return term.ends_on or years_later(term.starts_on, years) - timedelta(days=1)


def find(session: Session, organisation: str, number: int) -> Term | None:
    """The term of this number of a congress, if it is entered."""
    return session.scalar(select(Term).where(Term.organisation == organisation, Term.number == number))


def current(session: Session, organisation: str, day: date) -> Term | None:
    """The term that runs on a day, if it is entered; one that should be over runs until the next begins."""
    return session.scalar(
        select(Term)
        .where(
            Term.organisation == organisation,
            Term.starts_on <= day,
            or_(Term.ends_on.is_(None), Term.ends_on >= day),
        )
        .order_by(Term.starts_on.desc())
        .limit(1)
    )


def wrong_first_day(term: Term | None, day: date, *, today: date, years: int) -> Message:
    """Why no seat of a term begins on a day, or ""; of a term that is not entered, none begins in the future.

    Args:
        term: the term, None where it is not entered.
        day: the first day of a seat.
        today: the civil day on which this is asked.
        years: how long a term is expected to last.
    """
    if term is None:
        return _TERM_NOT_ENTERED if day > today else ""
    if day < term.starts_on:
        return _(_BEFORE_TERM, mapping={"day": term.starts_on.isoformat()})
    # One that should be over runs until the next begins.
    until = term.ends_on or max(last_day(term, years), today)
    return _(_AFTER_TERM, mapping={"day": until.isoformat()}) if day > until else ""


def card(request: Any) -> Mapping[str, Any] | None:
    """The current term, for the home page."""
    place = request.context.organisation.code
    term = current(request.db, place, request.today)
    if term is None:
        return None
    figure = ordinal(TERM, term.number, request.translate)
    address = f"{request.script_name}/o/{place}/r/{TERMS.name}/{term.id}"
    return {
        "title": _("Terms"),
        "lines": [{"label": _("Current term"), "figure": figure, "href": address}],
    }


def _no_congress(body: Kind) -> str:
    return "" if body.congress else body.why_not


def _in_order(_session: Session, term: Term) -> None:
    if term.ends_on is not None and term.ends_on < term.starts_on:
        raise Invalid({"ends_on": _("The last day lies before the first.")})


def _facts(session: Session, term: Term) -> list[Fact]:
    if term.ends_on is not None:
        return []
    years = profile_of(session, term.organisation).terms.years
    return [Fact(_("Expected last day"), last_day(term, years).isoformat())]


TERMS = RecordType(
    Term,
    title=_("Terms"),
    workflow=Workflow((State("entered", _("Entered"), "done"),), ()),
    columns=("number", "starts_on", "ends_on"),
    evidence=("number", "starts_on"),
    barred=_no_congress,
    guard=_in_order,
    facts=_facts,
)
