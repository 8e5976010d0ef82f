"""G01 to G08: stations on the last day, days and persons in the period, and what became of opinions."""

from datetime import date

import pytest

from renda.declarations import Span
from renda_liaison.figures import INDICATORS, TEMPLATES
from renda_liaison.stations import Station
from tests.plugins.liaison.conftest import COUNTY, opinion, reception, station

MAY = Span(COUNTY, date(2026, 5, 1), date(2026, 5, 31))
MEASURES = {one.code: one.measure for one in INDICATORS if one.measure}


@pytest.fixture
def count(work):
    """Sums of the measures named, over a span."""

    def sums(*codes, span=MAY):
        with work() as session:
            return [sum(row.value for row in session.execute(MEASURES[code].select(span))) for code in codes]

    return sums


def test_stations_count_while_they_are_open(place, work, clock, count):
    with work() as session:
        station(session, clock, name="代表之家", kind="deputy_home", code=None, standard="true")
        gone = station(session, clock, name="旧站", code=None, standard="true")
        gone.state, gone.closed_on = "closed", date(2026, 5, 20)
        late = station(session, clock, name="新站", code=None, opened_on="2026-06-01")
        planned = station(session, clock, name="拟建", code=None)
        planned.state = "planned"
        station(session, clock, name="邻县站", code=None, organisation="371722")
        assert late.state == "open"
    assert count("G01", "G02", "G03") == [1, 1, 1]
    april = Span(COUNTY, date(2026, 4, 1), date(2026, 4, 30))
    assert count("G01", "G02", "G03", span=april) == [1, 2, 2]


def test_days_that_were_held_count_with_who_came(place, work, clock, count):
    with work() as session:
        here = session.get_one(Station, place)
        reception(session, clock, here, "announce", "hold", received=7)
        reception(session, clock, here, "hold", received=0)
        reception(session, clock, here, "announce", received=5)
        reception(session, clock, here, "hold", received=9, held_on="2026-06-01")
    assert count("G04", "G05") == [2, 7]


def test_opinions_count_by_the_day_they_came_and_what_became_of_them(place, work, clock, count):
    said = {"handler": "交通运输所", "reply": "已修好。"}
    with work() as session:
        opinion(session, clock)
        opinion(session, clock, "assign", **said)
        opinion(session, clock, "assign", "answer", **said)
        opinion(session, clock, "answer", "close", **said)
        opinion(session, clock, "decline")
        opinion(session, clock, "answer", received_on="2026-04-30", **said)
        opinion(session, clock, "answer", organisation="371722", **said)
    assert count("G06", "G10", "G11") == [4, 2, 1]


def test_rates_divide_what_their_reports_have():
    rates = {one.code: (one.numerator, one.denominator) for one in INDICATORS if one.derived}
    assert rates == {"G07": ("G10", "G06"), "G08": ("G11", "G10")}
    for template in TEMPLATES:
        for code in set(template.lines) & rates.keys():
            assert set(rates[code]) <= set(template.lines)
