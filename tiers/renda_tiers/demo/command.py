"""`renda demo`: from nothing to a served demonstration, or to one reconciled cycle with `--check`."""

import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.app import unit_of_work
from renda.cli import emit, json_option, translator
from renda.clock import local_day, system_clock
from renda.directory.models import Edge, Organisation
from renda.i18n import _
from renda.serve import serve
from renda_tiers.demo import check, node, plan
from renda_tiers.demo.plan import Calendar
from renda_tiers.reports.models import ENDORSED, LATEST
from renda_tiers.rollup import explain

CHECKED_AT = datetime(2026, 5, 20, 2, tzinfo=UTC)
"""The instant at which `--check` runs, so that every run prints the same."""

STEPS = {
    "bodies": _("Placing 179 bodies and signing their enrolment…"),
    "records": _("Making invented persons and training records…"),
    "decade": _("Splitting the published ten-year totals among the bodies…"),
    "reports": _("Submitting, returning, correcting and endorsing reports…"),
}


@click.command(help="The demonstration: build it once, then serve it; --check runs one cycle and reconciles.")
@click.option("--dir", "folder", type=click.Path(file_okay=False), help="Folder of the demonstration.")
@click.option("--port", default=6543, show_default=True, type=click.IntRange(1, 65535))
@click.option("--check", "checking", is_flag=True, help="Run one cycle, print the totals, and exit.")
@json_option
def demo(folder: str | None, port: int, checking: bool, as_json: bool) -> None:  # noqa: FBT001 - click
    """Build and serve, or build and check."""
    if checking:
        sys.exit(_check(folder, port, as_json=as_json))
    _serve(Path(folder or "demo-data"), port)


def _serve(folder: Path, port: int) -> None:
    say = translator()
    done = folder / node.DONE
    if not done.exists() and folder.exists():
        _clear(folder)
    config = node.prepare(folder, port)
    if not done.exists():
        registry = node.registry_of(folder, system_clock)
        password = node.fill(registry, registry.clock(), lambda step: click.echo(say(STEPS[step])))
        registry.engine.dispose()
        done.touch(mode=0o600)
        done.write_text(password, encoding="ascii")
    password = done.read_text(encoding="ascii")
    for line in _directions(port, password):
        click.echo(line)
    serve(str(config))


def _clear(folder: Path) -> None:
    """Remove what an earlier run left."""
    for path in folder.glob(node.MADE):
        path.unlink()


def _directions(port: int, password: str) -> list[str]:
    say = translator()
    lines = ["", plan.NOTICE, "", say(_("Open:")) + f" http://127.0.0.1:{port}/"]
    lines += [say(_("Accounts (one password for all):")) + f" {password}"]
    lines += [f"  {login:18}{name}  {organisation}" for login, name, organisation, _role in plan.ACCOUNTS]
    return [*lines, say(_("Stop with Ctrl+C.")), ""]


def _check(folder: str | None, port: int, *, as_json: bool) -> int:
    say = translator()
    place = Path(folder) if folder else Path(tempfile.mkdtemp(prefix="renda-demo-"))
    if place.exists():
        _clear(place)
    node.prepare(place, port)
    registry = node.registry_of(place, lambda: CHECKED_AT)
    calendar = Calendar(local_day(CHECKED_AT))
    try:
        node.fill(registry, CHECKED_AT, lambda step: None if as_json else click.echo(say(STEPS[step])))
        with unit_of_work(registry) as session:
            tables = [_table(session, plan.DECADE, plan.DECADE_PERIOD.code, ("T01", "T02"))]
            tables.append(_table(session, plan.BIMONTH, calendar.period.code, ("T01", "T02", "T03")))
            found = list(check.findings(session, calendar))
    finally:
        registry.engine.dispose()
        if not folder:
            shutil.rmtree(place, ignore_errors=True)
    result = {
        "tables": tables,
        "findings": [{"name": say(one.name), "holds": not one.wrong, "wrong": one.wrong} for one in found],
    }
    emit(result, as_json=as_json, lines=_lines(result))
    return 0 if all(not one.wrong for one in found) else 1


def _table(session: Session, template: str, period: str, indicators: tuple[str, ...]) -> dict[str, Any]:
    """The city and its counties: each figure in both standings, with its coverage."""
    city = select(Organisation.code, Organisation.name).where(Organisation.code == plan.CITY)
    below = (
        select(Organisation.code, Organisation.name)
        .join(Edge, Edge.child == Organisation.code)
        .where(Edge.parent == plan.CITY)
        .order_by(Organisation.code)
    )
    rows: list[dict[str, Any]] = []
    for code, name in [*session.execute(city), *session.execute(below)]:
        latest, endorsed = (
            {one.line.indicator: one for one in explain.totals(session, code, template, period, standing)}
            for standing in (LATEST, ENDORSED)
        )
        rows += [
            {"organisation": code, "name": name, **_row(one, latest[one], endorsed[one])}
            for one in indicators
        ]
    return {"template": template, "period": period, "rows": rows}


def _row(indicator: str, latest: explain.Total, endorsed: explain.Total) -> dict[str, Any]:
    coverage = latest.coverage
    return {
        "indicator": indicator,
        "latest": latest.figure.value,
        "endorsed": endorsed.figure.value,
        "qualifier": latest.figure.qualifier.symbol,
        "expected": coverage.expected,
        "reported": coverage.reported,
        "nil": coverage.nil,
        "late": coverage.late,
        "missing": coverage.missing,
        "not_endorsed": coverage.not_endorsed,
    }


COLUMNS = {
    "name": _("Organisation"),
    "indicator": _("Figure"),
    "latest": _("Latest"),
    "endorsed": _("Endorsed"),
    "expected": _("Expected"),
    "reported": _("Reported"),
    "nil": _("Nil"),
    "late": _("Late"),
    "missing": _("Missing"),
    "not_endorsed": _("Not endorsed"),
}
WIDTHS = (20, 6, 10, 10, 8, 8, 8, 8, 8, 8)


def _lines(result: dict[str, Any]) -> list[str]:
    say = translator()
    lines = []
    for table in result["tables"]:
        lines += [
            "",
            f"{table['template']}  {table['period']}",
            _aligned([say(one) for one in COLUMNS.values()]),
        ]
        lines += [_aligned([_shown(row, name) for name in COLUMNS]) for row in table["rows"]]
    lines.append("")
    return lines + [
        f"{'OK  ' if one['holds'] else 'FAIL'} {one['name']} {one['wrong']}".rstrip()
        for one in result["findings"]
    ]


def _shown(row: dict[str, Any], name: str) -> str:
    value = row[name]
    if not isinstance(value, int):
        return "-" if value is None else str(value)
    about = row["qualifier"] if name in {LATEST, ENDORSED} and row["qualifier"] != "=" else ""
    return f"{about}{value:,}"


def _aligned(cells: list[str]) -> str:
    """Cells under one another; a Chinese character is two columns wide."""
    padded = []
    for number, (cell, width) in enumerate(zip(cells, WIDTHS, strict=True)):
        wide = sum(east_asian_width(character) in "WF" for character in cell)
        space = " " * max(1, width - len(cell) - wide)
        padded.append(cell + space if number < 2 else space + cell)  # noqa: PLR2004 - names left, figures right
    return "".join(padded).rstrip()
