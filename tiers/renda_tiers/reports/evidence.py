"""Evidence: what the cells of a report were made from, kept with it and sent along as its part.

The part is JSON: `{"types": {record type: [columns]}, "rows": [[indicator, dimension, record type, record id,
value, key, [values]], …]}`. A column is a field of the record type, or `<type>.<field>` of the record that it
is a part of. Values are the plain ones of the fields.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from renda.declarations import Measure, RecordType, Span
from renda.errors import RendaError
from renda.i18n import _
from renda.indicators.periods import Period
from renda.plugins import Declared
from renda_tiers.documents.envelope import Part, PartReference
from renda_tiers.documents.payload import INT64
from renda_tiers.documents.signing import make_part
from renda_tiers.reports.figures import Contribution, only

PART = "evidence"
"""Name of the part."""

Facts = Mapping[tuple[str, str], Sequence[Any]]
"""Values of the evidence columns by record type and record id."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A part that was read.

    Attributes:
        types: names of the columns by record type.
        rows: each contribution with the values of its record's columns.
    """

    types: Mapping[str, tuple[str, ...]]
    rows: tuple[tuple[Contribution, tuple[Any, ...]], ...]

    def of(self, indicator: str, dimension: str = "") -> list[Contribution]:
        """The contributions to one cell; their fold is the cell."""
        return [one for one, _values in self.rows if (one.indicator, one.dimension) == (indicator, dimension)]


def gather(
    session: Session,
    organisation: str,
    measured: Mapping[str, Measure],
    counted: Mapping[str, Sequence[Contribution]],
    period: Period,
) -> tuple[PartReference, Part]:
    """The evidence part of a report that is about to be submitted; one statement for each record type."""
    declared: Declared = session.info["registry"].declared
    types = {measure.records: columns(declared, measure.records) for measure in measured.values()}
    facts: dict[tuple[str, str], Sequence[Any]] = {}
    span = Span(organisation, period.start, period.end)
    with only(session, organisation):
        for name in types:
            kind = declared.record_types.get(name)
            selects = [one.select(span) for one in measured.values() if one.records == name]
            if kind is not None:
                facts |= _facts(session, declared, kind, selects)
    return make_part(PART, write(types, [one for many in counted.values() for one in many], facts))


def columns(declared: Declared, name: str) -> tuple[str, ...]:
    """The evidence columns of a record type: those of the record that it is a part of, then its own."""
    kind = declared.record_types.get(name)
    if kind is None:
        return ()
    host = declared.record_types.get(kind.part_of)
    above = [f"{host.name}.{one}" for one in host.evidence] if host else []
    return (*above, *kind.evidence)


def _facts(
    session: Session, declared: Declared, kind: RecordType, selects: Sequence[Any]
) -> dict[tuple[str, str], Sequence[Any]]:
    wanted = union(*(select(one.subquery().c.record) for one in selects)).subquery()
    host = declared.record_types.get(kind.part_of)
    above = _values(session, host, _wholes(kind, wanted)) if host else {}
    blank = [None] * len(host.evidence if host else ())
    names = ("whole", *kind.evidence) if host else kind.evidence
    rows = session.execute(
        select(kind.column("id"), *(kind.column(name).label(name) for name in names)).join(
            wanted, _is(kind, wanted)
        )
    )
    return {
        (kind.name, str(row.id)): (
            *(above.get(row.whole, blank) if host else ()),
            *(_plain(kind, row, name) for name in kind.evidence),
        )
        for row in rows
    }


def _is(kind: RecordType, wanted: Any) -> Any:
    return kind.column("id") == wanted.c.record


def _wholes(kind: RecordType, wanted: Any) -> Any:
    return select(kind.column("whole")).join(wanted, _is(kind, wanted)).correlate(None)


def _values(session: Session, kind: RecordType, ids: Any) -> dict[Any, list[Any]]:
    """Values of the evidence columns of the records that a SELECT names, by id."""
    rows = session.execute(
        select(kind.column("id"), *(kind.column(name).label(name) for name in kind.evidence)).where(
            kind.column("id").in_(ids)
        )
    )
    return {row.id: [_plain(kind, row, name) for name in kind.evidence] for row in rows}


def _plain(kind: RecordType, row: Any, name: str) -> Any:
    value = kind.value(row, name)
    field = kind.fields.get(name)
    return value if field is None else field.plain(value)


def write(types: Mapping[str, Sequence[str]], counted: Iterable[Contribution], facts: Facts) -> bytes:
    """The bytes of a part: the same for the same contributions, in whatever order they come."""
    rows = [
        [
            one.indicator,
            one.dimension,
            one.type,
            one.record,
            one.value,
            one.key,
            list(facts.get((one.type, one.record), [None] * len(types[one.type]))),
        ]
        for one in counted
    ]
    rows.sort(key=lambda row: (*row[:5], row[5] or 0))
    said = {"types": {name: list(types[name]) for name in sorted(types)}, "rows": rows}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


class UnreadableEvidence(RendaError):
    """The bytes of a part are not what `write` writes; they come from another body, who signed them so."""

    status = 422
    message = _("The evidence of this report cannot be read.")


def read(content: bytes) -> Evidence:
    """The evidence in a part's bytes, as `write` wrote them.

    Raises:
        UnreadableEvidence: they are no JSON in UTF-8, or of another shape.
    """
    try:
        said = json.loads(content.decode())
        types = {_text(name): tuple(map(_text, _list(names))) for name, names in said["types"].items()}
        return Evidence(types, tuple(_row(types, row) for row in _list(said["rows"])))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        # Neither the bytes nor a traceback of a thousand levels belong into the log.
        raise UnreadableEvidence(reason=type(error).__name__) from None


def _row(types: Mapping[str, Sequence[str]], row: Any) -> tuple[Contribution, tuple[Any, ...]]:
    indicator, dimension, name, record, value, key, values = _list(row)
    if len(_list(values)) != len(types[_text(name)]):
        raise ValueError
    one = Contribution(
        _text(indicator),
        _text(dimension),
        name,
        _text(record),
        _whole(value),
        None if key is None else _whole(key),
    )
    return one, tuple(map(_plain_value, values))


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    value.encode()
    return value


def _whole(value: Any) -> int:
    if type(value) is not int or value not in INT64:
        raise TypeError
    return value


def _plain_value(value: Any) -> Any:
    """A value of a column: a text, a number, yes or no, or nothing."""
    if isinstance(value, str):
        return _text(value)
    return value if value is None or isinstance(value, bool) else _whole(value)


def _found(declared: Declared, name: str, column: str) -> tuple[RecordType | None, str]:
    """The record type and field that a column stands for, where this node has the type."""
    host, dot, field = column.rpartition(".")
    return declared.record_types.get(host if dot else name), field


def title(declared: Declared, name: str, column: str) -> str:
    """What a column is called, to be translated; its own name where this node lacks the module."""
    kind, field = _found(declared, name, column)
    if kind is not None and field in kind.fields:
        return kind.fields[field].label
    return _("State") if field == "state" else field


def show(declared: Declared, name: str, column: str, value: Any, translate: Any) -> str:
    """A value of a column as the reader sees it."""
    kind, field = _found(declared, name, column)
    plain = "" if value is None else str(value)
    if kind is not None and field in kind.fields:
        try:
            return kind.fields[field].show(value, translate)
        except (TypeError, ValueError):
            # Another body's value need not be one of this field.
            return plain
    if kind is not None and field == "state":
        titles = {state.name: state.title for state in kind.workflow.states}
        return str(translate(titles[plain])) if plain in titles else plain
    return plain
