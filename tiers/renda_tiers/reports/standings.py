"""Which revision counts, and for whom: the rows that arriving reports and reviews move."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import date
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    tuple_,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from renda.directory.models import Edge
from renda_tiers.documents.store import slices
from renda_tiers.reports.models import ENDORSED, LATEST, Report, Review, Standing

Scope = tuple[str, str, str]
"""Organisation, template, period."""

ENDORSE = "endorse"
RETURN = "return"


def valid_on(edge: Any, day: date | BindParameter[Any]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The conditions under which an edge (or an alias of it) holds on a day."""
    return edge.valid_from <= day, or_(edge.valid_to.is_(None), edge.valid_to > day)


def paths(session: Session, codes: Iterable[str], *on: ColumnElement[bool]) -> dict[str, list[str]]:
    """From each organisation up to the root, itself first; one query for each tier.

    By the latest edges, or by those that fulfil the conditions `on` (`valid_on`).
    """
    parents: dict[str, str] = {}
    wanted = asked = set(codes)
    while asked:
        found: dict[str, str] = {}
        for some in slices(sorted(asked)):
            edges = select(Edge.child, Edge.parent).where(Edge.child.in_(some), *on).order_by(Edge.valid_from)
            found |= {row.child: row.parent for row in session.execute(edges)}
        parents |= found
        asked = set(found.values()) - parents.keys()
    return {code: _climb(parents, code) for code in wanted}


def _climb(parents: Mapping[str, str], code: str) -> list[str]:
    path = [code]
    while path[-1] in parents and parents[path[-1]] not in path:
        path.append(parents[path[-1]])
    return path


def parent_on(session: Session, organisation: str, day: date) -> str | None:
    """The direct parent on a day; None for the root and for what is not in the tree."""
    return session.scalar(select(Edge.parent).where(Edge.child == organisation, *valid_on(Edge, day)))


def ancestors_on(session: Session, organisation: str, day: date) -> list[str]:
    """The organisation itself and those above it on a day, nearest first."""
    found = [organisation]
    while (parent := parent_on(session, found[-1], day)) is not None and parent not in found:
        found.append(parent)
    return found


def lock(session: Session, pairs: Iterable[tuple[str, str]]) -> None:
    """Let one transaction at a time move the standings of a (template, period), in one order.

    SQLite has one writer anyway.
    """
    if session.connection().dialect.name == "postgresql":
        for template, period in sorted(pairs):
            session.connection().execute(_LOCK, {"name": f"tiers:{template}:{period}"})


_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


def dirty(session: Session) -> set[Scope]:
    """Organisations whose standing moved in this transaction and is not folded upwards yet."""
    found: set[Scope] = session.info.setdefault("tiers.dirty", set())
    return found


def move(session: Session, scopes: AbstractSet[Scope]) -> None:
    """Let the right revisions stand for these reports, and mark what is above them to be folded."""
    for some in slices(sorted(scopes)):
        key = tuple_(Report.organisation, Report.template, Report.period).in_(some)
        session.execute(
            delete(Standing).where(
                tuple_(Standing.organisation, Standing.template, Standing.period).in_(some)
            )
        )
        highest = union_all(_highest(LATEST, key), _highest(ENDORSED, key, is_endorsed()))
        columns = ("organisation", "template", "period", "standing", "report")
        session.execute(insert(Standing).from_select(columns, highest))
    dirty(session).update(scopes)


def _highest(standing: str, *conditions: ColumnElement[bool]) -> Any:
    ranked = (
        select(
            Report.organisation,
            Report.template,
            Report.period,
            Report.document,
            func.row_number()
            .over(
                partition_by=(Report.organisation, Report.template, Report.period),
                order_by=(Report.revision.desc(), Report.issued.desc(), Report.document.desc()),
            )
            .label("rank"),
        )
        .where(*conditions)
        .subquery()
    )
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
