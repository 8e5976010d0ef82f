"""How pages of the chain say things: figures, differences, states and due dates, always with words."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from renda.clock import local_minute
from renda.i18n import Translate, Translator, _
from renda.indicators.derived import Ratio
from renda.indicators.kinds import Qualifier, Status
from renda_tiers.reports.models import ENDORSED, LATEST
from renda_tiers.reports.template import Line, in_words
from renda_tiers.rollup.coverage import Coverage

STATES: Mapping[str, tuple[str, str]] = {
    "missing": ("off", _("Not reported")),
    "doing": ("busy", _("Being filled in")),
    "overdue": ("bad", _("Overdue")),
    "reported": ("busy", _("To be reviewed")),
    "returned": ("warn", _("Returned")),
    "endorsed": ("ok", _("Endorsed")),
}
"""Light and words of what has become of a report."""

STANDINGS: Mapping[str, str] = {LATEST: _("Latest reports"), ENDORSED: _("Endorsed reports only")}
"""Which revisions a total counts."""

COVERAGE: Mapping[str, str] = {
    "expected": _("Reports owed"),
    "counted": _("Reports counted"),
    "missing": _("Missing"),
    "late": _("Late"),
    "not_endorsed": _("Not endorsed"),
}
"""Headers of a workbook's columns with the numbers of a coverage."""

APART: str = _("Defined differently: shown beside the other and not added to it.")

_PER_MILLE = 1000
PERCENT = "percent"
"""The unit of derived figures that are shown with a sign instead of a unit."""

_SHORT = 12


def state(name: str) -> dict[str, str]:
    """A state as a table shows it."""
    light, text = STATES[name]
    return {"light": light, "text": text}


def said(words: Mapping[str, str], translate: Translator) -> str:
    """The words of a definition in the reader's language, or in the one that it has."""
    return in_words(words, translate.locale)


def unit(line: Line, translate: Translator) -> str:
    """The unit of a figure in the reader's language; a percentage has a sign instead."""
    if line.unit == PERCENT:
        return ""
    return said(line.units, translate) if line.units else translate(line.unit)


def receipt_number(document: bytes) -> str:
    """The short form of a document's hash, which people can read to one another."""
    return document.hex()[:_SHORT].upper()


def qualifier_name(qualifier: int) -> str:
    """What the figure macro calls a qualifier: exact, at_least or about."""
    return Qualifier(qualifier).name.lower()


def cell(held: Any, translate: Translate, **more: Any) -> dict[str, Any]:
    """A cell as a table shows it: nil, not applicable and missing are three different things.

    Args:
        held: anything with the status, value, qualifier and words of a cell; None where there is none.
        translate: into the reader's language.
        more: further keys of what the table's macro takes, such as `href`.
    """
    if held is None or held.status is None:
        return {"value": None, "note": translate(_("missing")), "note_light": "warn", **more}
    if held.status == Status.NOT_APPLICABLE:
        return {"text": translate(_("not applicable")), **more}
    if held.words is not None:
        return {"text": held.words, **more}
    noted = {"note": translate(_("nil report"))} if held.status == Status.NIL else {}
    return {"value": held.value, "qualifier": qualifier_name(held.qualifier), **noted, **more}


def quotient(found: Ratio | None, unit: str, **more: Any) -> dict[str, Any]:
    """A derived figure as a table shows it, with the decimals of its scale; a dash where it has no value."""
    if found is None:
        return {"value": None, **more}
    text = decimals(found.value, found.scale, unit)
    return {
        "value": f"{text}%" if unit == PERCENT else text,
        "raw": found.value,
        "scale": found.scale,
        "qualifier": qualifier_name(found.qualifier),
        **more,
    }


def difference(
    value: int | None, before: int | None, translate: Translate, *, marked: bool = False
) -> dict[str, Any]:
    """The change from the period before, in words; a marked one stands beside a sign, too."""
    if value is None or before is None:
        text = translate(_("nothing to compare with"))
    elif value == before:
        text = translate(_("unchanged"))
    else:
        change = abs(value - before)
        more = _("${change} more") if value > before else _("${change} fewer")
        text = translate(_(more, mapping={"change": f"{change:,}{_share(change, before)}"}))
    return {"light": "warn", "text": text} if marked else {"text": text}


def moved(now: Ratio | None, before: Ratio | None, unit: str, translate: Translate) -> dict[str, Any]:
    """The change of a derived figure, of percentages in percentage points; a dash where one is missing."""
    if now is None or before is None:
        return {"text": None}
    if now.value == before.value:
        return {"text": translate(_("unchanged"))}
    more = _("${change} higher") if now.value > before.value else _("${change} lower")
    amount = decimals(abs(now.value - before.value), now.scale, unit)
    if unit == PERCENT:
        amount = translate(_("${n} percentage points", mapping={"n": amount}))
    return {"text": translate(_(more, mapping={"change": amount}))}


def decimals(value: int, scale: int, unit: str) -> str:
    """A scaled value with the decimals of its scale."""
    divisor = max(1, scale // 100 if unit == PERCENT else scale)
    return f"{value / divisor:,.{len(str(divisor)) - 1}f}"


def _share(change: int, before: int) -> str:
    if not before:
        return ""
    tenths = Ratio(change, abs(before), _PER_MILLE, Qualifier.EXACT).value
    return f"（{tenths / 10:,.1f}%）"


def unheard(silent: Mapping[str, datetime | None], translate: Translate) -> Mapping[str, str]:
    """What is said, beside their reports, of organisations whose node is silent or was never heard."""
    never = translate(_("Node not heard yet"))
    return {
        code: translate(_("Link silent since ${since}", mapping={"since": local_minute(since)}))
        if since
        else never
        for code, since in silent.items()
    }


def coverage(found: Coverage) -> dict[str, int]:
    """Coverage as the figure macro shows it."""
    return {
        "expected": found.expected,
        "counted": found.counted,
        "late": found.late,
        "missing": found.missing,
        "nil": found.nil,
        "not_endorsed": found.not_endorsed,
    }
