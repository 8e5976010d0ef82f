"""Who may take the next step is reminded, and those above are told once it is over: each step once."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from renda.directory.models import ModuleUse
from renda.notices import reminding
from renda.notices.models import Notice
from renda.records import engine, workflow
from tests.core.notices.conftest import COUNTY, NOW
from tests.core.records.conftest import ALL_VERBS


@pytest.fixture
def remind(db, limited):
    """Looks at the limits so many days after the visit was entered; (login's account, kind) of new notices."""

    def look(days):
        known = set(db.scalars(select(Notice.id)))
        reminding.remind(db, NOW + timedelta(days=days))
        rows = db.execute(select(Notice.id, Notice.account, Notice.kind).order_by(Notice.kind)).all()
        return [(row.account, row.kind) for row in rows if row.id not in known]

    return look


def test_reminders_come_five_working_days_and_one_before_the_last_day(visit, people, remind):
    visit()
    assert [remind(day) for day in (0, 5)] == [[], []]
    assert remind(6) == [(people.clerk, "due")]
    assert remind(7) == []
    assert remind(12) == [(people.clerk, "due")]
    assert remind(13) == []


def test_once_it_is_over_the_leader_is_told_beside_who_may_act(visit, people, remind):
    visit()
    assert set(remind(14)) == {(people.clerk, "overdue"), (people.leader, "overdue")}
    assert remind(15) == []


def test_who_looks_late_hears_of_the_latest_step_alone(visit, people, remind):
    visit()
    assert {kind for _who, kind in remind(30)} == {"overdue"}
    assert remind(31) == []


def test_a_new_stay_in_the_state_is_told_anew(db, visit, people, remind, limited):
    row = visit()
    remind(14)
    for step, day in (("hold", 15), ("reopen", 16)):
        now = NOW + timedelta(days=day)
        workflow.move(db, limited, row, step, "有误", now=now, actor=None, permissions=ALL_VERBS)
    assert remind(16) == []
    assert {kind for _who, kind in remind(60)} == {"overdue"}


def test_the_notice_names_the_record_and_leads_to_it(db, visit, people, remind):
    row = visit()
    remind(6)
    found = db.scalars(select(Notice)).one()
    assert (found.organisation, found.path) == (COUNTY, f"r/probe_visit/{row.id}")
    assert "走访孙老家镇" in found.title


def test_a_module_that_is_not_in_use_reminds_nobody(db, visit, people, remind):
    visit()
    db.execute(delete(ModuleUse).where(ModuleUse.organisation == COUNTY))
    assert remind(14) == []


def test_what_was_not_committed_is_told_by_the_next_run(work, registry, stored_visit, limited, people):
    class Died(Exception):
        pass

    def run(*, dies):
        with work() as session:
            given = reminding.remind(session, NOW + timedelta(days=6))
            if dies:
                raise Died
        return given

    with pytest.raises(Died):
        run(dies=True)
    assert [run(dies=False), run(dies=False)] == [1, 0]


def test_a_last_day_that_a_field_says_is_reminded_of_like_any_other(db, visit, people, limited_by_day):
    row = visit(ends_on="2026-05-20")
    visit()
    told = {}
    for days in (0, 6, 7, 12, 13, 14, 15, 16):
        before = set(db.scalars(select(Notice.id)))
        reminding.remind(db, NOW + timedelta(days=days))
        new = db.scalars(select(Notice).where(Notice.id.not_in(before))).all()
        told |= {days: {one.kind for one in new}} if new else {}
        assert {one.path for one in new} <= {f"r/probe_visit/{row.id}"}
    assert told == {7: {"due"}, 13: {"due"}, 15: {"overdue"}}


def test_a_last_day_that_was_put_off_is_told_anew(db, visit, people, limited_by_day):
    row = visit(ends_on="2026-05-20")

    def told(days):
        before = set(db.scalars(select(Notice.id)))
        reminding.remind(db, NOW + timedelta(days=days))
        return {one.kind for one in db.scalars(select(Notice).where(Notice.id.not_in(before)))}

    assert [told(day) for day in (7, 13, 15)] == [{"due"}, {"due"}, {"overdue"}]
    later = {"lock": row.lock, "now": NOW + timedelta(days=16), "actor": people.clerk}
    engine.update(db, limited_by_day, row, {"ends_on": "2026-06-03"}, **later)
    days = {16: set(), 21: {"due"}, 27: {"due"}, 28: set(), 29: {"overdue"}, 30: set()}
    assert {day: told(day) for day in days} == days
