"""Lists of directives: those that an organisation has issued, and those that it is to answer."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from renda.clock import local_day
from renda.directory.models import Organisation
from renda.notices import workdays
from renda_tiers.directives import boards, bodies, escalation, phases
from renda_tiers.directives.models import Directive, DirectiveStanding, TargetProgress

PAGE = 50


@dataclass(slots=True)
class Entry:
    """A directive in a list.

    Attributes:
        issuer, name: code and name of who set it.
        phases: how many targets are where; of a received one that of the reader alone.
        escalations: how many deserve a look, by why.
        above: of a break-down, whether it follows its parent, see `boards.Board`.
    """

    subject: str
    issuer: str
    name: str
    title: str
    state: str
    due: date
    issued: date
    phases: dict[str, int] = field(default_factory=dict)
    escalations: dict[str, int] = field(default_factory=dict)
    above: str = ""

    @property
    def targets(self) -> int:
        """For how many it is."""
        return sum(self.phases.values())

    def count(self, *names: str) -> int:
        """How many targets are in these phases."""
        return sum(self.phases.get(name, 0) for name in names)


def issued(
    session: Session, issuer: str, today: date, *, ended: bool = False, page: int = 1
) -> tuple[list[Entry], int]:
    """The directives that a body has issued, the nearest last day first; and how many there are in all."""
    return _listed(session, _standing(ended=ended).where(Directive.origin == issuer), today, page, None)


def received(
    session: Session, target: str, today: date, *, ended: bool = False, page: int = 1
) -> tuple[list[Entry], int]:
    """The directives that a body is to answer, the nearest last day first; and how many there are in all."""
    statement = _standing(ended=ended).join(
        TargetProgress,
        (TargetProgress.subject == Directive.subject) & (TargetProgress.organisation == target),
    )
    return _listed(session, statement, today, page, target)


def _standing(*, ended: bool) -> Select[*tuple[Any, ...]]:
    is_open = Directive.state == bodies.OPEN
    return (
        select(Directive)
        .join(DirectiveStanding, DirectiveStanding.document == Directive.document)
        .where(~is_open if ended else is_open)
    )


def _listed(
    session: Session, statement: Select[*tuple[Any, ...]], today: date, page: int, target: str | None
) -> tuple[list[Entry], int]:
    total = session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    rows = session.execute(
        statement.join(Organisation, Organisation.code == Directive.origin)
        .with_only_columns(
            Directive.subject,
            Directive.origin,
            Organisation.name,
            Directive.title,
            Directive.state,
            Directive.due,
            Directive.issued,
        )
        .order_by(Directive.due, Directive.issued, Directive.subject)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    entries = {
        row.subject: Entry(
            row.subject, row.origin, row.name, row.title, row.state, row.due, local_day(row.issued)
        )
        for row in rows
    }
    _count(session, entries, today, target)
    for subject, why in boards.outdated(session, entries).items():
        entries[subject].above = why
    return list(entries.values()), total


def _count(session: Session, entries: dict[str, Entry], today: date, target: str | None) -> None:
    statement = (
        select(TargetProgress.subject, TargetProgress.phase, func.count().label("many"))
        .where(TargetProgress.subject.in_(entries))
        .group_by(TargetProgress.subject, TargetProgress.phase)
    )
    if target is not None:
        statement = statement.where(TargetProgress.organisation == target)
    days = workdays.of(session)
    for row in session.execute(statement):
        entry = entries[row.subject]
        entry.phases[row.phase] = row.many
        why = ""
        if entry.state == bodies.OPEN:
            why = escalation.of(row.phase, issued=entry.issued, due=entry.due, today=today, days=days)
        if why:
            entry.escalations[why] = entry.escalations.get(why, 0) + row.many


def pending(session: Session, target: str, today: date) -> Sequence[Entry]:
    """What a body has still to do, the nearest last day first; one page of it."""
    found, _total = received(session, target, today)
    return [entry for entry in found if entry.count(*phases.PENDING)]
