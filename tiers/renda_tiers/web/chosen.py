"""Which report, period and part of the tree a page of the chain shows, as its address says."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from renda.directory.models import Organisation as OrganisationRow
from renda.errors import NotFound
from renda.i18n import _
from renda.indicators.periods import Period
from renda.types import Request
from renda_tiers.reports import calendar, standings
from renda_tiers.reports.catalogue import Catalogue
from renda_tiers.reports.models import LATEST, STANDINGS
from renda_tiers.reports.template import Template
from renda_tiers.rollup import expectation
from renda_tiers.web import given, links, words
from renda_tiers.web.owed import book, reported, set_above


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a page shows.

    Attributes:
        templates, periods: what may be chosen instead.
        steps: (code, name) from the organisation of the page down to where the reader looks, both included.
    """

    templates: list[Template]
    template: Template
    periods: list[Period]
    period: Period
    standing: str
    steps: list[tuple[str, str]]

    @property
    def at(self) -> str:
        """Code of the organisation that the reader looks at: that of the page, or one below it."""
        return self.steps[-1][0]

    @property
    def name(self) -> str:
        """Its name."""
        return self.steps[-1][1]

    def query(self, **changes: Any) -> dict[str, Any]:
        """The query that shows the same again, but for the changes."""
        below = self.at if len(self.steps) > 1 else None
        same = {"template": self.template.code, "period": self.period.code, "standing": self.standing}
        return {**same, "at": below, **changes}


def choose(request: Request) -> Chosen | None:
    """What the query names, or the latest period that has ended and that anybody reports on.

    None where there is no template at all.

    Where no report is named, it is the one whose latest period ended last: what people are at work on, and
    no report of ten years that ended long ago.

    Raises:
        Invalid: the period is none.
        NotFound: the template is not this organisation's, or the place is not below it.
    """
    held = book(request)
    templates = set_above(request, held)
    if not templates:
        return None
    template, periods, period = _latest(request, _wanted(request, templates), held)
    if period is None:
        return None
    standing = request.GET.get("standing")
    return Chosen(
        templates,
        held.of(template.code, period) or template,
        sorted({*periods, period}, reverse=True),
        period,
        standing if standing in STANDINGS else LATEST,
        _steps(request, period),
    )


def _wanted(request: Request, templates: list[Template]) -> list[Template]:
    """The template that the query names, or all that it could be by the period that it names.

    What a directive asks for is shown where it is named, or where there is nothing else.
    """
    code = request.GET.get("template")
    if not code:
        named = request.GET.get("period")
        kind = given.period(named).kind if named else None
        regular = [one for one in templates if not one.asked] or templates
        return [one for one in templates if one.period is kind] or regular
    found = [one for one in templates if one.code == code]
    if not found:
        raise NotFound(_("There is no report template ${code}.", mapping={"code": code}))
    return found


def _latest(
    request: Request, templates: list[Template], held: Catalogue
) -> tuple[Template, list[Period], Period | None]:
    """Of some templates the one whose period ended last, with the periods to choose from and that one.

    A period for which nobody here or below owes or has sent anything is passed over: it ended before the
    report was set, or before anybody used its module.
    """
    sent = {one.code: set(reported(request, one)) for one in templates}
    found = [(one, _periods(request, one, held, sent[one.code])) for one in templates]
    named = request.GET.get("period")
    wanted = given.period(named) if named else None
    for template, periods in found:
        if wanted is not None and wanted.kind is template.period:
            return template, periods, wanted
    ended = ((*one, period) for one in found for period in one[1] if period.end < request.today)
    for template, periods, period in sorted(ended, key=lambda one: one[2].end, reverse=True):
        if period in sent[template.code] or _is_owed(request, held, template, period):
            return template, periods, period
    running = [(template, periods, next(iter(periods), None)) for template, periods in found]
    return max(running, key=lambda one: one[2].end if one[2] else date.min)


def _periods(request: Request, template: Template, held: Catalogue, sent: Collection[Period]) -> list[Period]:
    offered = [] if template.asked else calendar.offered(template, request.today, held.at(template.code))
    return sorted({*sent, *offered}, reverse=True)


def _is_owed(request: Request, held: Catalogue, template: Template, period: Period) -> bool:
    code = request.context.organisation.code
    revision = held.of(template.code, period) or template
    return expectation.counted(request.db, revision, [code], period)[code] > 0


def _steps(request: Request, period: Period) -> list[tuple[str, str]]:
    here = request.context.organisation
    wanted = request.GET.get("at") or here.code
    if wanted == here.code:
        return [(here.code, here.name)]
    above = standings.ancestors_on(request.db, wanted, period.end)
    if here.code not in above:
        raise NotFound
    path = above[: above.index(here.code) + 1][::-1]
    named = select(OrganisationRow.code, OrganisationRow.name).where(OrganisationRow.code.in_(path))
    names = {row.code: row.name for row in request.db.execute(named)}
    return [(code, names[code]) for code in path]


def fields(request: Request, chosen: Chosen) -> list[dict[str, Any]]:
    """The controls that choose another report or period."""
    translate = request.translate
    return [
        {
            "name": "template",
            "label": _("Report"),
            "widget": "choice",
            "required": True,
            "value": chosen.template.code,
            "choices": [(one.code, words.said(one.titles, translate)) for one in chosen.templates],
        },
        {
            "name": "period",
            "label": _("Period"),
            "widget": "choice",
            "required": True,
            "value": chosen.period.code,
            "choices": [(one.code, translate(one.title())) for one in chosen.periods],
        },
        {"name": "standing", "widget": "hidden", "value": chosen.standing},
    ]


def switch(request: Request, page: str, chosen: Chosen, **more: Any) -> list[dict[str, Any]]:
    """Links between the latest and the endorsed standing."""
    return [
        {
            "title": title,
            "href": links.to(request, page, chosen.query(standing=name, **more)),
            "current": name == chosen.standing,
        }
        for name, title in words.STANDINGS.items()
    ]


def trail(
    request: Request, page: str, chosen: Chosen, *, linked: bool = False, **more: Any
) -> list[dict[str, Any]]:
    """The way back up from where the reader looks; the last step is a link where `linked` says so."""
    last = len(chosen.steps) - (0 if linked else 1)
    return [
        {
            "name": name,
            "href": links.to(request, page, chosen.query(at=code if number else None, **more))
            if number < last
            else None,
        }
        for number, (code, name) in enumerate(chosen.steps)
    ]


def words_of(request: Request, choice: Chosen) -> list[str]:
    """Where the reader looks, and which report, period and standing: what stands above a workbook."""
    title = words.said(choice.template.titles, request.translate)
    return [choice.name, title, choice.period.title(), words.STANDINGS[choice.standing]]
