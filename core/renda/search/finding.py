"""Asking the index: what a query finds within what its reader may read."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    case,
    cast,
    column,
    func,
    literal,
    literal_column,
    or_,
    select,
    table,
)
from sqlalchemy import Text as SQLText
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session, defer

from renda.errors import Invalid
from renda.i18n import _
from renda.search.models import INDEX, LEXEMES, SearchEntry
from renda.search.tokens import Part, parts

LONGEST = 100
"""Characters of a query."""
PAGE = 20
"""Results on a page."""

Reach = Mapping[str, Collection[str]]
"""Names of the record types that may be searched, by organisation code."""

_NO_WORDS = _("Write at least one Chinese character, or a word or number of two characters.")


@dataclass(frozen=True)
class Found:
    """A page of results, grouped by record type.

    Attributes:
        entries: those of this page; groups follow one another, the last changed comes first in each.
        counts: how many there are by name of the type, on all pages.
        total: how many there are on all pages of the types that were asked for.
        number: number of this page, from 1; the last one where a later one was asked for.
    """

    entries: Sequence[SearchEntry] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    total: int = 0
    number: int = 1

    @property
    def pages(self) -> int:
        """Number of pages, at least one."""
        return max(1, -(-self.total // PAGE))


def wanted(query: str) -> list[Part]:
    """What a text must contain for this query.

    Raises:
        Invalid: the query is too long, or too short to find anything by it.
    """
    if len(query) > LONGEST:
        values = {"limit": LONGEST, "length": len(query)}
        raise Invalid({"q": _("Write at most ${limit} characters; these are ${length}.", mapping=values)})
    found = parts(query)
    if not any(part.prefix or len(part.tokens[0]) > 1 for part in found):
        raise Invalid({"q": _NO_WORDS})
    return found


def find(
    session: Session, query: str, reach: Reach, types: Sequence[str], *, only: str = "", page: int = 1
) -> Found:
    """What a query finds.

    Args:
        session: one that sees the organisations of `reach`; it shows entries of no others.
        query: what the reader typed.
        reach: where, and of which types.
        types: names of types in the order of their groups.
        only: name of the one type whose results are shown, or "" for all.
        page: counted from 1.

    Raises:
        Invalid: see `wanted`.
    """
    conditions = [_within(reach), *_matching(session, wanted(query))]
    counted = (
        select(SearchEntry.type, func.count().label("many")).where(*conditions).group_by(SearchEntry.type)
    )
    counts = {row.type: row.many for row in session.execute(counted)}
    total = counts.get(only, 0) if only else sum(counts.values())
    number = min(page, Found(total=total).pages)
    if only:
        conditions.append(SearchEntry.type == only)
    groups = case({name: place for place, name in enumerate(types)}, value=SearchEntry.type, else_=len(types))
    rows = session.scalars(
        select(SearchEntry)
        .options(defer(SearchEntry.tokens))
        .where(*conditions)
        .order_by(groups, SearchEntry.changed_at.desc(), SearchEntry.id)
        .limit(PAGE)
        .offset((number - 1) * PAGE)
    ).all()
    return Found(rows, {name: counts[name] for name in types if name in counts}, total, number)


def _within(reach: Reach) -> ColumnElement[bool]:
    same: dict[frozenset[str], list[str]] = {}
    for organisation, types in reach.items():
        same.setdefault(frozenset(types), []).append(organisation)
    return or_(
        literal(False),
        *(
            and_(SearchEntry.organisation.in_(places), SearchEntry.type.in_(sorted(types)))
            for types, places in same.items()
        ),
    )


def _matching(session: Session, found: Sequence[Part]) -> list[ColumnElement[bool]]:
    if session.get_bind().dialect.name == "postgresql":
        return _on_postgresql(found)
    index = table(INDEX, column("rowid"))
    asked = " AND ".join(f'"{" ".join(part.tokens)}"{" *" if part.prefix else ""}' for part in found)
    return [SearchEntry.id.in_(select(index.c.rowid).where(literal_column(INDEX).op("MATCH")(asked)))]


def _on_postgresql(found: Sequence[Part]) -> list[ColumnElement[bool]]:
    """Lexemes have no positions there, of which a text keeps too few: the tokens show which are in a row."""
    asked = " & ".join(
        f"'{one}'{':*' if part.prefix else ''}" for part in found for one in dict.fromkeys(part.tokens)
    )
    lexemes: ColumnElement[Any] = literal_column(f"core_search_entry.{LEXEMES}")
    spaced = literal(" ", SQLText) + SearchEntry.tokens + literal(" ", SQLText)
    rows = [f" {' '.join(part.tokens)} " for part in found if len(part.tokens) > 1]
    return [
        lexemes.op("@@")(cast(asked, TSQUERY)),
        *(spaced.contains(row, autoescape=True) for row in rows),
    ]
