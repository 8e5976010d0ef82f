"""The system points out two absences without leave from sessions of the congress, and ends nothing."""

import pytest
from sqlalchemy import select

from renda.directory.meetings import ATTENDANCE, MEETINGS
from renda.directory.models import Mandate
from renda.records import engine, parts, workflow
from renda.records.participation import participation_type
from tests.core.deputies.conftest import COUNTY, DEPUTIES, add, rows, words

ATTENDED = participation_type(MEETINGS, ATTENDANCE)
VERBS = frozenset({"core:read", "core:write", "core:decide"})


@pytest.fixture
def meet(work, clock):
    """`meet(state, organ)` holds a meeting at which everybody is absent, on leave or present."""

    def hold(state, organ="congress", term=19):
        who = {"now": clock(), "actor": None}
        with work() as session:
            values = {"title": "会议", "organ": organ, "term": term, "opens_on": "2026-01-10"}
            meeting = engine.create(session, MEETINGS, COUNTY, values, now=clock(), author=None)
            persons = session.scalars(select(Mandate.person)).all()
            there = parts.add_participants(session, ATTENDED, meeting, persons, "member", **who)
            ids = [one.id for one in there]
            parts.mark(session, ATTENDED, meeting, ids, state, permissions=VERBS, **who)
            workflow.move(session, MEETINGS, meeting, "hold", permissions=VERBS, **who)

    return hold


def warned(clerk, address):
    return "Absent from" in words(clerk.get(address)), "absent from" in words(clerk.get(DEPUTIES))


def test_twice_absent_is_pointed_out_and_the_seat_goes_on(clerk, meet):
    address = add(clerk, name="王小明")
    meet("absent")
    assert warned(clerk, address) == (False, False)
    meet("absent")
    assert warned(clerk, address) == (True, True)
    assert "代表法第六十二条" in words(clerk.get(address))
    assert rows(clerk.get(DEPUTIES))[0][1] == "In office"


@pytest.mark.parametrize(
    "missed",
    [{"state": "leave"}, {"state": "absent", "organ": "standing_committee"}, {"state": "absent", "term": 18}],
)
def test_leave_other_organs_and_other_terms_do_not_count(clerk, meet, missed):
    address = add(clerk, name="王小明")
    for _time in range(3):
        meet(**missed)
    assert warned(clerk, address) == (False, False)
