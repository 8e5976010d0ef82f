"""How long a record may stay in a state, and what its pages say of it."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renda.clock import LOCAL, local_day
from renda.declarations import Limit
from renda.notices import limits
from renda.notices.workdays import ANNOUNCED
from renda.records import workflow
from tests.core.notices.conftest import COUNTY, NOW
from tests.core.records.conftest import ALL_VERBS

WEDNESDAY = date(2026, 5, 6)
BASE = f"/o/{COUNTY}/r/probe_visit"


def test_a_limit_is_in_months_or_in_working_days_or_a_field_of_the_record():
    assert limits.last_day(Limit(months=3), date(2026, 11, 30), ANNOUNCED) == date(2027, 2, 28)
    assert limits.last_day(Limit(working_days=10), WEDNESDAY, ANNOUNCED) == date(2026, 5, 19)
    for wrong in (
        {},
        {"months": 1, "working_days": 1},
        {"months": 1, "field": "ends_on"},
        {"months": -1},
        {"months": 1, "remind": (-1,)},
    ):
        with pytest.raises(ValueError, match=r"limit|reminded"):
            Limit(**wrong)


@pytest.mark.parametrize(
    ("due", "said", "light"),
    [
        (date(2026, 5, 6), "due today", "warn"),
        (date(2026, 5, 7), "1 working days left", "warn"),
        (date(2026, 5, 12), "5 working days left", "warn"),
        (date(2026, 5, 13), "6 working days left", ""),
        (date(2026, 5, 5), "1 working days overdue", "bad"),
        (date(2026, 4, 29), "2 working days overdue", "bad"),
    ],
)
def test_what_is_left_is_said_in_working_days(due, said, light):
    assert limits.left(due, WEDNESDAY, ANNOUNCED).interpolate() == said
    assert limits.urgency(due, WEDNESDAY, ANNOUNCED) == light


@given(
    limit=st.one_of(
        st.builds(Limit, months=st.integers(1, 6)), st.builds(Limit, working_days=st.integers(1, 60))
    ),
    step=st.sampled_from([limits.OVER, 0, 1, 5]),
    today=st.dates(date(2024, 1, 1), date(2026, 12, 31)),
)
def test_a_stay_has_reached_a_step_exactly_if_it_began_before_the_instant(limit, step, today):
    before = limits.entered_before(limit, step, today, ANNOUNCED)
    first_not = local_day(before)

    def reached(entered):
        due = limits.last_day(limit, entered, ANNOUNCED)
        return due < today or (step != limits.OVER and ANNOUNCED.between(today, due) <= step)

    assert before == datetime.combine(first_not, datetime.min.time(), LOCAL)
    assert reached(first_not - timedelta(days=1))
    assert first_not > today or not reached(first_not)


def test_the_last_day_counts_from_when_the_record_came_into_its_state(db, visit, limited, people):
    row = visit()
    assert limits.due_of(db, limited, [row.id], ANNOUNCED) == {row.id: date(2026, 5, 19)}
    later = {"actor": None, "permissions": ALL_VERBS}
    workflow.move(db, limited, row, "hold", now=NOW + timedelta(days=1), **later)
    assert limits.due_of(db, limited, [row.id], ANNOUNCED) == {}
    workflow.move(db, limited, row, "reopen", "漏了一村", now=NOW + timedelta(days=5), **later)
    assert limits.due_of(db, limited, [row.id], ANNOUNCED) == {row.id: date(2026, 5, 25)}


def test_a_field_says_the_last_day_where_the_limit_names_one(db, visit, limited_by_day):
    row, endless = visit(ends_on="2026-05-20"), visit()
    days = limits.due_of(db, limited_by_day, [row.id, endless.id], ANNOUNCED)
    assert days == {row.id: date(2026, 5, 20)}


def test_list_and_page_say_it_with_a_sign_and_in_words(stored_visit, limited, sign_in, clock):
    app = sign_in("clerk")
    assert "10 working days left" in app.get(BASE).html.select_one("#records tbody tr").text
    stay = app.get(f"{BASE}/{stored_visit}").html.select_one("#stay")
    assert stay.text.split() == ["10", "working", "days", "left", "until", "2026-05-19"]
    assert stay.select_one(".status.busy i")
    clock.forward(days=14)
    app = sign_in("clerk")
    assert app.get(BASE).html.select_one("#records tbody .note.bad").text == "1 working days overdue"
    assert app.get(f"{BASE}/{stored_visit}").html.select_one("#stay .status.bad")


def test_a_state_without_a_limit_says_nothing(stored_visit, sign_in):
    app = sign_in("clerk")
    assert "working days" not in app.get(BASE).text
    assert not app.get(f"{BASE}/{stored_visit}").html.select("#stay")
