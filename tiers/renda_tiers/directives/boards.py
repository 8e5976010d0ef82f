"""The board of a directive: every target on every level that the reader may see, and what they said last."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from renda.clock import local_day
from renda.directory.models import Organisation
from renda.notices import workdays
from renda.notices.workdays import Workdays
from renda_tiers.directives import bodies, escalation, held, phases
from renda_tiers.directives.bounds import DEEPEST
from renda_tiers.directives.models import Directive, DirectiveStanding, TargetProgress

RENEW, ENDED = "renew", "ended"


@dataclass(slots=True)
class Row:
    """One target.

    Attributes:
        phase: where it is, see `phases`.
        left: working days until the last day; negative where that is over.
        escalation: why it deserves a look, see `escalation`; "" in what has ended.
        response, spoken: its last word, and when either side spoke last.
        boards: the directives by which it breaks this one down.
    """

    organisation: str
    name: str
    phase: str
    due: date
    left: int
    escalation: str
    response: bytes | None
    verification: bytes | None
    round: int
    spoken: datetime | None
    boards: list["Board"] = field(default_factory=list)

    @property
    def overdue(self) -> bool:
        """Whether it is not done, and the last day is over."""
        return self.left < 0 and self.phase in phases.PENDING


@dataclass(slots=True)
class Board:
    """A directive and its targets.

    Attributes:
        state: open, closed or cancelled.
        above: of a break-down: "renew" where what it breaks down is due earlier or asks something else by
            now, "ended" where that has ended.
    """

    subject: str
    issuer: str
    title: str
    state: str
    due: date
    above: str = ""
    rows: list[Row] = field(default_factory=list)

    def every(self, depth: int = 0) -> Iterator[tuple[int, "Board", Row]]:
        """All rows with their level and board, each above those that break it down."""
        for row in self.rows:
            yield depth, self, row
            for board in row.boards:
                yield from board.every(depth + 1)


def board(session: Session, viewer: str, subject: str, today: date) -> Board:
    """A directive's board for one who holds it: all for the issuer and those above, else one's own row.

    Raises:
        NotFound: there is no such directive, or it is none of the viewer's.
    """
    found = held.find(session, subject, viewer)
    only = None if viewer in found.above else viewer
    top = _boards(session, [subject], today, only)[subject]
    level = {subject: top}
    for _depth in range(DEEPEST):
        rows = {(one.subject, row.organisation): row for one in level.values() for row in one.rows}
        below = _broken_down(session, level)
        wanted = {child: rows[place] for child, place in below.items() if place in rows}
        if not wanted:
            break
        level = _boards(session, sorted(wanted), today, None)
        for child, row in wanted.items():
            row.boards.append(level[child])
    return top


def _broken_down(session: Session, subjects: Collection[str]) -> dict[str, tuple[str, str]]:
    """Break-downs of directives that are not cancelled: by subject, whose (subject, target) they are."""
    child, parent = aliased(Directive), aliased(Directive)
    rows = session.execute(
        select(child.subject, child.origin, parent.subject.label("outer"))
        .join(DirectiveStanding, DirectiveStanding.document == child.document)
        .join(parent, parent.document == child.parent)
        .where(parent.subject.in_(subjects), child.state != bodies.CANCELLED)
        .order_by(child.issued, child.subject)
    )
    return {row.subject: (row.outer, row.origin) for row in rows}


def _boards(session: Session, subjects: Sequence[str], today: date, only: str | None) -> dict[str, Board]:
    above = outdated(session, subjects)
    call = aliased(Directive)
    statement = (
        select(
            *TargetProgress.__table__.columns,
            Directive.origin,
            Directive.title,
            Directive.state,
            Directive.due,
            call.issued.label("called"),
            Organisation.name,
        )
        .join(DirectiveStanding, DirectiveStanding.subject == TargetProgress.subject)
        .join(Directive, Directive.document == DirectiveStanding.document)
        .join(call, call.document == Directive.call)
        .join(Organisation, Organisation.code == TargetProgress.organisation)
        .where(TargetProgress.subject.in_(subjects))
        .order_by(TargetProgress.subject, TargetProgress.organisation)
    )
    if only is not None:
        statement = statement.where(TargetProgress.organisation == only)
    found: dict[str, Board] = {}
    left: dict[date, int] = {}
    days = workdays.of(session)
    for row in session.execute(statement):
        if row.subject not in found:
            found[row.subject] = Board(
                row.subject, row.origin, row.title, row.state, row.due, above.get(row.subject, "")
            )
        if row.due not in left:
            left[row.due] = days.between(today, row.due)
        found[row.subject].rows.append(_row(row, left[row.due], today, days))
    return found


def _row(row: Any, left: int, today: date, days: Workdays) -> Row:
    why = ""
    if row.state == bodies.OPEN:
        why = escalation.of(row.phase, issued=local_day(row.called), due=row.due, today=today, days=days)
    return Row(
        row.organisation,
        row.name,
        row.phase,
        row.due,
        left,
        why,
        row.response,
        row.verification,
        row.round,
        row.spoken,
    )


def outdated(session: Session, subjects: Collection[str]) -> dict[str, str]:
    """Which of these break-downs do not follow their parent any more, and why: `RENEW` or `ENDED`."""
    child, named, now = aliased(Directive), aliased(Directive), aliased(Directive)
    of_child, of_parent = aliased(DirectiveStanding), aliased(DirectiveStanding)
    rows = session.execute(
        select(
            child.subject,
            child.due,
            named.task.label("then"),
            now.task,
            now.due.label("earlier"),
            now.state,
        )
        .join(of_child, of_child.document == child.document)
        .join(named, named.document == child.parent)
        .join(of_parent, of_parent.subject == named.subject)
        .join(now, now.document == of_parent.document)
        .where(child.subject.in_(subjects), child.state == bodies.OPEN)
    )
    found = {}
    for row in rows:
        if row.state != bodies.OPEN:
            found[row.subject] = ENDED
        elif row.earlier < row.due or row.task != row.then:
            found[row.subject] = RENEW
    return found
