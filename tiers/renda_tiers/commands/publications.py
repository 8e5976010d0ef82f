"""`renda report publish …`, and what `renda rollup show --vintage` prints."""

from typing import Any

import click

from renda.app import Node, open_node
from renda.cli import config_argument, emit, json_option, translator
from renda.i18n import _
from renda.indicators.periods import Period
from renda_tiers.commands.reports import ensure_known, org_option, report
from renda_tiers.publications import publishing, reading
from renda_tiers.publications.vintage import Correction, Vintage, stated
from renda_tiers.reports.models import LATEST, STANDINGS
from renda_tiers.rollup import explain
from renda_tiers.rollup.explain import Total


@report.command(help=_("Publish the totals of a period as they stand now, as the next vintage, for ever."))
@config_argument
@org_option
@click.option("--template", required=True, help=_("Code of the report template."))
@click.option("--period", required=True, help=_("Code of the period, such as 2026-b2."))
@click.option(
    "--standing",
    type=click.Choice(STANDINGS),
    default=LATEST,
    show_default=True,
    help=_("Which revisions count: the latest, or the endorsed ones only."),
)
@json_option
def publish(
    *, config: str, organisation: str, template: str, period: str, standing: str, as_json: bool
) -> None:
    """Publish a roll-up; where the last vintage says the same, nothing is published."""
    with open_node(config) as node:
        ensure_known(node, organisation)
        done = publishing.publish(
            node.session,
            organisation,
            template,
            Period.parse(period),
            standing=standing,
            actor=None,
            now=node.now,
        )
    message = (
        _("Published as vintage ${number}.", mapping={"number": done.number})
        if done.new
        else _(
            "Nothing changed since vintage ${number}; nothing was published.", mapping={"number": done.number}
        )
    )
    result = {"publication": done.document.hex(), "number": done.number, "new": done.new}
    place = {"organisation": organisation, "template": template, "period": period}
    emit(result | place, as_json=as_json, lines=[f"{done.document.hex()}\t{translator()(message)}"])


def vintage(
    node: Node, organisation: str, template: str, period: str, number: int
) -> tuple[dict[str, Any], list[Total], list[Correction]]:
    """An organisation's vintage as JSON, its figures, and what it corrects.

    Of a fork it is the one that stands; `forks` names the others.

    Raises:
        NotFound: there is no such organisation, or it has no vintage of this number.
    """
    ensure_known(node, organisation)
    found, *others = reading.numbered(node.session, organisation, template, Period.parse(period).code, number)
    said = {
        "publication": found.document.hex(),
        "number": found.number,
        "standing": found.standing,
        "issued": found.issued.isoformat(),
        "predecessor": found.predecessor.hex() if found.predecessor else None,
        "forks": [one.document.hex() for one in others],
        "reports": _reports(found),
        "corrections": [_correction(one) for one in found.corrections or ()],
        "since": len(reading.since(node.session, found)),
    }
    return said, explain.arranged(found.template, found.cells), list(found.corrections or ())


def _reports(found: Vintage) -> dict[str, str] | None:
    return None if found.reports is None else {code: one.hex() for code, one in found.reports.items()}


def _correction(one: Correction) -> dict[str, Any]:
    return {
        "organisation": one.organisation,
        "old": one.old.hex() if one.old else None,
        "new": one.new.hex() if one.new else None,
        "reasons": list(one.reasons),
        "changes": [
            {
                "indicator": change.line.indicator,
                "dimension": change.dimension,
                "meaning": change.line.meaning,
                "before": stated(change.before) if change.before else None,
                "after": stated(change.after) if change.after else None,
                "left": change.left,
                "came": change.came,
            }
            for change in one.changes
        ],
    }


def lines(corrections: list[Correction]) -> list[str]:
    """Corrections as people read them: whose, why, and each figure before and after."""
    found = []
    for one in corrections:
        found.append("\t".join(("*", one.organisation, *one.reasons)))
        found += [
            f"  {change.line.indicator} {change.dimension}".rstrip()
            + f"\t{_figure(change.before)} → {_figure(change.after)}"
            for change in one.changes
        ]
    return found


def _figure(cell: Any) -> str:
    if cell is None:
        return "-"
    status, value, sign = stated(cell)
    return str(status) if value is None else f"{'' if sign == '=' else sign}{value}"
