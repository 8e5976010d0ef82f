"""Stations, reception days and opinions in figures (G01 to G08, and what the two rates divide)."""

from collections.abc import Callable, Collection
from functools import partial
from typing import Any

from sqlalchemy import and_, literal, null, or_, select

from renda.declarations import Contributions, Indicator, Measure, ReportTemplate, Span
from renda.i18n import _
from renda.indicators.kinds import Basis, Kind
from renda.indicators.periods import PeriodKind
from renda_liaison.opinions import ANSWERED, ASSIGNED, CLOSED, HANDLED, OPINIONS, RECEIVED, PublicOpinionItem
from renda_liaison.stations import CLOSED as STATION_CLOSED
from renda_liaison.stations import DAYS, HELD, HOME, OPEN, STATION, STATIONS, ReceptionDay, Station

COLLECTED = frozenset({RECEIVED, ASSIGNED, ANSWERED, CLOSED})
"""States of what was accepted."""


def _contributions(row: Any, value: Any) -> Contributions:
    return select(row.id.label("record"), value.label("value"), null().label("key"))


def stations(span: Span, *conditions: Any) -> Contributions:
    """Those that were open on the last day of the period."""
    return _contributions(Station, literal(1)).where(
        Station.organisation == span.organisation,
        Station.opened_on <= span.end,
        or_(
            and_(Station.state == OPEN, Station.closed_on.is_(None)),
            and_(Station.state.in_((OPEN, STATION_CLOSED)), Station.closed_on > span.end),
        ),
        *conditions,
    )


def _days(span: Span, value: Any) -> Contributions:
    return _contributions(ReceptionDay, value).where(
        ReceptionDay.organisation == span.organisation,
        ReceptionDay.state == HELD,
        ReceptionDay.held_on.between(span.start, span.end),
    )


def days(span: Span) -> Contributions:
    """Each reception day counts once."""
    return _days(span, literal(1))


def received(span: Span) -> Contributions:
    """As many as came on each day; who came on two days counts twice."""
    return _days(span, ReceptionDay.received).where(ReceptionDay.received.is_not(None))


def opinions(span: Span, states: Collection[str]) -> Contributions:
    """What was received in the period and is in one of these states now."""
    return _contributions(PublicOpinionItem, literal(1)).where(
        PublicOpinionItem.organisation == span.organisation,
        PublicOpinionItem.state.in_(sorted(states)),
        PublicOpinionItem.received_on.between(span.start, span.end),
    )


def _stock(code: str, title: str, definition: str, *conditions: Any) -> Indicator:
    return Indicator(
        code,
        title,
        definition,
        unit=_("station"),
        kind=Kind.STOCK,
        basis=Basis.CUMULATIVE,
        measure=Measure(STATIONS.name, lambda span: stations(span, *conditions)),
    )


def _count(code: str, title: str, definition: str, unit: str, measure: Measure) -> Indicator:
    return Indicator(code, title, definition, unit=unit, measure=measure)


def _items(states: Collection[str]) -> Measure:
    select_: Callable[[Span], Contributions] = partial(opinions, states=states)
    return Measure(OPINIONS.name, select_)


INDICATORS = [
    _stock(
        "G01",
        _("Deputies' homes"),
        _("Homes that were open on the last day of the period."),
        Station.kind == HOME,
    ),
    _stock(
        "G02",
        _("Liaison stations"),
        _("Stations, homes not among them, that were open on the last day of the period."),
        Station.kind == STATION,
    ),
    _stock(
        "G03",
        _("Stations up to standard"),
        _("Of the homes and stations of G01 and G02 those that are up to standard."),
        Station.standard,
    ),
    _count(
        "G04",
        _("Reception days held"),
        _("Days on which deputies received people at a station, in the period."),
        _("day of reception"),
        Measure(DAYS.name, days),
    ),
    _count(
        "G05",
        _("Person-times received"),
        _("People received on the days of G04; who came twice counts twice."),
        _("person_time"),
        Measure(DAYS.name, received),
    ),
    _count(
        "G06",
        _("Opinions collected"),
        _("Public opinion items received in the period, but for those that were not accepted."),
        _("opinion"),
        _items(COLLECTED),
    ),
    _count(
        "G10",
        _("Opinions handled"),
        _("Of the items of G06 those that have been answered, whenever that was."),
        _("opinion"),
        _items(HANDLED),
    ),
    _count(
        "G11",
        _("Opinions fed back"),
        _("Of the items of G10 those that are closed, since the reply was fed back."),
        _("opinion"),
        _items({CLOSED}),
    ),
    Indicator(
        "G07",
        _("Handling rate"),
        _("Opinions handled (G10) among those collected (G06), divided after both are counted."),
        unit="percent",
        kind=None,
        numerator="G10",
        denominator="G06",
    ),
    Indicator(
        "G08",
        _("Feedback rate"),
        _("Opinions fed back (G11) among those handled (G10), divided after both are counted."),
        unit="percent",
        kind=None,
        numerator="G11",
        denominator="G10",
    ),
]

TEMPLATES = [
    ReportTemplate(
        "liaison-month",
        _("Monthly report on reception and opinions"),
        PeriodKind.MONTH,
        tiers=("county", "township"),
        lines=("G04", "G05", "G06", "G10", "G07", "G11", "G08"),
    ),
    ReportTemplate(
        "liaison-quarter",
        _("Quarterly report on stations"),
        PeriodKind.QUARTER,
        tiers=("county", "township"),
        lines=("G01", "G02", "G03"),
    ),
]
