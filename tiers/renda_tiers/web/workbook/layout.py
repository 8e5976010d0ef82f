"""What a report's workbook looks like, and what its hidden sheet says."""

import json
import zlib
from collections.abc import Mapping

from renda.declarations import Message
from renda.i18n import _
from renda_tiers.reports.entering import Entered
from renda_tiers.reports.filling import Draft, DraftCell
from renda_tiers.web.cells import key
from renda_tiers.web.rows import written

CODE, FIGURE, UNIT, VALUE, BEFORE, WHY = (
    _("Code"),
    _("Figure"),
    _("Unit"),
    _("This period"),
    _("Last period"),
    _("Explanation"),
)
COLUMNS: Mapping[Message, int] = {CODE: 10, FIGURE: 32, UNIT: 9, VALUE: 16, BEFORE: 16, WHY: 48}
"""Headers, in order, with widths in characters."""
FILLED = (VALUE, WHY)
"""Columns that people write into."""

_MOST = 32_000
"""Characters of a cell."""


def meta(draft: Draft) -> dict[str, str]:
    """What the hidden sheet says: report, version, organisation, period, and what each figure held.

    From what was typed in it a file that comes back tells what was changed there from what others entered
    meanwhile; from what was computed, what somebody wrote over it from what the records said then.
    """
    places = {key(one.line.indicator, one.dimension): one for one in draft.cells}
    told = {
        "held": {place: mark(*typed(one)) for place, one in places.items()},
        "computed": {place: figure(one) for place, one in places.items() if one.source == "computed"},
    }
    return {
        "form": f"report:{draft.template.code}",
        "version": draft.template.document.hex()[:12],
        "organisation": draft.organisation,
        "period": draft.period.code,
        **{name: text if len(text := json.dumps(one)) < _MOST else "{}" for name, one in told.items()},
    }


def typed(cell: DraftCell) -> tuple[str, str]:
    """What people have typed for a figure, as they type it: its value, where none is computed, and why."""
    return "" if cell.source == "computed" else written(cell), cell.explanation


def figure(one: DraftCell | Entered) -> str:
    """A short word for a figure, however it is written."""
    return mark(f"{one.value} {int(one.qualifier)}", one.words or "")


def mark(value: str, why: str) -> str:
    """A short word for what a figure held, its value and explanation as they are typed."""
    return f"{zlib.crc32(chr(10).join((value, why)).encode()):08x}"
