"""A deputy's page lists what they took part in here, and counts nothing up."""

from sqlalchemy import select

from renda.deputies import duties
from renda.directory.meetings import MEETINGS
from tests.core.deputies.conftest import COUNTY, add, rows, words
from tests.core.deputies.test_flags import meet

__all__ = ["meet"]

TABLE = f"duty-{MEETINGS.name}_attendance-person"


def test_it_leads_to_each_record_with_what_became_of_the_deputy_there(clerk, meet, work):
    address = add(clerk, name="王小明")
    meet("leave")
    meet("absent")
    page = clerk.get(address)
    assert [row[0] for row in rows(page, TABLE)] == ["会议", "会议"]
    assert {row[-1] for row in rows(page, TABLE)} == {"Absent", "On approved leave"}
    with work() as session:
        meetings = set(session.scalars(select(MEETINGS.column("id"))))
    links = page.html.select(f"#{TABLE} a")
    assert {one["href"] for one in links} == {f"/o/{COUNTY}/r/{MEETINGS.name}/{one}" for one in meetings}


def test_whoever_took_part_in_nothing_has_no_such_list(clerk, meet):
    meet("absent")
    page = clerk.get(add(clerk, name="王小明"))
    assert page.html.find(id=TABLE) is None


def test_of_very_many_the_newest_are_shown_and_that_is_said(clerk, meet, monkeypatch):
    monkeypatch.setattr(duties, "SHOWN", 1)
    address = add(clerk, name="王小明")
    meet("leave")
    meet("absent")
    page = clerk.get(address)
    assert len(rows(page, TABLE)) == 1
    assert "1 of 2 are shown; the list has them all." in words(page)
