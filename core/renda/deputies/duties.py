"""What a deputy took part in here, by register: their duty record, which is read and never counted up.

The registers are those that declare a `duty`: each record that names the person, in a field of its own or as
one of those who take part, stands there with what its register shows of it.
"""

import uuid
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import select

from renda.declarations import RecordType
from renda.directory.models import Person
from renda.records import tables
from renda.records.details import left_out
from renda.records.listing import ListQuery, Page, listed, persons_of
from renda.security.identity import qualified
from renda.types import Request
from renda.web.contexts import Organisation

SHOWN = 50
"""Records of one register, the newest first."""


def shown(context: Organisation, request: Request, person: Person) -> list[dict[str, Any]]:
    """A table for each register that the reader may read and that names the person."""
    found = []
    for kind in request.registry.declared.record_types.values():
        if not kind.duty or qualified("read", kind.module) not in context.permissions:
            continue
        for name in persons_of(kind, kind.fields):
            page = listed(
                request.db,
                kind,
                context.organisation.code,
                ListQuery(filters={name: str(person.id)}, size=SHOWN),
            )
            if page.rows:
                found.append(_table(request, kind, name, page))
    return found


def _table(request: Request, kind: RecordType, name: str, page: Page) -> dict[str, Any]:
    base = request.route_path(
        "register", org=request.context.organisation.code, type=_host(request, kind).name
    )
    if kind.part_of:
        columns, rows = _of_parts(request, kind, page, base)
    else:
        columns, rows = tables.columns(kind), tables.table_rows(kind, page, base, request.translate)
    return {
        "id": f"duty-{kind.name}-{name}",
        "title": _host(request, kind).title if kind.part_of else kind.title,
        "columns": columns,
        "rows": rows,
        "left_out": left_out(page),
    }


def _host(request: Request, kind: RecordType) -> RecordType:
    found: RecordType = request.registry.declared.record_types[kind.part_of] if kind.part_of else kind
    return found


def _of_parts(
    request: Request, kind: RecordType, page: Page, base: str
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Of parts: the record that each belongs to, and what the part says but for whom it is about."""
    host = _host(request, kind)
    wholes = {row.id: row for row in _wholes(request, host, {row.whole for row in page.rows})}
    people = set(persons_of(kind, kind.columns))
    kept = [place for place, name in enumerate(kind.columns) if name not in people]
    first = host.fields[host.columns[0]].label
    columns = [{"title": first}, *(tables.columns(kind)[place] for place in kept)]
    rows = []
    cells = tables.table_rows(kind, page, base, request.translate)
    for row, drawn in zip(page.rows, cells, strict=True):
        whole = wholes[row.whole]
        title = tables.label(host, whole, {}, request.translate)
        rows.append(
            {
                "cells": [
                    {"text": title, "href": f"{base}/{row.whole}"},
                    *(drawn["cells"][place] for place in kept),
                ]
            }
        )
    return columns, rows


def _wholes(request: Request, host: RecordType, ids: Collection[uuid.UUID]) -> Iterator[Any]:
    columns: Sequence[Any] = [
        host.column(name).label(name) for name in dict.fromkeys(("id", host.columns[0]))
    ]
    yield from request.db.execute(select(*columns).where(host.column("id").in_(ids)))
