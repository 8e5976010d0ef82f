"""The course of a suggestion: what each step needs, what it sets, and whom it tells."""

from datetime import date

import pytest
from sqlalchemy import delete, select

from renda.errors import Conflict, Forbidden, Invalid
from renda.notices import reminding
from renda.notices.models import Notice
from renda.records import workflow
from renda.security.models import Account
from renda_suggestions import tasks
from renda_suggestions.records import SUGGESTIONS

ASSIGNED = ("submit", "accept", "assign")
REPLIED = (*ASSIGNED, "reply")


def _told(desk, kind):
    """(login, address) of the notices of a kind."""
    with desk.work() as session:
        found = session.execute(
            select(Account.login, Notice.path)
            .join(Account, Account.id == Notice.account)
            .where(Notice.kind == kind)
        )
        return {(row.login, row.path) for row in found}


def test_what_goes_well_is_closed_with_evidence(desk):
    one = desk.make(*REPLIED)
    desk.rate(one, "satisfied", "fairly")
    assert desk.read(one, "state", "assigned_on", "replied_on", "rated_on") == (
        "rated",
        *[date(2026, 5, 6)] * 3,
    )
    with pytest.raises(Invalid):
        desk.step(one, "close", reason="")
    desk.step(one, "close", reason="附现场照片")
    assert desk.read(one) == "closed"
    desk.step(one, "reopen")
    assert desk.read(one) == "rated"


@pytest.mark.parametrize(
    ("steps", "step", "values", "wrong"),
    [
        (("submit", "accept"), "assign", {"lead_handler": None}, {"lead_handler"}),
        (("submit", "accept"), "assign", {"lead_handler": "民政局"}, {"lead_handler"}),
        (("submit", "accept"), "assign", {"co_handlers": "教育局、民政局"}, {"co_handlers"}),
        (("submit", "accept"), "assign", {"co_handlers": "交通运输局"}, {"co_handlers"}),
        (ASSIGNED, "reply", {"reply": None}, {"reply"}),
        (ASSIGNED, "reply", {"outcome_class": None}, {"outcome_class"}),
        (REPLIED, "satisfy", {}, {"attitude", "result"}),
        (REPLIED, "satisfy", {"attitude": "satisfied", "result": "dissatisfied"}, {"result"}),
        (REPLIED, "dissatisfy", {"attitude": "satisfied", "result": "fairly"}, {"result"}),
        (REPLIED, "dissatisfy", {}, {"attitude", "result"}),
    ],
)
def test_a_step_says_what_it_lacks_and_nothing_changes(desk, steps, step, values, wrong):
    one = desk.make(*steps)
    state = desk.read(one)
    with pytest.raises(Invalid) as refused:
        desk.step(one, step, **values)
    assert set(refused.value.errors) == wrong
    assert desk.read(one) == state


def test_every_step_leads_only_from_where_it_may_and_needs_its_verb(desk):
    for state in SUGGESTIONS.workflow.states:
        one = desk.make(due_on="2026-06-01", final_due_on="2026-06-01")
        with desk.work() as session:
            desk.row(session, one).state = state.name
        for step in SUGGESTIONS.workflow.transitions:
            with desk.work() as session:
                row, who = desk.row(session, one), {"now": desk.clock(), "actor": None}
                wrong = Forbidden if state.name in step.sources else Conflict
                held = (
                    frozenset({"suggestions:read"})
                    if wrong is Forbidden
                    else frozenset({"suggestions:write", "suggestions:decide"})
                )
                with pytest.raises(wrong):
                    workflow.move(session, SUGGESTIONS, row, step.name, "理由", permissions=held, **who)


@pytest.mark.parametrize(("difficult", "due"), [("", date(2026, 8, 6)), ("true", date(2026, 11, 6))])
def test_the_reply_is_due_months_after_the_assignment_as_the_profile_says(desk, difficult, due):
    assert desk.read(desk.make(*ASSIGNED, is_difficult=difficult), "due_on") == due


def test_an_agreed_last_day_stays_and_a_new_assignment_counts_anew(desk):
    one = desk.make(*ASSIGNED, due_on="2026-07-01")
    assert desk.read(one, "due_on") == date(2026, 7, 1)
    desk.step(one, "unassign")
    assert desk.read(one, "state", "assigned_on", "due_on") == ("accepted", None, None)
    desk.go_to(date(2026, 5, 31))
    desk.step(one, "assign")
    assert desk.read(one, "assigned_on", "due_on") == (date(2026, 5, 31), date(2026, 8, 31))


def test_handling_again_keeps_both_ratings_and_both_replies(desk):
    one = desk.make(*REPLIED)
    desk.rate(one, "fairly", "dissatisfied")
    with pytest.raises(Invalid):
        desk.step(one, "close")
    desk.step(one, "rehandle")
    assert desk.read(one, "state", "final_due_on") == ("rehandling", date(2026, 7, 6))
    with pytest.raises(Invalid):
        desk.step(one, "reply_again", final_reply=None)
    desk.go_to(date(2026, 5, 20))
    desk.step(one, "reply_again")
    desk.rate(one, "satisfied", "satisfied", final=True)
    assert desk.read(one, "attitude", "result", "final_attitude", "final_result", "reply", "final_reply") == (
        "fairly",
        "dissatisfied",
        "satisfied",
        "satisfied",
        "已修复。",
        "再次修复。",
    )
    assert desk.read(one, "rated_on", "final_rated_on") == (date(2026, 5, 6), date(2026, 5, 20))


