"""The `response` document: what a target says of a directive; only the target writes it."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert, select, tuple_
from sqlalchemy.orm import Session

from renda.i18n import _
from renda.slices import slices
from renda_tiers.directives import bodies, upkeep
from renda_tiers.directives.models import Directive, Response, Target
from renda_tiers.documents.envelope import Document
from renda_tiers.documents.judging import aside, parked
from renda_tiers.documents.store import Verdict
from renda_tiers.reports.models import Report


def judge(session: Session, documents: Sequence[Document]) -> dict[bytes, Verdict]:
    """Verdicts of the responses that cannot be applied."""
    directives = _directives(session, documents)
    targets = _targets(session, documents)
    reports = _reports(session, documents)
    verdicts = {}
    for one in documents:
        named = bytes.fromhex(one.body["directive"])
        directive = directives.get(named)
        if directive is None:
            verdict: Verdict | None = parked(_("The directive that this answers is not here yet."), named)
        elif (named, one.origin) not in targets:
            verdict = aside(_("Only a target of a directive answers it."))
        else:
            verdict = _verdict(one, directive, reports)
        if verdict is not None:
            verdicts[one.hash] = verdict
    return verdicts


def _directives(session: Session, documents: Sequence[Document]) -> dict[bytes, Any]:
    named = {bytes.fromhex(one.body["directive"]) for one in documents}
    columns = (
        Directive.document,
        Directive.subject,
        Directive.state,
        Directive.steps,
        Directive.template,
        Directive.period,
    )
    return {
        row.document: row
        for some in slices(sorted(named))
        for row in session.execute(select(*columns).where(Directive.document.in_(some)))
    }


def _targets(session: Session, documents: Sequence[Document]) -> set[tuple[bytes, str]]:
    pairs = sorted({(bytes.fromhex(one.body["directive"]), one.origin) for one in documents})
    key = (Target.directive, Target.organisation)
    return {
        (row.directive, row.organisation)
        for some in slices(pairs)
        for row in session.execute(select(*key).where(tuple_(*key).in_(some)))
    }


def _reports(session: Session, documents: Sequence[Document]) -> Mapping[bytes, tuple[str, str, str]]:
    named = {bytes.fromhex(one.body["report"]) for one in documents if one.body["report"]}
    columns = (Report.document, Report.organisation, Report.template, Report.period)
    return {
        row.document: (row.organisation, row.template, row.period)
        for some in slices(sorted(named))
        for row in session.execute(select(*columns).where(Report.document.in_(some)))
    }


def _verdict(one: Document, directive: Any, reports: Mapping[bytes, tuple[str, str, str]]) -> Verdict | None:
    body = one.body
    if one.subject != bodies.response_subject(directive.subject, one.origin):
        return aside(_("The subject of this document is another than what it says."))
    if directive.state != bodies.OPEN or any(step >= directive.steps for step in body["steps"]):
        return aside(_("This answers what the directive does not ask."))
    return _undone(one, directive, reports) if body["state"] == bodies.DONE else None


def _undone(one: Document, directive: Any, reports: Mapping[bytes, tuple[str, str, str]]) -> Verdict | None:
    """Whether a response says that all is done where that cannot be."""
    if len(one.body["steps"]) != directive.steps:
        return aside(_("A directive is done once all its steps are."))
    if not directive.template:
        return None
    if one.body["report"] is None:
        return aside(_("A directive that asks for a report is done once that is there."))
    named = bytes.fromhex(one.body["report"])
    if named not in reports:
        return parked(_("The report that this response names is not here yet."), named)
    if reports[named] != (one.origin, directive.template, directive.period):
        return aside(_("The report that this response names is another than the directive asks for."))
    return None


def apply(session: Session, documents: Sequence[Document]) -> None:
    """Keep the responses, and have the progress of their targets made anew."""
    directives = _directives(session, documents)
    rows = [
        {
            "document": one.hash,
            "subject": directives[bytes.fromhex(one.body["directive"])].subject,
            "directive": bytes.fromhex(one.body["directive"]),
            "organisation": one.origin,
            "revision": one.revision,
            "issued": one.issued,
            "state": one.body["state"],
        }
        for one in documents
    ]
    session.execute(insert(Response), rows)
    upkeep.mark(session, (), {(row["subject"], row["organisation"]) for row in rows})
