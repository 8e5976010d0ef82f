"""The tile map of one figure: a square for each body directly below, in the order of the codes of divisions.

It shows no borders and no places: which body a square stands for is written in it, and so is its value.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from renda.i18n import Translate, _
from renda.indicators.kinds import Status
from renda_tiers.rollup.explain import Part

BAR, MAP = "bar", "map"
CHARTS: Mapping[str, str] = {BAR: _("Bars"), MAP: _("Map of divisions")}
"""How the parts of a figure can be drawn."""

STEPS = 5
"""Shades of a map at most."""

Step = tuple[int, int]
"""The least and the greatest value of a shade, both of which it has."""


def wanted(text: str) -> str:
    """The chart that an address names; bars where it names none that there is."""
    return text if text in CHARTS else BAR


def steps(values: Iterable[int]) -> list[Step]:
    """Ranges of whole numbers, equally wide and from the lowest value to the highest; none without values."""
    found = sorted(values)
    if not found:
        return []
    least, most = found[0], found[-1]
    width = -(-(most - least + 1) // STEPS)
    return [(low, min(low + width - 1, most)) for low in range(least, most + 1, width)]


def drawn(
    parts: Sequence[Part], cells: Mapping[str, Mapping[str, Any]], translate: Translate
) -> dict[str, Any]:
    """What the map shows: its tiles, and the legend of its shades.

    `cells` are the values as a table shows them, by the code of the body.
    """
    below = sorted((one for one in parts if not one.own), key=lambda one: one.organisation)
    legend = steps(one.figure.value for one in below if one.figure.value is not None)
    found = [_tile(one, cells[one.organisation], legend, translate) for one in below]
    return {
        "tiles": found,
        "legend": [{"step": number, "words": _range(one)} for number, one in _shades(legend)],
        "lacking": any(one["lacks"] for one in found),
    }


def _shades(legend: Sequence[Step]) -> list[tuple[int, Step]]:
    """Each range with its shade, from 1 for the lightest to the darkest, as far apart as can be."""
    apart = (STEPS - 1) / max(1, len(legend) - 1)
    return [(round(1 + number * apart), one) for number, one in enumerate(legend)]


def _range(step: Step) -> str:
    least, most = step
    return f"{least:,}" if least == most else f"{least:,}–{most:,}"


def _tile(one: Part, cell: Mapping[str, Any], legend: Sequence[Step], translate: Translate) -> dict[str, Any]:
    value = one.figure.value
    shade = next((n for n, (low, high) in _shades(legend) if value is not None and low <= value <= high), 0)
    return {
        "name": one.name,
        "href": cell["href"],
        "value": value,
        "qualifier": cell.get("qualifier"),
        "step": shade,
        "lacks": one.figure.status is None,
        "words": translate(_why(one)) if value is None else None,
        "missing": one.coverage.missing if value is not None else 0,
    }


def _why(one: Part) -> str:
    """Why a tile has no value."""
    if one.figure.status is Status.NOT_APPLICABLE:
        return _("not applicable")
    if not one.coverage.expected:
        return _("Owes no report")
    return _("Not reported") if one.coverage.missing else _("Not endorsed")
