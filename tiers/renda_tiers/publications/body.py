"""The body of a `publication`: what it must hold, and where its bulky lists lie.

Lines are named by the definition that fixes them, so that every figure says what it means. The lists of
reports and of corrections are null in the body where they would not fit into it; they are parts then.
"""

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from renda.errors import Invalid
from renda.i18n import _
from renda.indicators.kinds import Qualifier, Status
from renda.indicators.periods import Period
from renda_tiers.documents.envelope import MAX_COUNT, Part, PartReference
from renda_tiers.documents.limits import is_name
from renda_tiers.documents.payload import MAX_PAYLOAD, is_hex32
from renda_tiers.documents.signing import make_part
from renda_tiers.reports.models import STANDINGS
from renda_tiers.rollup.coverage import Coverage

BULKY = ("corrections", "reports")
"""Lists that become parts where the body grows too large, in this order."""

ROOM = MAX_PAYLOAD - 128 * 1024
"""Bytes of a body; the rest of the payload is the envelope's, above all its audience."""

COUNTS = tuple(field.name for field in fields(Coverage))
"""What the counts of a figure are, in order."""

_BODY = {
    "template",
    "period",
    "standing",
    "number",
    "predecessor",
    "definitions",
    "lines",
    "figures",
    *BULKY,
}
_SIGNS = {qualifier.symbol for qualifier in Qualifier}
_STATUSES = {*map(str, Status), None}


def check(body: Mapping[str, Any]) -> None:
    """Refuse a body that is no publication."""
    try:
        _check(body)
    except (KeyError, TypeError, ValueError) as error:
        raise Invalid({"body": _("This is not a publication.")}) from error


def _check(body: Mapping[str, Any]) -> None:
    if not (body.keys() == _BODY and _is_head(body) and _are_figures(body)):
        raise ValueError(body.keys())
    Period.parse(body["period"])
    for name in BULKY:
        if body[name] is not None:
            check_list(name, body[name], body["lines"])


def check_list(name: str, rows: Any, lines: list[Any]) -> None:
    """Whether a list is one of `BULKY` as it must be, in the body or in a part.

    Raises:
        ValueError, TypeError: it is not.
    """
    well_formed = _is_report if name == "reports" else _is_correction
    if not isinstance(rows, list) or not all(well_formed(row, len(lines)) for row in rows):
        raise ValueError(name)
    if len({row[0] for row in rows}) != len(rows) or (name == "reports" and not rows):
        raise ValueError(name)


def _is_head(body: Mapping[str, Any]) -> bool:
    hashes, number, predecessor = body["definitions"], body["number"], body["predecessor"]
    return (
        is_name(body["template"])
        and isinstance(body["period"], str)
        and body["standing"] in STANDINGS
        and _is_count(number)
        and number <= MAX_COUNT
        and (predecessor is None if number == 1 else is_hex32(predecessor))
        and isinstance(hashes, list)
        and len(set(hashes)) == len(hashes) > 0
        and all(map(is_hex32, hashes))
    )


def _are_figures(body: Mapping[str, Any]) -> bool:
    lines, figures = body["lines"], body["figures"]
    places = [(line, dimension) for line, dimension, *_rest in figures]
    return (
        all(
            isinstance(indicator, str) and _is_below(number, len(body["definitions"]))
            for number, indicator in lines
        )
        and len({tuple(line) for line in lines}) == len(lines)
        and all(_is_figure(figure, len(lines)) for figure in figures)
        and len(set(places)) == len(places)
    )


def _is_figure(figure: Any, lines: int) -> bool:
    line, dimension, status, value, qualifier, holder, counts = figure
    return (
        _is_below(line, lines)
        and isinstance(dimension, str)
        and _is_stated([status, value, qualifier], _STATUSES)
        and (holder is None or isinstance(holder, str))
        and isinstance(counts, list)
        and len(counts) == len(COUNTS)
        and all(_is_count(count, 0) for count in counts)
    )


def _is_stated(cell: Any, statuses: set[str | None]) -> bool:
    status, value, qualifier = cell
    return status in statuses and (value is None or type(value) is int) and qualifier in _SIGNS


def _is_report(row: Any, _lines: int) -> bool:
    organisation, document = row
    return isinstance(organisation, str) and is_hex32(document)


def _is_correction(row: Any, lines: int) -> bool:
    organisation, old, new, reasons, changes = row
    return (
        isinstance(organisation, str)
        and old != new
        and all(one is None or is_hex32(one) for one in (old, new))
        and isinstance(reasons, list)
        and isinstance(changes, list)
        and all(isinstance(reason, str) for reason in reasons)
        and all(_is_change(change, lines) for change in changes)
    )


def _is_change(change: Any, lines: int) -> bool:
    line, dimension, before, after, *keys = change
    return (
        _is_below(line, lines)
        and isinstance(dimension, str)
        and (before is not None or after is not None)
        and all(one is None or _is_stated(one, _STATUSES - {None}) for one in (before, after))
        and (not keys or [_is_count(count, 0) for count in keys] == [True, True])
    )


def _is_count(value: object, least: int = 1) -> bool:
    return type(value) is int and value >= least


def _is_below(value: object, limit: int) -> bool:
    return type(value) is int and 0 <= value < limit


def written(value: Any) -> bytes:
    """A list, or a whole body, as JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def fitted(
    body: dict[str, Any], room: int = ROOM
) -> tuple[dict[str, Any], tuple[tuple[PartReference, Part], ...]]:
    """A body that fits into a payload, and the parts that hold what did not."""
    parts = []
    for name in BULKY:
        if len(written(body)) > room:
            parts.append(make_part(name, written(body[name])))
            body = {**body, name: None}
    return body, tuple(parts)
