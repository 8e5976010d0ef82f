"""Lists of records: filters, search, sort and pages, in one query."""

import operator
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, func, or_, select
from sqlalchemy import Integer as SQLInteger
from sqlalchemy.orm import Session, aliased

from renda.declarations import RecordType
from renda.directory.models import Person as PersonRow
from renda.errors import Invalid
from renda.i18n import _
from renda.records.fields import Choice, Day, Field, Integer, Person, Rejected, Text
from renda.records.ordinals import in_series

PAGE = 50
SEARCH = Text(_("Search"), required=False)
"""What the search box takes."""
_ID = Person(_("Record"))
"""Reads an id."""
_NAME = "_is_named"
_TOTAL = "_of_all"
BOUNDS = {"from": operator.ge, "to": operator.le}


@dataclass(frozen=True)
class ListQuery:
    """What a reader wants to see of a register.

    Attributes:
        filters: text by the name of a field, `state` or `whole`; `<name>.from` and `<name>.to` are the
            first and the last day or number wanted; `id` has the ids of records that alone are wanted, with
            commas between. Empty text filters nothing.
        search: text that one of the type's search fields contains, in upper or lower case.
        sort: name of a column, with `-` before it for falling order; "" for the newest first.
        page: counted from 1.
        size: rows on a page.
        columns: names of the columns that are shown in the place of the type's own; see
            `renda.records.columns`. They change no row.
        view: "all" where the list is not to open with a saved view.
    """

    filters: Mapping[str, str] = field(default_factory=dict)
    search: str = ""
    sort: str = ""
    page: int = 1
    size: int = PAGE
    columns: tuple[str, ...] = ()
    view: str = ""


