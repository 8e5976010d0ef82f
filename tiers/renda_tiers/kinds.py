"""The kinds of document of the chain: which check, rule and effect belong to which name."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from renda.declarations import DocumentKind
from renda_tiers.documents import authority
from renda_tiers.reports import arrival, definitions, reviews, standings
from renda_tiers.rollup import expectation, fold


def _tree_changed(session: Session, documents: Sequence[Any]) -> None:
    """Fold again every period that the edges touch, and count anew who owes what."""
    starts = [date.fromisoformat(edge[1]) for one in documents for edge in one.body["edges"]]
    expectation.outdate(session)
    if starts:
        fold.mark(session, min(starts))


def _template_changed(session: Session, documents: Sequence[Any]) -> None:
    definitions.apply(session, documents)
    expectation.outdate(session)


def _nothing(_session: Session, _documents: Sequence[Any]) -> None:
    """The effect of an enrolment is the resolved authority itself."""


def _forget_reports(session: Session) -> None:
    standings.forget(session)
    arrival.forget(session)
    fold.forget(session)


KINDS = [
    DocumentKind(authority.ORGANISATION, 1, authority.check_organisation, _tree_changed),
    DocumentKind(authority.ENROLMENT, 1, authority.check_enrolment, _nothing),
    DocumentKind(
        definitions.KIND,
        1,
        definitions.check,
        _template_changed,
        judge=definitions.judge,
        forget=definitions.forget,
    ),
    DocumentKind(
        arrival.KIND,
        1,
        arrival.check,
        arrival.apply,
        judge=arrival.judge,
        complete=fold.complete,
        forget=_forget_reports,
    ),
    DocumentKind(reviews.KIND, 1, reviews.check, reviews.apply, judge=reviews.judge, forget=reviews.forget),
]