def test_a_third_round_takes_the_place_of_the_second_and_may_be_closed_with_an_explanation(desk):
    one = desk.make(*REPLIED)
    desk.rate(one, "fairly", "dissatisfied")
    for _round in range(2):
        desk.step(one, "rehandle")
        assert desk.read(one, "final_result") is None
        desk.step(one, "reply_again")
        desk.rate(one, "fairly", "dissatisfied", final=True)
    desk.step(one, "close", reason="条件所限，已当面说明。")
    assert desk.read(one, "state", "result", "final_result") == ("closed", "dissatisfied", "dissatisfied")


@pytest.mark.parametrize("steps", [(), ("submit",), ("submit", "accept"), ASSIGNED, ("submit", "send_back")])
def test_it_is_withdrawn_with_a_reason_as_long_as_nobody_replied(desk, steps):
    one = desk.make(*steps)
    with pytest.raises(Invalid):
        desk.step(one, "withdraw", reason="")
    desk.step(one, "withdraw")
    assert desk.read(one) == "withdrawn"


def test_who_handles_it_is_told_and_then_who_made_it(desk):
    one = desk.make("submit", "accept", co_handlers="教育局")
    assert _told(desk, "done") == {("wang", f"m/suggestions/mine/{one}")}
    desk.step(one, "assign")
    accepting = {(login, f"r/suggestions_suggestion/{one}") for login in ("clerk", "everything")}
    units = {("roads", f"m/suggestions/handling/{one}"), ("schools", f"m/suggestions/handling/{one}")}
    assert _told(desk, "task") == accepting | units
    desk.step(one, "reply")
    assert _told(desk, "task") == accepting | units | {("wang", f"m/suggestions/mine/{one}")}
    returned = desk.make("submit", "send_back")
    assert _told(desk, "returned") == {("wang", f"m/suggestions/mine/{returned}")}


def test_clerks_are_reminded_before_the_last_day_and_leaders_hear_of_it_afterwards(desk):
    one = desk.make(*ASSIGNED)
    for day, soon, over in (
        (date(2026, 7, 20), set(), set()),
        (date(2026, 8, 5), {"clerk"}, set()),
        (date(2026, 8, 7), {"clerk"}, {"clerk", "leader"}),
    ):
        desk.clock.now = desk.clock.now.replace(month=day.month, day=day.day)
        with desk.work() as session:
            reminding.remind(session, desk.clock())
        for kind, logins in (("due", soon), ("overdue", over)):
            told = _told(desk, kind)
            assert {login for login, _path in told} - {"everything"} == logins, (day, kind)
            assert {path for _login, path in told} <= {f"r/suggestions_suggestion/{one}"}


def test_units_are_reminded_of_what_they_handle_each_step_once_and_anew_of_another_last_day(desk):
    one = desk.make(*ASSIGNED, co_handlers="教育局")
    path = f"m/suggestions/handling/{one}"

    def reminded(month, day):
        before = {kind: _told(desk, kind) for kind in ("due", "overdue")}
        desk.clock.now = desk.clock.now.replace(month=month, day=day)
        for _twice in range(2):
            with desk.work() as session:
                tasks.remind(desk.registry, session, desk.clock())
        after = {kind: _told(desk, kind) - before[kind] for kind in before}
        return {kind: {login for login, _path in told} for kind, told in after.items() if told}

    assert reminded(7, 20) == {}
    assert reminded(7, 30) == {"due": {"roads", "schools"}}
    assert reminded(8, 7) == {"overdue": {"roads", "schools"}}
    assert {found for _login, found in _told(desk, "overdue")} == {path}
    with desk.work() as session:
        desk.row(session, one).due_on = date(2026, 8, 10)
        session.execute(delete(Notice))
    assert reminded(8, 8) == {"due": {"roads", "schools"}}
    desk.step(one, "reply")
    assert reminded(9, 1) == {}


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"lead_deputy": "孙远"}, "lead_deputy"),
        ({"made_on": "2019-12-31"}, "lead_deputy"),
        ({"assigned_on": "2026-05-05"}, "assigned_on"),
        ({"assigned_on": "2026-05-06", "due_on": "2026-05-05"}, "due_on"),
        ({"replied_on": "2026-05-07"}, "reply"),
        ({"attitude": "satisfied"}, "result"),
        ({"final_result": "satisfied"}, "final_attitude"),
        ({"check": "failed"}, "checked_on"),
        ({"outcome_class": "E"}, "outcome_class"),
        ({"title": "长" * 61}, "title"),
    ],
)
def test_a_contradiction_is_refused_beside_its_field(desk, values, wrong):
    if "lead_deputy" in values:
        values = {"lead_deputy": str(desk.person(values["lead_deputy"]))}
    with pytest.raises(Invalid) as refused:
        desk.make(**values)
    assert wrong in refused.value.errors
    assert desk.count() == 0


def test_nobody_takes_away_the_last_day_of_what_is_being_handled(desk):
    one = desk.make(*ASSIGNED)
    with pytest.raises(Invalid) as refused:
        desk.step(one, "reply", due_on=None)
    assert "due_on" in refused.value.errors


def test_what_is_being_handled_has_a_unit_that_handles_it(desk):
    one = desk.make(*ASSIGNED)
    with pytest.raises(Invalid) as refused:
        desk.step(one, "reply", lead_handler="民政局")
    assert "lead_handler" in refused.value.errors
    desk.step(one, "reply", lead_handler="教育局")
    assert desk.read(one, "lead_handler") == "教育局"


def test_a_motion_says_how_many_deputies_it_lacks(desk):
    one = desk.make(category="motion")
    with desk.work() as session:
        said = SUGGESTIONS.facts(session, desk.row(session, one))
    assert [fact.value for fact in said[:2]] == [1, 10]
    assert said[2].light == "todo"
    with desk.work() as session:
        assert SUGGESTIONS.facts(session, desk.row(session, desk.make())) == []


def test_a_street_keeps_none(desk):
    with pytest.raises(Conflict, match="街道"):
        desk.make(place="371721001")
