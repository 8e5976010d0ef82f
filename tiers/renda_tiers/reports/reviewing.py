"""Reviewing: the direct parent endorses an exact report, or returns it with a reason and notes on cells."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.clock import local_minute
from renda.directory.models import Organisation
from renda.errors import Conflict, Forbidden, Invalid, NotFound
from renda.i18n import _
from renda.security import audit
from renda.security.models import Account, AuditEntry
from renda_tiers.documents import issuing
from renda_tiers.documents.issuing import Statement
from renda_tiers.reports import definitions, entering, progress, reviews, standings
from renda_tiers.reports.models import LATEST, Report, Standing
from renda_tiers.reports.progress import Decision, Note
from renda_tiers.reports.submission import clean_reason


class Decided(Conflict):
    """Another decision stands on the report than the reviewer saw; to overturn it they must have seen it.

    Attributes:
        report: hash of the report.
        decision: what stands.
    """

    def __init__(self, report: bytes, decision: Decision) -> None:
        self.report, self.decision = report, decision
        told = {
            "report": report.hex(),
            "decision": decision.document.hex(),
            "when": local_minute(decision.issued),
        }
        said = _RETURNED if decision.returned else _ENDORSED
        super().__init__(_(said, mapping=told), report=told["report"], decision=told["decision"])


_ENDORSED: str = _("The report ${report} was endorsed on ${when} (${decision}). Look at that first.")
_RETURNED: str = _("The report ${report} was returned on ${when} (${decision}). Look at that first.")


@dataclass(frozen=True, slots=True)
class _Said:
    decision: str
    reason: str = ""
    notes: tuple[Note, ...] = ()

    def repeats(self, held: Decision) -> bool:
        """Whether it is what stands, word for word."""
        return self == _Said(held.decision, held.reason, held.notes)

    def adds_nothing_to(self, held: Decision) -> bool:
        """Whether it decides as what stands does, in the same words or in none."""
        return self.repeats(held) or self == _Said(held.decision)


@dataclass(frozen=True, slots=True)
class _Reviewed:
    """A report; `above` are its organisation and those above it on the period's last day, nearest first."""

    document: bytes
    organisation: str
    template: str
    period: str
    ends_on: date
    definition: bytes
    above: tuple[str, ...]


def decide(
    session: Session,
    reviewer: str,
    report: bytes,
    decision: str,
    *,
    seen: str = "",
    reason: str = "",
    notes: Sequence[Note] = (),
    actor: uuid.UUID | None,
    now: datetime,
) -> bytes:
    """Issue a decision on a report, `standings.ENDORSE` or `standings.RETURN`; the hash of the review.

    To decide the same once more, with nothing added, changes nothing.

    Args:
        session: of the reviewer's node.
        reviewer: code of the direct parent.
        report: hash of the report.
        decision: what is decided.
        seen: hash of the decision that the reviewer saw stand, in hex; "" where there was none.
        reason: why, if anything is said of it.
        notes: remarks on cells.
        actor: account that decides.
        now: when.

    Raises:
        NotFound: there is no such report below the reviewer.
        Forbidden: the reviewer is not the direct parent on the period's last day.
        Decided: another decision stands than the one seen.
        Conflict: another revision is current.
        Invalid: no such decision, a return without reason and note, or a note on a cell that is not there.
    """
    why = clean_reason(reason)
    (found,) = _current(session, reviewer, [report])
    pinned = _pinned(session, found, notes)
    if decision not in (standings.ENDORSE, standings.RETURN):
        raise Invalid({"decision": _("A report is endorsed or returned.")})
    if decision == standings.RETURN and not (why or pinned):
        message = _("Say why, or write a note on a cell.")
        raise Invalid({"reason": message}, message)
    said = _Said(decision, why, pinned)
    return _issue(session, reviewer, [found], said, seen=seen, actor=actor, now=now)[0]


def endorse_many(
    session: Session, reviewer: str, reports: Sequence[bytes], *, actor: uuid.UUID | None, now: datetime
) -> list[bytes]:
    """Endorse several reports at once, all or none; the hashes of the reviews, in order.

    Those that are endorsed stay as they are; none that was returned is endorsed here.

    Raises:
        NotFound, Forbidden, Decided, Conflict: see `decide`.
    """
    found = _current(session, reviewer, reports)
    return _issue(session, reviewer, found, _Said(standings.ENDORSE), actor=actor, now=now)


