"""What switching a module changes about the reports that an organisation may fill in now."""

from collections.abc import Iterator

from renda.clock import local_day
from renda.declarations import Message
from renda.directory.consequences import Foreseeing
from renda.i18n import DEFAULT_LOCALE, _
from renda.indicators.periods import Period
from renda.plugins import Declared
from renda_tiers.reports import calendar, catalogue, owing, progress, standings
from renda_tiers.reports.template import Template

_OWED = _("${report} for ${period} is owed.")
_NOT_OWED = _("${report} for ${period} is no longer owed.")
_COMPUTED = _("${report} for ${period} computes: ${figures}")
_TYPED = _("${report} for ${period} loses these computed figures, which are to be typed: ${figures}")
_UNSET = _("${report} is not owed yet: neither this organisation nor one above it has set it.")


def add(event: Foreseeing) -> None:
    """Add a sentence for each open report whose period has not ended: those that have keep what they were.

    Of a module that is enabled the reports are named, too, that nobody has set for the organisation.
    """
    for template, period in _open(event):
        values = {
            "report": template.titles.get(event.say.locale) or template.titles[DEFAULT_LOCALE],
            "period": period.title(),
            "figures": ", ".join(_figures(event, template)),
        }
        if template.module == event.module:
            event.found.append(event.say(_(_OWED if event.enabling else _NOT_OWED, mapping=values)))
        elif values["figures"]:
            event.found.append(event.say(_(_COMPUTED if event.enabling else _TYPED, mapping=values)))
    if event.enabling:
        event.found.extend(event.say(_(_UNSET, mapping={"report": title})) for title in _unset(event))


def _unset(event: Foreseeing) -> list[Message]:
    """Titles of the reports that the module offers to the tier, and nobody has set for the organisation."""
    session, declared = event.session, event.session.info["registry"].declared
    today = local_day(session.info["registry"].clock())
    tier = owing.of(session, event.organisation).tier
    held = catalogue.read(session, event.organisation)
    above = held.above(today)
    known = {one.code for one in held.every(today) if one.origin in above}
    return [
        one.title
        for one in declared.templates.values()
        if one.module == event.module and tier in one.tiers and one.code not in known
    ]


def _open(event: Foreseeing) -> Iterator[tuple[Template, Period]]:
    session, organisation = event.session, event.organisation
    today = local_day(session.info["registry"].clock())
    owed = owing.of(session, organisation)
    held, above = catalogue.read(session, organisation), standings.ancestors_on(session, organisation, today)
    for current in held.every(today):
        if current.origin not in above or current.asked:
            continue
        for period in calendar.offered(current, today, held.at(current.code)):
            template = held.of(current.code, period)
            if period.end < today or template is None:
                continue
            if not owed.fills(template, period):
                continue
            if progress.of(session, organisation, template.code, period.code).report is None:
                yield template, period


def _figures(event: Foreseeing, template: Template) -> list[str]:
    """Codes of the lines that records of the module compute."""
    declared: Declared = event.session.info["registry"].declared
    return [
        line.indicator
        for line in template.cells
        if not line.typed
        and line.indicator in declared.indicators
        and declared.indicators[line.indicator].meaning == line.meaning
        and declared.module_of_indicator(line.indicator) == event.module
    ]
