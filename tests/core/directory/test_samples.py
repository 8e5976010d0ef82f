"""Invented meetings are such as the body could hold."""

import random
from datetime import date

import pytest
from sqlalchemy import select

from renda.declarations import SampleScope
from renda.directory.meetings import ATTENDANCE, MEETINGS, CongressMeeting
from renda.directory.samples import make
from renda.directory.terms import Term
from renda.records.models import Participant
from tests.core.directory.bodies import COUNTY, NOW, STREET, TOWN, ZONE, build, seat


@pytest.fixture
def made(db):
    """`made(place)` gives the invented meetings of a body in two months, and the states of who was there."""
    build(db)
    stamp = {"state": "entered", "author": None, "created_at": NOW, "changed_at": NOW}
    db.add(Term(organisation=COUNTY, number=19, starts_on=date(2022, 1, 5), **stamp))
    people = [seat(db, number) for number in range(1, 6)]

    def make_at(place, seed=1):
        span = {"start": date(2026, 3, 1), "end": date(2026, 4, 30)}
        chance = random.Random(seed)
        make(SampleScope(session=db, organisation=place, now=NOW, random=chance, persons=people, **span))
        db.flush()
        rows = db.scalars(select(CongressMeeting).where(CongressMeeting.organisation == place)).all()
        parts = select(Participant).where(
            Participant.organisation == place, Participant.type == f"{MEETINGS.name}_{ATTENDANCE.name}"
        )
        return rows, [one.state for one in db.scalars(parts)]

    return make_at


def test_a_standing_committee_meets_with_its_number_in_the_term(made):
    (row,), states = made(COUNTY)
    assert (row.organ, row.state, row.term) == ("standing_committee", "held", 19)
    assert (row.number, row.title) in {(26, "常务委员会第二十六次会议"), (27, "常务委员会第二十七次会议")}
    assert date(2026, 3, 1) <= row.opens_on <= date(2026, 4, 30)
    assert len(states) == 5
    assert set(states) <= {"attended", "leave", "absent"}


@pytest.mark.parametrize(
    ("place", "organ", "people"),
    [(TOWN, "presidium", 5), (STREET, "street_work_committee", 0), (ZONE, "work_committee", 0)],
)
def test_other_bodies_hold_what_they_may_hold(made, place, organ, people):
    (row,), states = made(place)
    assert (row.organ, row.term, row.number, len(states)) == (organ, None, None, people)
    assert row.title.endswith("工作会议")


def test_a_run_is_like_the_one_before(made):
    (first,), states = made(COUNTY, seed=7)
    rows, again = made(COUNTY, seed=7)
    assert {row.opens_on for row in rows} == {first.opens_on}
    assert again == states * 2
