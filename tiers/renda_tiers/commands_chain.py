"""`renda chain …` and `renda rollup …`: proving the ledger, and the totals in a terminal."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import click

from renda.app import open_node
from renda.cli import emit, json_option, translator
from renda.errors import Conflict
from renda.i18n import DEFAULT_LOCALE, _
from renda.security.commands import config_argument
from renda_tiers.documents import ledger
from renda_tiers.reports.models import LATEST, STANDINGS
from renda_tiers.rollup import explain
from renda_tiers.rollup.explain import Part, Total


@click.group(help="The ledger of signed documents.")
def chain() -> None:
    """Commands about the ledger."""


@chain.command(help="Hash and verify every stored document, signature and part; names each bad row.")
@config_argument
@json_option
def verify(config: str, as_json: bool) -> None:  # noqa: FBT001 - click
    """Exit 1 where anything is not as its origin signed it."""
    with open_node(config) as node:
        faults = ledger.verify(node.session)
    say = translator()
    sound = say(_("Every stored document is as it was signed."))
    emit({"faults": faults}, as_json=as_json, lines=faults or [sound])
    if faults:
        raise Conflict(_("${count} rows are not as they were signed.", mapping={"count": len(faults)}))


@chain.command(help="Make every verdict and every table that follows from the ledger anew.")
@config_argument
@json_option
def rebuild(config: str, as_json: bool) -> None:  # noqa: FBT001 - click
    """Tell which tables were not as the ledger says; they are now."""
    with open_node(config) as node:
        before = ledger.projections(node.session)
        count = ledger.rebuild(node.session)
        after = ledger.projections(node.session)
    changed = [name for name in after if before[name] != after[name]]
    say = translator()
    line = say(
        _(
            "${count} documents judged anew; tables that changed: ${tables}.",
            mapping={"count": count, "tables": ", ".join(changed) or "-"},
        )
    )
    emit({"documents": count, "changed": changed}, as_json=as_json, lines=[line])


@click.group(help="Totals over the tree.")
def rollup() -> None:
    """Commands about totals."""


@rollup.command(help="The figures of an organisation's subtree, with their coverage.")
@config_argument
@click.option("--org", "organisation", required=True, help="Code of the organisation.")
@click.option("--template", required=True, help="Code of the report template.")
@click.option("--period", required=True, help="Code of the period, such as 2026-b2.")
@click.option("--standing", type=click.Choice(STANDINGS), default=LATEST, show_default=True)
@click.option("--explain", "explained", is_flag=True, help="Show what each figure is made of.")
@json_option
def show(config: str, as_json: bool, explained: bool, **asked: str) -> None:  # noqa: FBT001 - click
    """Print the figures."""
    scope = (asked["organisation"], asked["template"], asked["period"], asked["standing"])
    with open_node(config) as node:
        found = [
            (
                total,
                explain.parts(node.session, *scope, total.line.indicator, total.dimension, total.meaning)
                if explained and total.line.kind is not None
                else [],
            )
            for total in explain.totals(node.session, *scope)
        ]
    emit(
        {**asked, "figures": [_total(total, parts) for total, parts in found]},
        as_json=as_json,
        lines=[line for total, parts in found for line in _lines(total, parts)],
    )


def _total(total: Total, parts: list[Part]) -> dict[str, Any]:
    return {
        "indicator": total.line.indicator,
        "dimension": total.dimension,
        "meaning": total.meaning,
        "side_by_side": total.side_by_side,
        **_figure(total),
        "ratio": asdict(total.ratio) | {"value": total.ratio.value} if total.ratio else None,
        "parts": [
            {
                "organisation": part.organisation,
                "own": part.own,
                "report": part.report.hex() if part.report else None,
                **_figure(part),
            }
            for part in parts
        ],
    }


def _figure(one: Total | Part) -> dict[str, Any]:
    figure = one.figure
    return {
        "status": figure.status,
        "value": figure.value,
        "qualifier": figure.qualifier.symbol,
        "holder": figure.holder,
        "texts": figure.texts,
        "coverage": asdict(one.coverage),
    }


def _lines(total: Total, parts: list[Part]) -> list[str]:
    name = " ".join(word for word in (total.line.indicator, total.dimension) if word)
    title = _said(total.line.titles)
    number = _number(total) if total.ratio is None else f"{total.ratio.value}/{total.ratio.scale}"
    return [
        f"{name}\t{number}\t{_covered(total)}\t{title}",
        *(f"  {part.organisation}\t{_number(part)}\t{_covered(part)}\t{part.name}" for part in parts),
    ]


def _said(titles: Mapping[str, str]) -> str:
    locale = translator().locale
    return titles.get(locale) or titles.get(DEFAULT_LOCALE) or next(iter(titles.values()))


def _number(one: Total | Part) -> str:
    if one.figure.value is None:
        return "-"
    sign = one.figure.qualifier.symbol
    return f"{'' if sign == '=' else sign}{one.figure.value}"


def _covered(one: Total | Part) -> str:
    covered = one.coverage
    return f"{covered.reported + covered.nil + covered.not_applicable}/{covered.expected}"


COMMANDS = [chain, rollup]
"""What `renda_tiers` registers."""
