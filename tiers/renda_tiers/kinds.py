"""The kinds of document of the chain: which check, rule and effect belong to which name."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from renda.declarations import DocumentKind
from renda_tiers import uses
from renda_tiers.directives import arrival as directives
from renda_tiers.directives import bodies, responses, upkeep, verifications
from renda_tiers.documents import authority, erasing
from renda_tiers.matters import arrival as matter
from renda_tiers.matters import replies
from renda_tiers.packs import arrival as packs
from renda_tiers.policies import arrival as policies
from renda_tiers.publications import arrival as publications
from renda_tiers.publications import body as publication_body
from renda_tiers.reports import arrival, definitions, reviews, standings
from renda_tiers.rollup import expectation, fold


def _tree_changed(session: Session, documents: Sequence[Any]) -> None:
    """Fold again every period that the edges touch, and count anew who owes what."""
    starts = [date.fromisoformat(edge[1]) for one in documents for edge in one.body["edges"]]
    expectation.outdate(session)
    policies.outdate(session)
    packs.outdate(session)
    if starts:
        fold.mark(session, min(starts))


def _template_changed(session: Session, documents: Sequence[Any]) -> None:
    definitions.apply(session, documents)
    expectation.outdate(session)


def _made_by_others(session: Session, documents: Sequence[Any]) -> list[bytes]:
    """What rests on the template of another: where that of a higher body has come, it falls."""
    return arrival.made_by_others(session, documents) + publications.made_by_others(session, documents)


def _nothing(_session: Session, _documents: Sequence[Any]) -> None:
    """The effect of an enrolment is the resolved authority itself."""


def _forget_reports(session: Session) -> None:
    standings.forget(session)
    arrival.forget(session)
    fold.forget(session)


KINDS = [
    DocumentKind(authority.ORGANISATION, 1, authority.check_organisation, _tree_changed),
    DocumentKind(authority.ENROLMENT, 1, authority.check_enrolment, _nothing),
    DocumentKind(uses.KIND, 1, uses.check, uses.apply, judge=uses.judge),
    DocumentKind(
        definitions.KIND,
        1,
        definitions.check,
        _template_changed,
        judge=definitions.judge,
        forget=definitions.forget,
        doubts=_made_by_others,
    ),
    # Before reports: who owes one depends on the modules that are required or forbidden.
    DocumentKind(
        policies.KIND,
        1,
        policies.check,
        policies.apply,
        judge=policies.judge,
        complete=policies.complete,
        forget=policies.forget,
    ),
    DocumentKind(packs.KIND, 1, packs.check, packs.apply, judge=packs.judge, complete=packs.complete),
    DocumentKind(
        arrival.KIND,
        1,
        arrival.check,
        arrival.apply,
        judge=arrival.judge,
        complete=fold.complete,
        forget=_forget_reports,
    ),
    DocumentKind(matter.KIND, 1, matter.check, matter.apply, judge=matter.judge, forget=matter.forget),
    DocumentKind(replies.KIND, 1, replies.check, replies.apply, judge=replies.judge, forget=replies.forget),
    DocumentKind(erasing.KIND, 1, erasing.check, erasing.apply, judge=erasing.judge, forget=erasing.forget),
    DocumentKind(reviews.KIND, 1, reviews.check, reviews.apply, judge=reviews.judge, forget=reviews.forget),
    DocumentKind(
        bodies.DIRECTIVE,
        1,
        bodies.check_directive,
        directives.apply,
        judge=directives.judge,
        complete=upkeep.complete,
        forget=upkeep.forget,
    ),
    DocumentKind(bodies.RESPONSE, 1, bodies.check_response, responses.apply, judge=responses.judge),
    DocumentKind(
        bodies.VERIFICATION, 1, bodies.check_verification, verifications.apply, judge=verifications.judge
    ),
    DocumentKind(
        publications.KIND,
        1,
        publication_body.check,
        publications.apply,
        judge=publications.judge,
        forget=publications.forget,
    ),
]
