"""What `renda demo` prints: tables of figures, findings, addresses and accounts."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.cli import translator
from renda.directory import divisions
from renda.directory.models import Edge, Organisation
from renda.i18n import _
from renda_tiers.demo import chain, plan
from renda_tiers.demo.nodes import Servers
from renda_tiers.reports.models import ENDORSED, LATEST
from renda_tiers.rollup import explain

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
WIDTHS = (20, 6, -10, -10, -8, -8, -8, -8, -8, -8)
ACCOUNT_WIDTHS = (17, 20, 12, 1)


def table(session: Session, template: str, period: str, indicators: tuple[str, ...]) -> dict[str, Any]:
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


def lines(result: dict[str, Any]) -> list[str]:
    """The same for people."""
    say = translator()
    lines = []
    for table in result["tables"]:
        lines += [
            "",
            f"{table['template']}  {table['period']}",
            _aligned([say(one) for one in COLUMNS.values()], WIDTHS),
        ]
        lines += [_aligned([_shown(row, name) for name in COLUMNS], WIDTHS) for row in table["rows"]]
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


def _aligned(cells: list[str], widths: Sequence[int]) -> str:
    """Cells under one another, of a negative width at its right; a Chinese character is two columns wide."""
    padded = []
    for cell, width in zip(cells, widths, strict=True):
        wide = sum(east_asian_width(character) in "WF" for character in cell)
        space = " " * max(1, abs(width) - len(cell) - wide)
        padded.append(cell + space if width > 0 else space + cell)
    return "".join(padded).rstrip()


def directions(servers: Servers, password: str) -> list[str]:
    """Where the nodes are, and who can sign in there with what to try."""
    say = translator()
    bodies = divisions.bodies(divisions.shipped(), plan.CITY)
    names, parents = ({one.code: one.name for one in bodies}, {one.code: one.parent for one in bodies})
    tops = [place.code for place in plan.PLACES]
    lines = ["", plan.NOTICE, "", say(_("Accounts (one password for all):")) + f" {password}"]
    for place in plan.PLACES:
        lines += ["", f"{names[place.code]}  {servers.address(place)}"]
        lines += [
            "  " + _aligned([login, name, names[organisation], what], ACCOUNT_WIDTHS)
            for login, name, organisation, _role, what in plan.ACCOUNTS
            if chain.host(organisation, tops, parents) == place.code
        ]
    lines += ["", say(_("Take a module from the city, and give it back (shi-guanli sees its menu change):"))]
    program = sys.argv[0] if Path(sys.argv[0]).name == "renda" else "renda"
    config = servers.config(plan.PLACES[0])
    lines += [
        f"  {program} plugin {step} {config} training --org {plan.CITY}" for step in ("disable", "enable")
    ]
    return [*lines, "", say(_("Stop with Ctrl+C.")), ""]
