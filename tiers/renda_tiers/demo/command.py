"""`renda demo`: from nothing to a served demonstration, or to one reconciled cycle with `--check`."""

import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

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
    """Remove what an unfinished run left; only files that a demonstration makes."""
    for pattern in ("renda.sqlite*", "renda.secret", "renda.key", "demo.ini"):
        for path in folder.glob(pattern):
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
        "findings": [{"name": one.name, "holds": not one.wrong, "wrong": one.wrong} for one in found],
    }
    emit(result, as_json=as_json, lines=_lines(result))
    return 0 if all(not one.wrong for one in found) else 1


def _table(session: Session, template: str, period: str, indicators: tuple[str, ...]) -> dict[str, Any]:
    bodies = session.execute(
        select(Organisation.code, Organisation.name)
        .join(Edge, Edge.child == Organisation.code)
        .where(Edge.parent == plan.CITY)
        .order_by(Organisation.code)
    ).all()
    city = session.execute(
        select(Organisation.code, Organisation.name).where(Organisation.code == plan.CITY)
    ).one()
    rows = []
    for code, name in [city, *bodies]:
        for standing in (LATEST, ENDORSED):
            totals = {
                total.line.indicator: total
                for total in explain.totals(session, code, template, period, standing)
            }
            for indicator in indicators:
                rows.append(_row(code, name, standing, indicator, totals.get(indicator)))
    return {"template": template, "period": period, "rows": rows}


def _row(code: str, name: str, standing: str, indicator: str, total: explain.Total | None) -> dict[str, Any]:
    coverage = total.coverage if total else None
    return {
        "organisation": code,
        "name": name,
        "standing": standing,
        "indicator": indicator,
        "value": total.figure.value if total else None,
        "qualifier": total.figure.qualifier.symbol if total else "=",
        "expected": coverage.expected if coverage else 0,
        "reported": coverage.reported + coverage.nil + coverage.not_applicable if coverage else 0,
        "missing": coverage.missing if coverage else 0,
        "not_endorsed": coverage.not_endorsed if coverage else 0,
        "late": coverage.late if coverage else 0,
    }


def _lines(result: dict[str, Any]) -> list[str]:
    lines = []
    for table in result["tables"]:
        lines += ["", f"{table['template']}  {table['period']}"]
        for row in table["rows"]:
            value = "-" if row["value"] is None else f"{row['value']:,}"
            lines.append(
                f"  {row['organisation']} {row['standing']:9}{row['indicator']} "
                f"{row['qualifier'] if row['qualifier'] != '=' else '':2}{value:>9}  "
                f"{row['reported']}/{row['expected']}  -{row['missing']}  ?{row['not_endorsed']}  {row['name']}"
            )
    lines.append("")
    lines += [
        f"{'OK  ' if one['holds'] else 'FAIL'} {one['name']} {one['wrong']}".rstrip()
        for one in result["findings"]
    ]
    return lines
