"""Records as JSON: what every record has, and in `values` its fields as the reader may see them."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from renda.declarations import RecordType
from renda.i18n import Translate
from renda.records import persons
from renda.records.forms import masked
from renda.records.listing import persons_of
from renda.records.models import Record


def record(kind: RecordType, row: Record, translate: Translate) -> dict[str, Any]:
    """A record; of personal texts it says as little as its page does."""
    inside = {"whole": str(kind.value(row, "whole"))} if kind.part_of else {}
    return {
        "id": str(row.id),
        "type": kind.name,
        "organisation": row.organisation,
        "state": row.state,
        "lock": row.lock,
        "created_at": row.created_at.isoformat(),
        "changed_at": row.changed_at.isoformat(),
        **inside,
        "values": {
            name: shown_masked(kind, row, name, translate)
            if masked(what)
            else what.plain(kind.value(row, name))
            for name, what in kind.fields.items()
        },
    }


def shown_masked(kind: RecordType, row: Record, name: str, translate: Translate) -> str | None:
    """What readers see of a personal text; None for nothing."""
    value = kind.value(row, name)
    return None if value is None else kind.fields[name].show(value, translate)


def changes(kind: RecordType, row: Record, values: Mapping[str, Any], translate: Translate) -> dict[str, Any]:
    """The values that a change brings; what is sent back masked, as it was read, stays as it is."""
    return {
        name: value
        for name, value in values.items()
        if not (
            name in kind.fields
            and masked(kind.fields[name])
            and value is not None
            and value == shown_masked(kind, row, name, translate)
        )
    }


def names(session: Session, kind: RecordType, rows: Iterable[Record]) -> dict[str, str]:
    """Names, by id, of the persons whom records name."""
    wanted = {kind.value(row, name) for name in persons_of(kind, kind.fields) for row in rows} - {None}
    return {str(one): name for one, name in persons.names(session, wanted).items()}
