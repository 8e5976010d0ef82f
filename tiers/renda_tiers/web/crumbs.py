"""The way from an organisation's own pages down to a report of another one, and back up."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from renda.directory.models import Organisation as OrganisationRow
from renda.i18n import _
from renda.types import Request
from renda_tiers.reports import standings
from renda_tiers.reports.models import LATEST, STANDINGS
from renda_tiers.reports.shown import ShownReport
from renda_tiers.web import chosen, links
from renda_tiers.web.cells import heading
from renda_tiers.web.chosen import Chosen

VIAS = ("matrix", "figure")
"""Pages that lead down to reports: who has reported, and a figure of the totals."""

_CARRIED = ("via", "at", "standing", "indicator", "dimension")


def down(choice: Chosen, via: str, **figure: Any) -> dict[str, Any]:
    """The query with which a page leads to a report, so that it knows the way back."""
    return {"via": via, "at": choice.query()["at"], "standing": choice.standing, **figure}


def carried(request: Request) -> dict[str, str]:
    """The same query, for a page that leads further down."""
    return {name: request.GET[name] for name in _CARRIED if name in request.GET}


def to_report(request: Request, report: ShownReport) -> list[dict[str, Any]]:
    """The pages above a report: the form for its own body, else the page it was reached by, or could be."""
    via = request.GET.get("via")
    template, period = report.template.code, report.period.code
    if via not in VIAS and report.organisation == request.context.organisation.code:
        form = links.to(request, "form", template=template, period=period)
        return [{"name": _("Form of the report"), "href": form}]
    standing = request.GET.get("standing")
    choice = Chosen(
        [],
        report.template,
        [],
        report.period,
        standing if standing in STANDINGS else LATEST,
        _steps(request, report),
    )
    figure = _figure(request, report) if via == "figure" else None
    if figure is None:
        top = {"name": _("Who has reported"), "href": links.to(request, "matrix", choice.query(at=None))}
        return [top, *chosen.trail(request, "matrix", choice, linked=True)[1:]]
    title, query = figure
    totals = links.to(request, "rollup", choice.query(at=None))
    whole = links.to(request, "figure", choice.query(at=None, **query))
    below = chosen.trail(request, "figure", choice, linked=True, **query)[1:]
    return [{"name": _("Totals"), "href": totals}, {"name": title, "href": whole}, *below]


def _steps(request: Request, report: ShownReport) -> list[tuple[str, str]]:
    """From the page's organisation down to where the reader came from, or to who stands above the report."""
    here, wanted = request.context.organisation.code, request.GET.get("at")
    above = standings.ancestors_on(request.db, report.organisation, report.period.end)
    path = above[: above.index(here) + 1][::-1]
    last = path.index(wanted) if wanted in path else max(0, len(path) - 2)
    named = select(OrganisationRow.code, OrganisationRow.name).where(OrganisationRow.code.in_(path))
    names = {row.code: row.name for row in request.db.execute(named)}
    return [(code, names[code]) for code in path[: last + 1]]


def _figure(request: Request, report: ShownReport) -> tuple[str, Mapping[str, str]] | None:
    """Title of the figure that the address names, and the query that names it."""
    wanted, dimension = request.GET.get("indicator", ""), request.GET.get("dimension", "")
    for line in report.template.cells:
        if line.indicator == wanted:
            title = heading(request, line, dimension)["title"]
            return title, {"indicator": wanted, "dimension": dimension}
    return None
