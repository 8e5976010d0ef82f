"""What issuers and targets see: every level's state, what deserves a look, and why."""

from datetime import date, timedelta

import pytest

from renda.errors import Conflict, NotFound
from renda.notices.workdays import ANNOUNCED
from renda_tiers.directives import boards, escalation, lists, nudges
from tests.tiers.chain import CAO, CITY, SHAN, STREET, TOWN, VILLAGE
from tests.tiers.directives.desk import DUE

MONDAY = date(2026, 5, 11)


@pytest.mark.parametrize(
    ("phase", "days", "why"),
    [
        ("issued", 0, ""),
        ("issued", 1, "not_delivered"),
        ("issued", 30, "not_delivered"),
        ("received", 1, ""),
        ("received", 2, "not_read"),
        ("received", 30, "not_read"),
        ("acknowledged", 2, ""),
        ("acknowledged", 9, "soon"),
        ("acknowledged", 10, "soon"),
        ("progress", 14, "soon"),
        ("returned", 15, "overdue"),
        ("acknowledged", 15, "overdue"),
        ("done", 30, ""),
        ("verified", 30, ""),
    ],
)
def test_not_delivered_not_read_and_overdue_are_told_apart(phase, days, why):
    today, due = MONDAY + timedelta(days=days), MONDAY + timedelta(days=14)
    assert escalation.of(phase, issued=MONDAY, due=due, today=today, days=ANNOUNCED) == why


def test_a_weekend_escalates_nothing():
    friday = date(2026, 5, 15)

    def why(days):
        today = friday + timedelta(days=days)
        return escalation.of("issued", issued=friday, due=DUE, today=today, days=ANNOUNCED)

    assert [why(2), why(3)] == ["", "not_delivered"]


@pytest.fixture
def levels(desk):
    """A directive that 曹县 breaks down to its two townships, and 单县 does not."""
    outer = desk.issue()
    desk.deliver()
    inner = desk.assign(CAO, outer, STREET, TOWN)
    desk.deliver()
    desk.respond(TOWN, inner)
    return outer, inner


def seen(desk, viewer, subject, today=None):
    found = boards.board(desk.session, viewer, subject, today or desk.clock().date())
    return [(depth, row.organisation, row.phase) for depth, _board, row in found.every()]


def test_the_issuer_sees_every_level_and_a_target_its_own_branch(desk, levels):
    outer, inner = levels
    assert seen(desk, CITY, outer) == [
        (0, CAO, "received"),
        (1, STREET, "received"),
        (1, TOWN, "acknowledged"),
        (0, SHAN, "received"),
    ]
    assert seen(desk, CAO, outer) == seen(desk, CITY, outer)[:3]
    assert seen(desk, SHAN, outer) == [(0, SHAN, "received")]
    assert seen(desk, CITY, inner) == [(0, STREET, "received"), (0, TOWN, "acknowledged")]
    assert seen(desk, TOWN, inner) == [(0, TOWN, "acknowledged")]
    for viewer, subject in ((TOWN, outer), (SHAN, inner), (VILLAGE, outer), (CITY, "directive:x:y")):
        with pytest.raises(NotFound):
            seen(desk, viewer, subject)


def test_working_days_left_and_over(desk, levels):
    outer, _inner = levels
    (row, *_rest) = boards.board(desk.session, CITY, outer, date(2026, 5, 18)).rows
    assert (row.left, row.overdue, row.escalation) == (2, False, "not_read")
    (row, *_rest) = boards.board(desk.session, CITY, outer, date(2026, 5, 22)).rows
    assert (row.left, row.overdue) == (-2, True)


def test_a_break_down_says_that_it_is_to_be_issued_anew(desk, levels):
    outer, inner = levels

    def above():
        return boards.board(desk.session, CAO, inner, DUE).above

    assert above() == ""
    desk.revise(CITY, outer, due=DUE + timedelta(days=5))
    assert above() == ""
    desk.revise(CITY, outer, due=DUE - timedelta(days=2))
    assert above() == "renew"
    desk.revise(CAO, inner)
    assert above() == ""
    desk.revise(CITY, outer, text="请各县区人大常委会组织代表开展明查暗访。务必抓紧。")
    assert above() == "renew"
    desk.cancel(CITY, outer)
    assert above() == "ended"
    assert boards.board(desk.session, CITY, outer, DUE).rows[0].escalation == ""


def test_a_cancelled_break_down_leaves_the_board(desk, levels):
    outer, inner = levels
    desk.cancel(CAO, inner)
    assert seen(desk, CITY, outer) == [(0, CAO, "received"), (0, SHAN, "received")]


def test_lists_count_where_the_targets_are(desk, levels):
    outer, inner = levels
    today = date(2026, 5, 12)
    (entry,), total = lists.issued(desk.session, CITY, today)
    assert (entry.subject, entry.phases, entry.targets, total) == (outer, {"received": 2}, 2, 1)
    assert entry.escalations == {"not_read": 2}
    (entry,), total = lists.received(desk.session, TOWN, today)
    assert (entry.subject, entry.issuer, entry.name, entry.phases) == (
        inner,
        CAO,
        "曹县",
        {"acknowledged": 1},
    )
    assert lists.issued(desk.session, CITY, today, ended=True) == ([], 0)
    desk.close(CITY, outer, reason="x")
    (entry,), _total = lists.issued(desk.session, CITY, today, ended=True)
    assert (entry.state, entry.escalations) == ("closed", {})
    assert lists.received(desk.session, SHAN, today)[0] == []
    assert [one.subject for one in lists.pending(desk.session, TOWN, today)] == [inner]
    desk.done(TOWN, inner)
    assert lists.pending(desk.session, TOWN, today) == []


def test_pages_of_a_list(desk, monkeypatch):
    for number in range(3):
        desk.issue(title=f"任务{number}")
    monkeypatch.setattr(lists, "PAGE", 2)
    first, total = lists.issued(desk.session, CITY, DUE)
    second, _total = lists.issued(desk.session, CITY, DUE, page=2)
    assert (len(first), len(second), total) == (2, 1, 3)


def test_targets_are_reminded_once_a_day_and_only_while_they_have_something_to_do(desk, levels, clock):
    outer, _inner = levels

    def nudge(*codes, issuer=CITY):
        return nudges.nudge(desk.session, issuer, outer, codes, **desk.when)

    desk.done(SHAN, outer)
    assert nudge(CAO, SHAN) == [CAO]
    assert nudge(CAO) == []
    assert nudges.nudged(desk.session, CITY, outer) == {CAO: clock()}
    assert nudges.received(desk.session, CAO) == {outer: clock()}
    clock.forward(days=1)
    assert nudge(CAO) == [CAO]
    with pytest.raises(NotFound):
        nudge(TOWN)
    with pytest.raises(NotFound):
        nudge(CAO, issuer=CAO)
    desk.close(CITY, outer, reason="x")
    with pytest.raises(Conflict):
        nudge(CAO)
