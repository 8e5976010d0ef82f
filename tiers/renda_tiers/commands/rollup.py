"""`renda rollup …`: the totals in a terminal."""

from dataclasses import asdict
from typing import Any

import click

from renda.app import open_node
from renda.cli import config_argument, emit, json_option, translator
from renda.i18n import _
from renda_tiers.commands import publications
from renda_tiers.reports.models import LATEST, STANDINGS
from renda_tiers.reports.template import in_words
from renda_tiers.rollup import explain
from renda_tiers.rollup.explain import Part, Total


@click.group(help=_("Totals over the tree."))
def rollup() -> None:
    """Commands about totals."""


@rollup.command(help=_("The figures of an organisation's subtree, with their coverage."))
@config_argument
@click.option("--org", "organisation", required=True, help=_("Code of the organisation."))
@click.option("--template", required=True, help=_("Code of the report template."))
@click.option("--period", required=True, help=_("Code of the period, such as 2026-b2."))
@click.option(
    "--standing",
    type=click.Choice(STANDINGS),
    default=LATEST,
    show_default=True,
    help=_("Which revisions count: the latest, or the endorsed ones only."),
)
@click.option(
    "--vintage", type=click.IntRange(1), help=_("The figures as they were published by this number.")
)
@click.option("--explain", "explained", is_flag=True, help=_("Show what each figure is made of."))
@json_option
def show(*, config: str, as_json: bool, explained: bool, vintage: int | None, **asked: str) -> None:
    """Print the figures."""
    if vintage is not None:
        _show_vintage(config, asked, vintage, explained=explained, as_json=as_json)
        return
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
    locale = translator().locale
    emit(
        {**asked, "figures": [_total(total, parts) for total, parts in found]},
        as_json=as_json,
        lines=[line for total, parts in found for line in _lines(total, parts, locale)],
    )


def _show_vintage(config: str, asked: dict[str, str], number: int, *, explained: bool, as_json: bool) -> None:
    if explained:
        raise click.UsageError("--vintage, --explain")
    place = (asked["organisation"], asked["template"], asked["period"])
    with open_node(config) as node:
        said, totals, corrected = publications.vintage(node, *place, number)
    locale = translator().locale
    emit(
        {**asked, **said, "figures": [_total(total, []) for total in totals]},
        as_json=as_json,
        lines=[
            *(line for total in totals for line in _lines(total, [], locale)),
            *publications.lines(corrected),
        ],
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


def _lines(total: Total, parts: list[Part], locale: str) -> list[str]:
    name = " ".join(word for word in (total.line.indicator, total.dimension) if word)
    title = in_words(total.line.titles, locale)
    number = _number(total) if total.ratio is None else f"{total.ratio.value}/{total.ratio.scale}"
    return [
        f"{name}\t{number}\t{_covered(total)}\t{title}",
        *(f"  {part.organisation}\t{_number(part)}\t{_covered(part)}\t{part.name}" for part in parts),
    ]


def _number(one: Total | Part) -> str:
    if one.figure.value is None:
        return "-"
    sign = one.figure.qualifier.symbol
    return f"{'' if sign == '=' else sign}{one.figure.value}"


def _covered(one: Total | Part) -> str:
    return f"{one.coverage.counted}/{one.coverage.expected}"
