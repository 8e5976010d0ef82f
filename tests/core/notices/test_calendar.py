"""Last days in a month's calendar, and, without a word of what they are about, in other programs."""

import pytest
from icalendar import Calendar
from sqlalchemy import update

from renda.security.models import Account, Grant
from tests.core.notices.conftest import COUNTY, NOW
from tests.core.security.town import post as posted

PAGE = f"/o/{COUNTY}/calendar"
MONTHS = ("2007-01", "2026-12", "2031-01")


def day(page, number):
    return next(
        one
        for one in page.html.select("td.calendar:not(.beyond)")
        if one.time["datetime"].endswith(f"-{number:02}")
    )


def test_what_waits_stands_on_its_last_day(stored_visit, limited, sign_in):
    page = sign_in("clerk").get(PAGE)
    (task,) = day(page, 19).select("li")
    assert task.a["href"] == f"/o/{COUNTY}/r/probe_visit/{stored_visit}"
    assert "走访孙老家镇 10 working days left" in " ".join(task.text.split())
    assert day(page, 6).time["aria-current"] == "date"


def test_a_month_whose_holidays_nobody_has_announced_says_so(people, sign_in):
    said = {
        month: "is not known here yet" in sign_in("clerk").get(PAGE, {"month": month}).text
        for month in MONTHS
    }
    assert said == {"2007-01": False, "2026-12": False, "2031-01": True}


def test_days_off_are_marked(people, sign_in):
    page = sign_in("clerk").get(PAGE)
    assert ["off" in day(page, number)["class"] for number in (5, 6, 9, 10)] == [True, False, False, True]


@pytest.mark.parametrize(
    ("month", "shown"),
    [
        ("2026-06", "2026-06"),
        ("2026-13", "2026-05"),
        ("x", "2026-05"),
        ("", "2026-05"),
        ("9999-12", "2026-05"),
    ],
)
def test_a_month_is_named_by_the_address(people, sign_in, month, shown):
    page = sign_in("clerk").get(PAGE, {"month": month})
    assert day(page, 15).time["datetime"] == f"{shown}-15"


@pytest.fixture
def feed(stored_visit, limited, sign_in):
    """The clerk's browser, and the secret address of their calendar."""
    app = sign_in("clerk")
    made = posted(app, PAGE, {"do": "make"}).html.select_one("#feed").text
    return app, made.removeprefix("http://localhost")


def test_a_secret_address_says_how_much_is_due_and_names_nothing(feed):
    app, address = feed
    app.reset()
    answer = app.get(address)
    assert answer.content_type == "text/calendar"
    assert "走访" not in answer.text
    (event,) = Calendar.from_ical(answer.body).walk("VEVENT")
    assert event["dtstart"].dt.isoformat() == "2026-05-19"
    assert event["summary"] == "限时办理的记录：1 项到期"
    assert app.get(address).body == answer.body


def test_a_new_address_closes_the_one_before(feed):
    app, first = feed
    second = posted(app, PAGE, {"do": "make"}).html.select_one("#feed").text.removeprefix("http://localhost")
    app.get(first, status=404)
    app.get(second)


def test_a_closed_address_opens_nothing(feed):
    app, address = feed
    posted(app, PAGE, {"do": "close"})
    for closed in (address, "/calendar/x.ics", f"/calendar/{'a' * 43}.ics"):
        app.get(closed, status=404)


@pytest.mark.parametrize(
    "ended",
    [update(Grant).values(until=NOW), update(Account).values(active=False)],
    ids=["role", "account"],
)
def test_an_address_ends_with_what_its_owner_may_do(feed, work, ended):
    app, address = feed
    with work() as session:
        session.execute(ended)
    app.get(address, status=404)
