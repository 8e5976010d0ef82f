"""Standing, progress and demands of directives: made anew once per batch for what arrived, by sets."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import and_, delete, insert, select, tuple_
from sqlalchemy.orm import Session

from renda.failpoints import reach
from renda.slices import slices
from renda_tiers.directives import bodies, phases, receipts
from renda_tiers.directives.models import (
    Directive,
    DirectiveStanding,
    Response,
    Target,
    TargetProgress,
    Verification,
)
from renda_tiers.directives.phases import Answer, Call
from renda_tiers.reports.models import Demand
from renda_tiers.rollup import expectation

Pair = tuple[str, str]
"""Subject of a directive, and code of a target."""


def mark(session: Session, subjects: Collection[str], pairs: Collection[Pair] = ()) -> None:
    """Have directives, or single targets of some, made anew at the end of this batch."""
    whole, single = session.info.setdefault("tiers.directives", (set(), set()))
    whole.update(subjects)
    single.update(pairs)


def complete(session: Session) -> None:
    """Make anew what was marked, and ask for the receipts that hosted targets owe."""
    whole, single = session.info.pop("tiers.directives", (set(), set()))
    for some in slices(sorted(whole)):
        _stand(session, some)
    for some in slices(sorted(pair for pair in single if pair[0] not in whole)):
        _move(session, some)
    if whole:
        expectation.complete(session)
        receipts.ask(session, sorted(whole))
    reach("directives.completed")


def _stand(session: Session, subjects: Sequence[str]) -> None:
    """Let the right revision of each directive stand, for its targets."""
    session.execute(delete(DirectiveStanding).where(DirectiveStanding.subject.in_(subjects)))
    session.execute(delete(TargetProgress).where(TargetProgress.subject.in_(subjects)))
    rows = _by(_select(session, Directive, Directive.subject.in_(subjects)), "subject")
    standing = {subject: phases.highest(many) for subject, many in rows.items()}
    if not standing:
        return
    session.execute(
        insert(DirectiveStanding),
        [{"subject": subject, "document": one.document} for subject, one in standing.items()],
    )
    targets = _by(
        _select(session, Target, Target.directive.in_({one.call for one in standing.values()})), "directive"
    )
    pairs = [
        (subject, target.organisation)
        for subject, one in standing.items()
        for target in targets.get(one.call, ())
    ]
    for some in slices(pairs):
        _place(session, some)
    _demand(session, standing, targets)


def _move(session: Session, pairs: Sequence[Pair]) -> None:
    """Make the progress of single targets anew, of those that the standing revisions have."""
    key = (TargetProgress.subject, TargetProgress.organisation)
    is_one = tuple_(*key).in_(pairs)
    held = [(row.subject, row.organisation) for row in session.execute(select(*key).where(is_one))]
    if held:
        session.execute(delete(TargetProgress).where(is_one))
        _place(session, held)


def _place(session: Session, pairs: Sequence[Pair]) -> None:
    calls = _calls(session, {subject for subject, _organisation in pairs})
    answers, last = _answers(session, pairs)
    rows = []
    for pair in pairs:
        subject, organisation = pair
        found = phases.place(calls[subject], answers.get(pair, ()), last.get(pair))
        rows.append(
            {
                "subject": subject,
                "organisation": organisation,
                "phase": found.phase,
                "response": found.response,
                "verification": found.verification,
                "round": found.round,
                "spoken": found.spoken,
            }
        )
    session.execute(insert(TargetProgress), rows)


def _calls(session: Session, subjects: Collection[str]) -> dict[str, Call]:
    """What each standing directive asks; of one that has ended, what it asked at last."""
    rows = session.execute(
        select(Directive.subject, Directive.task, Directive.due, Directive.call, Directive.state)
        .join(DirectiveStanding, DirectiveStanding.document == Directive.document)
        .where(Directive.subject.in_(subjects))
    ).all()
    calls = {row.subject: Call(row.task, row.due) for row in rows if row.state == bodies.OPEN}
    ended = {row.call: row.subject for row in rows if row.state != bodies.OPEN}
    for row in _select(session, Directive, Directive.document.in_(ended)):
        calls[ended[row.document]] = Call(row.task, row.due)
    return calls


def _answers(
    session: Session, pairs: Sequence[Pair]
) -> tuple[Mapping[Pair, list[Answer]], Mapping[Pair, bytes]]:
    """What targets answered, with the decision that stands on each answer; and each one's last word."""
    rows = session.execute(
        select(*Response.__table__.columns, Directive.task, Directive.due)
        .join(Directive, Directive.document == Response.directive)
        .where(tuple_(Response.subject, Response.organisation).in_(pairs))
    ).all()
    decisions = _by(
        session.execute(
            select(*Verification.__table__.columns)
            .join(Response, Response.document == Verification.response)
            .where(tuple_(Response.subject, Response.organisation).in_(pairs))
        ),
        "response",
    )
    answers: dict[Pair, list[Answer]] = {}
    by_pair: dict[Pair, list[Any]] = {}
    for row in rows:
        decided = phases.highest(decisions.get(row.document, ()))
        answer = Answer(
            row.document,
            row.state,
            row.issued,
            Call(row.task, row.due),
            *((decided.document, decided.decision, decided.issued) if decided else ()),
        )
        answers.setdefault((row.subject, row.organisation), []).append(answer)
        by_pair.setdefault((row.subject, row.organisation), []).append(row)
    return answers, {pair: phases.highest(many).document for pair, many in by_pair.items()}


def _demand(session: Session, standing: Mapping[str, Any], targets: Mapping[bytes, Sequence[Any]]) -> None:
    """Write who is asked for a report; a cancelled directive asks for nothing."""
    of_these = Demand.directive.in_(standing)
    before = session.scalars(select(Demand.directive).where(of_these).limit(1)).first()
    session.execute(delete(Demand).where(of_these))
    rows = [
        {
            "template": one.template,
            "period": one.period,
            "organisation": target.organisation,
            "directive": subject,
        }
        for subject, one in standing.items()
        if one.template and one.state != bodies.CANCELLED
        for target in targets.get(one.call, ())
    ]
    if rows:
        session.execute(insert(Demand), rows)
    if rows or before:
        expectation.outdate(session)


def _select(session: Session, model: Any, *where: Any) -> list[Any]:
    return list(session.execute(select(*model.__table__.columns).where(and_(*where))))


def _by(rows: Iterable[Any], name: str) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = {}
    for row in rows:
        found.setdefault(getattr(row, name), []).append(row)
    return found


def forget(session: Session) -> None:
    """Empty everything that follows from directives, responses and verifications."""
    session.info.pop("tiers.directives", None)
    for model in (TargetProgress, DirectiveStanding, Verification, Response, Target, Directive, Demand):
        session.execute(delete(model))
