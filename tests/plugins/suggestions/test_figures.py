"""Figures of suggestions, counted by the database that holds them."""

from datetime import date

import pytest
from sqlalchemy import select

from renda.declarations import Span
from renda.directory.models import Person
from renda.indicators.kinds import Kind
from renda.records import parts
from renda_suggestions.figures import INDICATORS
from renda_suggestions.records import SIGNATURE
from tests.plugins.suggestions.conftest import COUNTY, NEIGHBOUR

MEASURED = {one.code: one for one in INDICATORS if one.measure}
ASSIGNED = ("submit", "accept", "assign")
REPLIED = (*ASSIGNED, "reply")


def _figure(desk, code, start="2026-01-01", end="2026-12-31", place=COUNTY):
    """A cell: contributions folded by the indicator's kind."""
    figure = MEASURED[code]
    span = Span(place, date.fromisoformat(start), date.fromisoformat(end))
    with desk.work() as session:
        rows = session.execute(figure.measure.select(span)).all()
    if figure.kind is Kind.DISTINCT:
        return len({row.key for row in rows})
    values = [row.value for row in rows]
    assert all(type(one) is int for one in values)
    return max(values, default=0) if figure.kind is Kind.HIGH else sum(values)


def _sign(desk, one, *names):
    with desk.work() as session:
        kind = desk.registry.declared.record_types[SIGNATURE]
        people = session.scalars(select(Person.id).where(Person.name.in_(names))).all()
        row = desk.row(session, one)
        parts.add_participants(session, kind, row, people, "cosigner", now=desk.clock(), actor=None)


def test_a_joint_suggestion_counts_once_and_lead_and_cosigners_apart(desk):
    one = desk.make("submit")
    _sign(desk, one, "李梅", "赵强", "王小明")
    desk.make("submit", category="motion")
    _sign(desk, desk.make("submit", lead="李梅"), "赵强")
    assert [_figure(desk, code) for code in ("S01", "S02", "S03", "S23")] == [2, 1, 2, 2]


def test_drafts_and_what_was_withdrawn_returned_or_declined_do_not_count(desk):
    for steps in ((), ("submit", "withdraw"), ("submit", "send_back"), ("submit", "decline")):
        _sign(desk, desk.make(*steps, is_key="true"), "李梅")
    desk.make(*ASSIGNED, "withdraw")
    assert {code: value for code in MEASURED if (value := _figure(desk, code))} == {}


def test_what_is_not_yet_due_is_not_asked_about_and_a_late_reply_counts_as_late(desk):
    early, late, never = (desk.make(*ASSIGNED) for _each in range(3))
    desk.make(*ASSIGNED, due_on="2027-01-15")
    desk.step(early, "reply")
    desk.go_to(date(2026, 8, 7))
    desk.step(late, "reply")
    assert (_figure(desk, "S06N"), _figure(desk, "S06D")) == (1, 3)
    assert _figure(desk, "S06D", end="2026-08-05") == 0
    assert desk.read(never) == "assigned"


def test_a_reply_on_the_last_day_is_in_time(desk):
    one = desk.make(*ASSIGNED)
    desk.go_to(date(2026, 8, 6))
    desk.step(one, "reply")
    assert (_figure(desk, "S06N"), _figure(desk, "S06D")) == (1, 1)


def test_each_is_of_one_class_the_last_one_and_in_the_period_of_its_first_reply(desk):
    for outcome in "ABCD":
        desk.step(desk.make(*ASSIGNED), "reply", outcome_class=outcome)
    one = desk.make(*ASSIGNED)
    desk.step(one, "reply", outcome_class="C")
    desk.rate(one, "fairly", "dissatisfied")
    desk.step(one, "rehandle")
    desk.go_to(date(2026, 7, 1))
    desk.step(one, "reply_again", final_class="A")
    assert [_figure(desk, code) for code in ("S07", "S08", "S09", "S10")] == [2, 1, 1, 1]
    assert _figure(desk, "S07", start="2026-07-01") == 0


def test_satisfaction_is_of_those_rated_and_the_first_word_is_kept_beside_the_last(desk):
    desk.make(*REPLIED)
    for attitude, result in (("satisfied", "satisfied"), ("fairly", "fairly"), ("satisfied", "dissatisfied")):
        one = desk.make(*REPLIED)
        desk.rate(one, attitude, result)
    said = ("S12D", "S12N", "S13N", "S14", "S15")
    assert [_figure(desk, code) for code in said] == [3, 3, 2, 1, 0]
    desk.step(one, "rehandle")
    desk.step(one, "reply_again")
    desk.rate(one, "satisfied", "dissatisfied", final=True)
    assert [_figure(desk, code) for code in said] == [3, 3, 2, 1, 1]
    desk.step(one, "rehandle")
    desk.step(one, "reply_again")
    desk.rate(one, "satisfied", "fairly", final=True)
    assert [_figure(desk, code) for code in said] == [3, 3, 3, 1, 0]


def test_days_are_counted_from_the_assignment_and_their_mean_weighs_every_reply(desk):
    three = [desk.make(*ASSIGNED) for _each in range(3)]
    for one, day in zip(three, (date(2026, 5, 6), date(2026, 5, 16), date(2026, 7, 5)), strict=True):
        desk.clock.now = desk.clock.now.replace(month=day.month, day=day.day)
        desk.step(one, "reply")
    assert [_figure(desk, code) for code in ("S19D", "S19N", "S20")] == [3, 70, 60]
    mean = next(one for one in INDICATORS if one.code == "S19")
    assert (mean.numerator, mean.denominator, mean.kind) == ("S19N", "S19D", None)


def test_what_was_assigned_is_closed_or_not(desk):
    one = desk.make(*REPLIED)
    desk.make(*ASSIGNED)
    desk.rate(one, "satisfied", "satisfied")
    assert (_figure(desk, "S16N"), _figure(desk, "S16D")) == (0, 2)
    desk.step(one, "close")
    assert (_figure(desk, "S16N"), _figure(desk, "S16D")) == (1, 2)


def test_key_suggestions_and_rechecks(desk):
    desk.make("submit", is_key="true")
    desk.make("submit", checked_on="2026-05-06", check="qualified")
    desk.make("submit", checked_on="2026-05-06", check="failed")
    assert [_figure(desk, code) for code in ("S17", "S21", "S21N")] == [1, 2, 1]


@pytest.mark.parametrize("code", MEASURED)
def test_other_periods_and_other_organisations_have_nothing_of_it(desk, code):
    one = desk.make(*REPLIED, is_key="true", checked_on="2026-05-06", check="qualified")
    _sign(desk, one, "李梅")
    desk.rate(one, "satisfied", "satisfied")
    assert _figure(desk, code, start="2027-01-01", end="2027-12-31") == 0
    assert _figure(desk, code, place=NEIGHBOUR) == 0
