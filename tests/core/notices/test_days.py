"""The administrator of a node enters days that it counts otherwise than they were announced."""

from datetime import date

import pytest

from renda.errors import NotFound
from renda.notices import days, workdays
from renda.security.grants import grant
from renda.security.models import Account
from tests.core.notices.conftest import COUNTY, NOW
from tests.core.records.conftest import TOWNSHIP
from tests.core.security.town import post as posted

PAGE = f"/o/{COUNTY}/m/core/workdays"


@pytest.fixture
def keeper(people, work, sign_in):
    """A browser of the county's leader, who looks after its accounts, too; and after the township's."""
    with work() as session:
        account = session.get_one(Account, people.leader)
        for code in (COUNTY, TOWNSHIP):
            grant(session, account=account, organisation=code, role="admin", now=NOW)
    return sign_in("leader")


def test_a_day_is_entered_and_counts_from_now_on(keeper, work):
    form = keeper.get(PAGE).forms["enter"]
    form["day"], form["kind"], form["note"] = "2026年5月7日", "off", "开斋节"
    page = form.submit().follow()
    assert "2026-05-07 Day off Working day 开斋节" in " ".join(
        page.html.select_one("#days tbody tr").get_text(" ").split()
    )
    with work() as session:
        assert workdays.of(session).after(date(2026, 5, 6), 1) == date(2026, 5, 8)


def test_it_is_taken_back(keeper, work):
    form = keeper.get(PAGE).forms["enter"]
    form["day"], form["kind"], form["note"] = "2026-05-09", "off", "停电"
    page = form.submit().follow()
    page = posted(keeper, PAGE, {"withdraw": "2026-05-09"}).follow()
    assert not page.html.select("#days")
    for gone in ("2026-05-09", "no day"):
        posted(keeper, PAGE, {"withdraw": gone}, status=404)


@pytest.mark.parametrize(
    "typed",
    [
        {"day": "someday", "kind": "off", "note": "why"},
        {"day": "2026-05-07", "kind": "half", "note": "why"},
        {"day": "2026-05-07", "kind": "off", "note": " "},
        {"day": "2026-05-07", "kind": "off", "note": "x" * 121},
    ],
)
def test_what_is_wrong_is_told_and_changes_nothing(keeper, db, typed):
    page = posted(keeper, PAGE, typed, status=422)
    assert page.html.select_one(".summary.bad li")
    assert days.own(db) == []


def test_below_an_administered_body_the_days_are_only_shown(keeper):
    below = f"/o/{TOWNSHIP}/m/core/workdays"
    page = keeper.get(below)
    assert "曹县 enters them." in page.text
    assert not page.html.select("#f-day")
    posted(keeper, below, {"day": "2026-05-07", "kind": "off", "note": "why"}, status=403)


def test_only_administrators_see_the_page(people, sign_in):
    sign_in("clerk").get(PAGE, status=403)


def test_what_was_not_entered_cannot_be_taken_back(db, people):
    with pytest.raises(NotFound):
        days.withdraw(db, date(2026, 5, 7), actor=None, now=NOW)


def test_a_year_of_which_nothing_is_known_is_warned_of_until_it_is_entered(keeper, sign_in, clock):
    def warned():
        return "holidays of 2031" in sign_in("leader").get(PAGE).text

    seen = {}
    for day in (date(2030, 11, 30), date(2030, 12, 1), date(2031, 3, 1)):
        clock.forward(days=(day - clock().date()).days)
        seen[day.isoformat()] = warned()
    assert seen == {"2030-11-30": False, "2030-12-01": True, "2031-03-01": True}
    form = sign_in("leader").get(PAGE).forms["enter"]
    form["day"], form["kind"], form["note"] = "2031-10-11", "works", "国办发明电"
    form.submit().follow()
    assert not warned()