@dataclass(frozen=True)
class Page:
    """Some rows of a list.

    Attributes:
        rows: each has `id`, `state`, the type's columns, and `whole` where the type is part of another;
            `RecordType.value` reads them.
        total: rows on all pages.
        number: number of this page; the last one where a later one was asked for.
        size: rows on a full page.
        names: names of the persons in the rows.
    """

    rows: Sequence[Row[Any]]
    total: int
    number: int = 1
    size: int = PAGE
    names: Mapping[uuid.UUID, str] = field(default_factory=dict)

    @property
    def pages(self) -> int:
        """Number of pages, at least one."""
        return max(1, -(-self.total // self.size))


def listed(session: Session, kind: RecordType, organisation: str, query: ListQuery) -> Page:
    """A page of an organisation's records.

    Raises:
        Invalid: a filter, the search or the sort is none of this type's.
    """
    wanted = conditions(kind, query)
    statement = _page(kind, query.sort, wanted) if wanted else _first_seen(kind, query.sort)
    start = (query.page - 1) * query.size
    values = {"organisation": organisation, "size": query.size, "start": start}
    rows = session.execute(statement, values).all()
    if not rows and query.page > 1:
        first = listed(session, kind, organisation, replace(query, page=1))
        return listed(session, kind, organisation, replace(query, page=first.pages))
    total = getattr(rows[0], _TOTAL) if rows else 0
    return Page(rows, total, query.page, query.size, _names(kind, rows))


def batches(
    session: Session, kind: RecordType, organisation: str, query: ListQuery, size: int = 1000
) -> Iterator[Page]:
    """All rows that a query finds, whatever its page, in pages of `size`; no more than one is in memory.

    Raises:
        Invalid: see `listed`.
    """
    statement = _rows(kind, query.sort, conditions(kind, query)).execution_options(yield_per=size)
    for rows in session.execute(statement, {"organisation": organisation}).partitions():
        yield Page(rows, len(rows), size=size, names=_names(kind, rows))


def persons_of(kind: RecordType, names: Iterable[str]) -> list[str]:
    """Those of the fields named that hold a person."""
    return [name for name in names if isinstance(kind.fields.get(name), Person)]


@lru_cache(maxsize=1024)
def _selection(kind: RecordType) -> Select[Any]:
    wanted = dict.fromkeys(("id", "state", *(("whole",) if kind.part_of else ()), *kind.columns))
    found = select(*(kind.column(name).label(name) for name in wanted))
    for name in persons_of(kind, kind.columns):
        who = aliased(PersonRow)
        found = found.add_columns(who.name.label(name + _NAME)).outerjoin(who, who.id == kind.column(name))
    return found


def _names(kind: RecordType, rows: Sequence[Row[Any]]) -> Mapping[uuid.UUID, str]:
    return {
        getattr(row, name): getattr(row, name + _NAME)
        for name in persons_of(kind, kind.columns)
        for row in rows
    }


def conditions(kind: RecordType, query: ListQuery) -> list[ColumnElement[bool]]:
    """What the filters and the search ask for.

    Raises:
        Invalid: see `listed`; tells of a wrong sort, too. What is wrong with the search is told of `q`, as
            addresses name it.
    """
    errors: dict[str, str] = {}
    found: list[ColumnElement[bool]] = []
    for key, value in query.filters.items():
        try:
            found += _condition(kind, key, value)
        except Rejected as error:
            errors[key] = error.message
    try:
        found += _found(kind, query.search)
    except Rejected as error:
        errors["q"] = error.message
    if query.sort and query.sort.removeprefix("-") not in sortable(kind):
        errors["sort"] = _("This list cannot be sorted like that.")
    if errors:
        raise Invalid(errors)
    return found


def within(kind: RecordType, conditions: Iterable[ColumnElement[bool]]) -> list[ColumnElement[bool]]:
    """The conditions, for rows of this type at an `organisation` that the statement is told when it runs."""
    return [kind.column("organisation") == bindparam("organisation"), *kind.conditions(), *conditions]


def order(kind: RecordType, sort: str) -> list[ColumnElement[Any]]:
    """What a list is ordered by: the column that it is sorted by, empty ones last, then the newest first.

    A list whose records are numbered is sorted by their numbers where nothing else is asked for.
    """
    newest: ColumnElement[Any] = kind.column("id").desc()
    name = sort.removeprefix("-") or kind.series
    if not name:
        return [newest]
    columns = in_series(kind.column(name)) if name == kind.series else [kind.column(name)]
    wanted = [one.desc() if sort.startswith("-") else one.asc() for one in columns]
    return [*((one.nulls_last() for one in wanted) if optional(kind, name) else wanted), newest]


def optional(kind: RecordType, name: str) -> bool:
    """Whether the column of a list may be empty."""
    return name in kind.fields and not kind.fields[name].required


def _rows(kind: RecordType, sort: str, conditions: Iterable[ColumnElement[bool]]) -> Select[Any]:
    """All rows of an `organisation`, in order."""
    return _selection(kind).where(*within(kind, conditions)).order_by(*order(kind, sort))


def _page(kind: RecordType, sort: str, conditions: Collection[ColumnElement[bool]]) -> Select[Any]:
    """Rows of an `organisation` from `start`, at most `size`, each with how many there are in all."""
    counted = select(func.count()).select_from(kind.model).where(*within(kind, conditions))
    total = counted.correlate(None).scalar_subquery().label(_TOTAL)
    rows = _rows(kind, sort, conditions).add_columns(total)
    return rows.limit(bindparam("size", type_=SQLInteger)).offset(bindparam("start", type_=SQLInteger))


@lru_cache(maxsize=1024)
def _first_seen(kind: RecordType, sort: str) -> Select[Any]:
    """The page without filters, which everybody sees first; building it takes longer than running it."""
    return _page(kind, sort, ())


def sortable(kind: RecordType) -> list[str]:
    """Columns that a list can be sorted by: all but persons."""
    return [name for name in kind.columns if not isinstance(kind.fields.get(name), Person)]


def filterable(kind: RecordType) -> dict[str, Field]:
    """What a list can be filtered by: its fields, the state, and the whole of a part."""
    states = tuple((state.name, state.title) for state in kind.workflow.states)
    found = {**kind.fields, "state": Choice(_("State"), choices=states)}
    return {**found, "whole": Person(_("Record"))} if kind.part_of else found


def _condition(kind: RecordType, key: str, value: str) -> list[ColumnElement[bool]]:
    if key == "id":
        return [kind.column("id").in_([_ID.clean(one) for one in value.split(",")])] if value else []
    name, _dot, bound = key.partition(".")
    field = filterable(kind).get(name)
    if bound and not (bound in BOUNDS and isinstance(field, Day | Integer)):
        field = None
    chosen = _chosen(field, value)
    compare = BOUNDS.get(bound, operator.eq)
    return [] if chosen is None else [compare(kind.column(name), chosen)]


def _chosen(field: Field | None, value: str) -> Any:
    """What a filter asks for by this field, None for anything."""
    if field is None:
        raise Rejected(_("This list has no such filter."))
    return field.clean(value) if value.strip() else None


def chosen(known: Mapping[str, Field], filters: Mapping[str, str]) -> dict[str, Any]:
    """What the filters of a list ask for that is no register's, None for anything; by these fields.

    Raises:
        Invalid: the list has no such filter, or its value is wrong.
    """
    found: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, value in filters.items():
        try:
            found[name] = _chosen(known.get(name), value)
        except Rejected as error:
            errors[name] = error.message
    if errors:
        raise Invalid(errors)
    return found


def _found(kind: RecordType, search: str) -> list[ColumnElement[bool]]:
    wanted = SEARCH.clean(search)
    if not wanted:
        return []
    if not kind.search:
        raise Rejected(_("This list cannot be searched."))
    return [or_(*(kind.column(name).icontains(wanted, autoescape=True) for name in kind.search))]
