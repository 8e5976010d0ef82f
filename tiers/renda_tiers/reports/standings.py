"""Which revision counts, and for whom: the rows that arriving reports and reviews move."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Delete,
    Insert,
    Select,
    bindparam,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from renda.directory.models import Edge
from renda.directory.validity import is_valid_at, valid_at
from renda.slices import slices
from renda_tiers.documents import store
from renda_tiers.reports.models import ENDORSED, LATEST, Report, Review, Standing

Scope = tuple[str, str, str]
"""Organisation, template, period."""

ENDORSE = "endorse"
RETURN = "return"


def valid_on(edge: Any, day: Any) -> tuple[ColumnElement[bool], ...]:
    """The conditions under which an edge (or an alias of it) holds on a day, or on that of a column."""
    return (valid_at(edge.valid_from, edge.valid_to, day),)


def holds_on(edge: Any, day: date) -> bool:
    """The same of an edge that was read."""
    return is_valid_at(edge.valid_from, edge.valid_to, day)


def ancestry(session: Session, codes: Iterable[str]) -> Callable[[str, date], list[str]]:
    """A function of (code, day): the organisation itself and those above it on that day, nearest first.

    Takes one query, however many days are asked about.
    """
    edges: dict[str, list[Any]] = {}
    for some in slices(sorted(set(codes))):
        for row in session.connection().execute(edges_above(), {"codes": some}):
            edges.setdefault(row.child, []).append(row)

    def path(code: str, day: date) -> list[str]:
        found = [code]
        while parents := [edge.parent for edge in edges.get(found[-1], ()) if holds_on(edge, day)]:
            if parents[0] in found:
                break
            found.append(parents[0])
        return found

    return path


@cache
def edges_above() -> Select[Any]:
    """Edges of any day of organisations and of all above them; binds `codes`."""
    columns = (Edge.child, Edge.parent, Edge.valid_from, Edge.valid_to)
    own = select(*columns).where(Edge.child.in_(bindparam("codes", expanding=True)))
    above = own.cte("above", recursive=True)
    upper = aliased(Edge)
    climb = select(upper.child, upper.parent, upper.valid_from, upper.valid_to).join(
        above, upper.child == above.c.parent
    )
    return select(above.union(climb))


def ancestors_on(session: Session, organisation: str, day: date) -> list[str]:
    """The organisation itself and those above it on a day, nearest first."""
    return ancestry(session, [organisation])(organisation, day)


def lock(session: Session, pairs: Iterable[tuple[str, str]]) -> None:
    """Let one transaction at a time move the standings of a (template, period), in one order."""
    for template, period in sorted(pairs):
        store.lock(session, f"tiers:{template}:{period}")


def dirty(session: Session) -> set[Scope]:
    """Organisations whose standing moved in this transaction and is not folded upwards yet."""
    found: set[Scope] = session.info.setdefault("tiers.dirty", set())
    return found


def move(session: Session, reports: Mapping[bytes, Scope]) -> None:
    """Let the right revisions stand where these reports are some, and mark what is above to be folded."""
    for some in slices(sorted(reports)):
        session.connection().execute(_fall(), {"reports": some})
        session.connection().execute(_stand(), {"reports": some})
    dirty(session).update(reports.values())


def _of(rows: Any) -> ColumnElement[bool]:
    """Whether the rows are about the same as the reports that executing the statement binds."""
    named = aliased(Report)
    scopes = select(named.organisation, named.template, named.period).where(
        named.document.in_(bindparam("reports", expanding=True))
    )
    return tuple_(rows.organisation, rows.template, rows.period).in_(scopes)


@cache
def _fall() -> Delete:
    return delete(Standing).where(_of(Standing))


@cache
def _stand() -> Insert:
    highest = union_all(_highest(LATEST), _highest(ENDORSED, is_endorsed()))
    return insert(Standing).from_select(("organisation", "template", "period", "standing", "report"), highest)


def _highest(standing: str, *conditions: ColumnElement[bool]) -> Any:
    scope = (Report.organisation, Report.template, Report.period)
    order = (Report.revision.desc(), Report.issued.desc(), Report.document.desc())
    rank = func.row_number().over(partition_by=scope, order_by=order).label("rank")
    ranked = select(*scope, Report.document, rank).where(_of(Report), *conditions).subquery()
    return select(
        ranked.c.organisation,
        ranked.c.template,
        ranked.c.period,
        literal(standing).label("standing"),
        ranked.c.document,
    ).where(ranked.c.rank == 1)


def is_endorsed() -> ColumnElement[bool]:
    """Whether the review that stands for a report endorses it; the root's own has nobody above to do so."""
    other = aliased(Review)
    superseded = (
        select(other.document)
        .where(
            other.report == Review.report,
            tuple_(other.revision, other.issued, other.document)
            > tuple_(Review.revision, Review.issued, Review.document),
        )
        .exists()
    )
    endorsed = (
        select(Review.document)
        .where(Review.report == Report.document, Review.decision == ENDORSE, ~superseded)
        .exists()
    )
    rooted = ~select(Edge.child).where(Edge.child == Report.organisation).exists()
    return or_(endorsed, rooted)


def forget(session: Session) -> None:
    """Empty the standings."""
    session.execute(delete(Standing))
    dirty(session).clear()
