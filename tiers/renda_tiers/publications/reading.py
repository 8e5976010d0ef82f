"""Publications as those see them whom they concern: the publisher, those below it, and those above."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import literal, select, union
from sqlalchemy.orm import Session

from renda.directory.models import Edge, Organisation
from renda.errors import NotFound
from renda.i18n import _
from renda.indicators.periods import Period
from renda_tiers.publications import drafting, vintage
from renda_tiers.publications.models import Publication
from renda_tiers.publications.vintage import Vintage
from renda_tiers.reports import standings


@dataclass(frozen=True, slots=True)
class Listed:
    """One vintage in a list.

    Attributes:
        name: of the publisher.
        last: whether it is the vintage that the next one would follow.
        fork: whether another vintage of the same has the same number.
    """

    document: bytes
    organisation: str
    name: str
    template: str
    period: Period
    standing: str
    number: int
    predecessor: bytes | None
    issued: datetime
    last: bool
    fork: bool


def listed(
    session: Session,
    viewer: str,
    *,
    organisation: str = "",
    template: str = "",
    period: str = "",
) -> list[Listed]:
    """The vintages that an organisation may see, the latest period and the last vintage first.

    Narrowed to a publisher, a template and a period, where these are given by their codes.
    """
    narrowed = ((Publication.organisation, organisation), (Publication.template, template))
    statement = (
        select(*Publication.__table__.columns, Organisation.name)
        .join(Organisation, Organisation.code == Publication.organisation)
        .where(
            Publication.organisation.in_(_kin(viewer)),
            *(column == value for column, value in (*narrowed, (Publication.period, period)) if value),
        )
        .order_by(
            Publication.ends_on.desc(),
            Publication.template,
            Publication.period,
            Publication.organisation,
            Publication.revision.desc(),
            Publication.issued.desc(),
            Publication.document.desc(),
        )
    )
    rows = session.execute(statement).all()
    above = standings.ancestry(session, {viewer, *(row.organisation for row in rows)})
    return _marked([row for row in rows if _concerns(above, viewer, row)])


def _kin(viewer: str) -> Any:
    """Codes of an organisation, and of all that ever stood above or below it."""
    up = select(Edge.parent.label("code")).where(Edge.child == viewer).cte("up", recursive=True)
    up = up.union(select(Edge.parent).join(up, up.c.code == Edge.child))
    down = select(Edge.child.label("code")).where(Edge.parent == viewer).cte("down", recursive=True)
    down = down.union(select(Edge.child).join(down, down.c.code == Edge.parent))
    return union(select(literal(viewer)), select(up.c.code), select(down.c.code))


def _concerns(above: Any, viewer: str, row: Any) -> bool:
    return row.organisation in above(viewer, row.ends_on) or viewer in above(row.organisation, row.ends_on)


def _marked(rows: Sequence[Any]) -> list[Listed]:
    numbers: dict[tuple[Any, ...], int] = {}
    for row in rows:
        numbers[*_scope(row), row.number] = numbers.get((*_scope(row), row.number), 0) + 1
    seen: set[tuple[str, str, str]] = set()
    found = []
    for row in rows:
        first = _scope(row) not in seen
        seen.add(_scope(row))
        found.append(
            Listed(
                row.document,
                row.organisation,
                row.name,
                row.template,
                Period.parse(row.period),
                row.standing,
                row.number,
                row.predecessor,
                row.issued,
                first,
                numbers[*_scope(row), row.number] > 1,
            )
        )
    return found


def _scope(row: Any) -> tuple[str, str, str]:
    return row.organisation, row.template, row.period


def opened(session: Session, viewer: str, document: bytes) -> Vintage:
    """A vintage, for those whom it concerns.

    Raises:
        NotFound: there is no such publication, or it is none of the viewer's.
    """
    row = session.execute(
        select(Publication.organisation, Publication.ends_on).where(Publication.document == document)
    ).first()
    if row is None or not _concerns(standings.ancestry(session, {viewer, row.organisation}), viewer, row):
        raise NotFound(_("There is no such publication."))
    return vintage.read(session, document)


def numbered(session: Session, viewer: str, template: str, period: str, number: int) -> list[Vintage]:
    """An organisation's own vintages of a number; of a fork there are several, the one that stands first.

    Raises:
        NotFound: there is none.
    """
    found = [
        one.document
        for one in listed(session, viewer, organisation=viewer, template=template, period=period)
        if one.number == number
    ]
    if not found:
        raise NotFound(_("There is no such publication."))
    return [vintage.read(session, document) for document in found]


def since(session: Session, one: Vintage) -> Mapping[str, tuple[bytes | None, bytes | None]]:
    """Organisations of which another report counts now than in a vintage: the report then, and now.

    Only the publisher's node and those above it hold what counts; empty where the list was withheld.
    """
    if one.reports is None:
        return {}
    now = drafting.counted(session, one.organisation, one.template.code, one.period, one.standing)
    return {
        code: (one.reports.get(code), now.get(code))
        for code in sorted({*one.reports, *now})
        if one.reports.get(code) != now.get(code)
    }


def steps(session: Session, viewer: str, earlier: Vintage, later: Vintage) -> list[Vintage] | None:
    """The vintages that lead from one to another, the first step first; each lists its own corrections.

    None where the later one does not follow from the earlier one, as of the two sides of a fork.
    """
    scope = {"organisation": later.organisation, "template": later.template.code, "period": later.period.code}
    seen = {one.document for one in listed(session, viewer, **scope)}
    found = [later]
    while found[0].predecessor != earlier.document:
        before = found[0].predecessor
        if before is None or before not in seen or len(found) > later.number:
            return None
        found.insert(0, vintage.read(session, before))
    return found
