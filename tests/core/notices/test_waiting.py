"""The records on the home page: those that wait for the reader, that the reader moved, and that they made."""

from datetime import timedelta

import pytest

from renda.notices import waiting
from renda.records import engine, workflow
from tests.core.notices.conftest import COUNTY, NOW
from tests.core.records.conftest import ALL_VERBS, VALUES
from tests.core.records.probe import VISITS

HOME = f"/o/{COUNTY}"


@pytest.fixture
def moved(work, people):
    """A visit that the clerk entered and held."""
    with work() as session:
        row = engine.create(session, VISITS, COUNTY, VALUES, now=NOW, author=people.clerk)
        workflow.move(session, VISITS, row, "hold", now=NOW, actor=people.clerk, permissions=ALL_VERBS)
        return row.id


def todo(page):
    return [" ".join(row.text.split()) for row in page.html.select("#todo tbody tr")]


def test_a_record_with_a_time_limit_waits_for_who_may_take_the_next_step(stored_visit, limited, sign_in):
    page = sign_in("clerk").get(HOME)
    assert todo(page) == ["走访孙老家镇 Visits 2026-05-19 10 working days left Planned"]
    assert page.html.select_one("#todo a")["href"] == f"{HOME}/r/probe_visit/{stored_visit}"
    assert page.html.select_one(".tabs .count").text == "1"
    assert todo(sign_in("auditor").get(HOME)) == []


@pytest.fixture
def two_weeks_later(stored_visit, work, people, clock):
    """The clerk entered another visit when the time of the first was over."""
    clock.forward(days=14)
    with work() as session:
        values = {**VALUES, "title": "走访单县"}
        engine.create(session, VISITS, COUNTY, values, now=clock(), author=people.clerk)


def test_what_is_late_says_so_and_comes_first(two_weeks_later, limited, sign_in):
    first, second = todo(sign_in("clerk").get(HOME))
    assert first.startswith("走访孙老家镇 Visits 2026-05-19 1 working days overdue")
    assert second.startswith("走访单县")


def test_without_a_time_limit_nothing_waits(stored_visit, sign_in):
    assert todo(sign_in("clerk").get(HOME)) == []


def test_what_the_reader_moved_is_done(moved, stored_visit, sign_in):
    assert todo(sign_in("clerk").get(HOME, {"show": "done"})) == ["走访孙老家镇 Visits 2026-05-06 Held"]
    assert todo(sign_in("leader").get(HOME, {"show": "done"})) == []


def test_what_the_reader_made_and_has_not_ended_is_started(moved, stored_visit, sign_in):
    (row,) = todo(sign_in("clerk").get(HOME, {"show": "started"}))
    assert row == "走访孙老家镇 Visits 2026-05-06 Planned"
    assert todo(sign_in("leader").get(HOME, {"show": "started"})) == []


def test_any_other_list_is_the_to_do_list(stored_visit, limited, sign_in):
    page = sign_in("clerk").get(HOME, {"show": "everything"})
    assert page.html.select_one(".tabs [aria-current]").text.split()[0:2] == ["To", "do"]
    assert len(todo(page)) == 1


def test_of_many_those_are_listed_whose_last_days_are_nearest(
    work, people, limited_by_day, sign_in, monkeypatch
):
    monkeypatch.setattr(waiting, "MOST", 2)
    with work() as session:
        for number, day in enumerate(("2026-07-01", "", "2026-06-01", "2026-05-20")):
            values = {**VALUES, "title": f"走访{number}", "ends_on": day}
            engine.create(
                session, VISITS, COUNTY, values, now=NOW + timedelta(hours=number), author=people.clerk
            )
    page = sign_in("clerk").get(HOME)
    first, second, more = todo(page)
    assert (first.split()[0], second.split()[0]) == ("走访3", "走访2")
    assert more == "Visits: 2 more with later last days Visits — See the register"
    assert page.html.select("#todo a")[-1]["href"] == f"{HOME}/r/probe_visit"
