"""Reports as commands print them: one JSON object for scripts, lines for people."""

from collections.abc import Iterable, Mapping
from typing import Any

from renda.cli import emit, translator
from renda.i18n import Translator, _
from renda.indicators.derived import Ratio
from renda.indicators.kinds import Qualifier, Status
from renda_tiers.reports.filling import Draft, DraftCell
from renda_tiers.reports.shown import ShownCell, ShownReport
from renda_tiers.reports.template import in_words
from renda_tiers.web import words


def draft(found: Draft) -> dict[str, Any]:
    """A draft as JSON."""
    return {
        "organisation": found.organisation,
        "template": found.template.code,
        "period": found.period.code,
        "state": found.state,
        "locked": found.locked,
        "revision": found.revision,
        "report": found.submitted.hex() if found.submitted else None,
        "missing": [one.line.indicator for one in found.missing],
        "cells": [_cell(one) | {"source": one.source, "records": one.records} for one in found.cells],
        "ratios": _ratios(found.ratios),
    }


def report(found: ShownReport) -> dict[str, Any]:
    """A submitted report as JSON."""
    return {
        "organisation": found.organisation,
        "name": found.name,
        "template": found.template.code,
        "period": found.period.code,
        "report": found.document.hex(),
        "state": found.state,
        "late": found.late,
        "revision": found.revision,
        "issued": found.issued.isoformat(),
        "reason": found.reason,
        "review": found.decision.reason if found.decision else None,
        "cells": [_cell(one) for one in found.cells],
        "ratios": _ratios(found.ratios),
        "revisions": [
            {
                "report": one.document.hex(),
                "revision": one.revision,
                "issued": one.issued.isoformat(),
                "late": one.late,
                "reason": one.reason,
                "decision": one.decision.decision if one.decision else None,
            }
            for one in found.history
        ],
    }


def _cell(one: DraftCell | ShownCell) -> dict[str, Any]:
    return {
        "indicator": one.line.indicator,
        "titles": dict(one.line.titles),
        "unit": one.line.unit,
        "status": str(one.status) if one.status else None,
        "value": one.value,
        "qualifier": one.qualifier.symbol,
        "words": one.words,
        "previous": one.previous,
        "differs": one.differs,
        "explanation": one.explanation,
        "note": one.note,
    }


def _ratios(ratios: Mapping[str, Ratio | None]) -> dict[str, Any]:
    return {
        code: {"value": one.value, "scale": one.scale, "of": [one.numerator, one.denominator]}
        if one
        else None
        for code, one in ratios.items()
    }


def say(said: Mapping[str, Any], *, as_json: bool) -> None:
    """Print a report or a draft."""
    emit(said, as_json=as_json, lines=list(_lines(said, translator())))


def state(name: str, translate: Translator) -> str:
    """What has become of a report, in words."""
    return translate(words.STATES[name][1])


def _lines(said: Mapping[str, Any], translate: Translator) -> Iterable[str]:
    place = [said[name] for name in ("organisation", "template", "period")]
    yield "\t".join([*place, state(said["state"], translate)])
    for cell in said["cells"]:
        title = in_words(cell["titles"], translate.locale)
        yield f"{cell['indicator']}\t{title}\t{_figure(cell, translate)}\t{cell['note']}".rstrip()


def _figure(cell: Mapping[str, Any], translate: Translator) -> str:
    if cell["status"] is None:
        return translate(_("missing"))
    if cell["status"] == Status.NOT_APPLICABLE:
        return translate(_("not applicable"))
    sign = "" if cell["qualifier"] == Qualifier.EXACT.symbol else cell["qualifier"]
    return cell["words"] or f"{sign}{cell['value']}"