def _current(session: Session, reviewer: str, documents: Sequence[bytes]) -> list[_Reviewed]:
    """The reports, if each is current and the reviewer's to decide about."""
    rows = session.scalars(select(Report).where(Report.document.in_(documents))).all()
    above = standings.ancestry(session, {row.organisation for row in rows})
    found = {
        row.document: _Reviewed(
            row.document,
            row.organisation,
            row.template,
            row.period,
            row.ends_on,
            row.definition,
            tuple(above(row.organisation, row.ends_on)),
        )
        for row in rows
    }
    if len(found) != len(set(documents)):
        raise NotFound(_("There is no such report."))
    standings.lock(session, {(one.template, one.period) for one in found.values()})
    statement = select(Standing.report).where(Standing.report.in_(documents), Standing.standing == LATEST)
    current = set(session.scalars(statement))
    for one in found.values():
        if reviewer not in one.above:
            raise NotFound(_("There is no such report."))
        if one.above[1:2] != (reviewer,):
            raise Forbidden(_("Only the direct parent reviews a report."))
        if one.document not in current:
            raise Conflict(_("A newer revision of this report has come in. Review that one."))
    return [found[document] for document in documents]


def _pinned(session: Session, report: _Reviewed, notes: Sequence[Note]) -> tuple[Note, ...]:
    """The notes with words, if each stands on a figure of the report's template."""
    known = {line.indicator for line in definitions.load(session, report.definition).lines}
    pinned = []
    for indicator, dimension, words in notes:
        text = entering.clean_words(words)
        if indicator not in known:
            message = _("The template has no figure ${code}.", mapping={"code": indicator})
            raise Invalid({indicator: message}, message)
        if text:
            pinned.append((indicator, dimension, text))
    return tuple(pinned)


def _issue(
    session: Session,
    reviewer: str,
    reports: Sequence[_Reviewed],
    said: _Said,
    *,
    seen: str = "",
    actor: uuid.UUID | None,
    now: datetime,
) -> list[bytes]:
    stands = progress.decisions_on(session, [one.document for one in reports])
    done = _said_already(stands, said, seen)
    due = list({one.document: one for one in reports if one.document not in done}.values())
    words = {
        "decision": said.decision,
        "reason": said.reason,
        "notes": [list(note) for note in said.notes],
    }
    statements = [
        Statement(
            reviews.KIND,
            reviewer,
            reviews.subject(one.document),
            {"report": one.document.hex(), **words},
            frozenset(one.above),
        )
        for one in due
    ]
    issued = issuing.issue(session, statements, now=now) if statements else []
    for one, document in zip(due, issued, strict=True):
        done[one.document] = document
        audit.record(
            session,
            actor=actor,
            organisation=reviewer,
            action=f"report.{said.decision}",
            target=one.document.hex(),
            now=now,
            detail={"organisation": one.organisation, "template": one.template, "period": one.period},
        )
    return [done[one.document] for one in reports]


def _said_already(stands: Mapping[bytes, Decision], said: _Said, seen: str) -> dict[bytes, bytes]:
    """The reviews that make another one needless, by the reports that they are about.

    Raises:
        Decided: another decision stands than the one seen, and it is otherwise.
    """
    done = {}
    for report, held in stands.items():
        unseen = held.document.hex() != seen
        if unseen and not said.adds_nothing_to(held):
            raise Decided(report, held)
        if unseen or said.repeats(held):
            done[report] = held.document
    return done


def decider(session: Session, report: bytes, decision: Decision) -> str:
    """Who decided so: the person, where it was one of this node, or else the body."""
    person = session.scalar(
        select(Account.name)
        .join(AuditEntry, AuditEntry.actor == Account.id)
        .where(
            AuditEntry.target == report.hex(),
            AuditEntry.organisation == decision.reviewer,
            AuditEntry.action == f"report.{decision.decision}",
        )
        .order_by(AuditEntry.at.desc())
        .limit(1)
    )
    if person:
        return person
    return session.scalars(select(Organisation.name).where(Organisation.code == decision.reviewer)).one()
