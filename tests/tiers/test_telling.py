"""What the chain tells people: what came, what was decided, and that somebody waits."""

import pytest
from sqlalchemy import delete, select, update

from renda.i18n import thaw
from renda.notices import sending
from renda.notices.models import Notice
from renda_tiers.directives import nudges
from renda_tiers.documents import ledger
from renda_tiers.documents.models import ThisNode
from renda_tiers.matters import handing
from renda_tiers.matters.handing import Handing
from renda_tiers.reports import nudging, reviewing
from renda_tiers.reports.standings import ENDORSE, RETURN
from tests.tiers import chain
from tests.tiers.chain import CAO, CITY, SHAN, SPRING, TOWN, TRAINING
from tests.tiers.directives.desk import TITLE, Desk


@pytest.fixture
def staffed(founded, clock):
    """The founded chain with an account for each role at each body."""
    return chain.accounts(founded, clock())


@pytest.fixture
def desk(staffed, founded, clock):
    return Desk(founded, clock)


@pytest.fixture
def told(founded, staffed):
    """What was told so far: (organisation, role, kind, path)."""
    who = {account: place for place, account in staffed.items()}

    def read():
        rows = founded.scalars(select(Notice).order_by(Notice.at, Notice.organisation))
        return [(*who[one.account], one.kind, one.path) for one in rows]

    return read


@pytest.mark.parametrize(("decision", "kind"), [(RETURN, "returned"), (ENDORSE, "done")])
def test_the_clerk_is_told_what_was_decided_on_a_report(founded, clock, told, decision, kind):
    report = chain.submit(founded, TOWN, now=clock())
    reason = {"reason": "请核对"} if decision == RETURN else {}
    reviewing.decide(founded, CAO, report, decision, actor=None, now=clock(), **reason)
    assert told() == [(TOWN, "clerk", kind, f"m/tiers/reports/{TRAINING}/{SPRING.code}")]
    found = thaw(founded.scalars(select(Notice.title)).one())
    assert found.mapping["period"] == SPRING.title()


def test_targets_are_told_of_a_directive_and_of_each_version_of_it(desk, told, clock):
    subject = desk.issue()
    path = f"m/tiers/directives/{CITY}/{subject.rpartition(':')[2]}"
    assert told() == [(code, "clerk", "task", path) for code in (CAO, SHAN)]
    clock.forward(hours=1)
    desk.revise(CITY, subject, title=f"{TITLE}（修订）")
    assert len(told()) == 4


def test_an_ended_directive_is_no_new_task(desk, told):
    subject = desk.issue()
    desk.cancel(CITY, subject)
    assert len(told()) == 2


def test_a_target_is_told_that_its_response_came_back(desk, told, clock):
    subject = desk.issue()
    desk.deliver()
    clock.forward(hours=1)
    response = desk.done(CAO, subject)
    clock.forward(hours=1)
    desk.send_back(CITY, subject, response)
    assert [one[:3] for one in told()][2:] == [(CAO, "clerk", "returned")]


def test_the_receiver_of_a_matter_is_told(founded, told, clock):
    said = Handing(CAO, "opinion", "增设公交站", "镇东头没有公交站。")
    case = handing.hand_over(founded, TOWN, said, actor=None, now=clock())
    assert told() == [(CAO, "clerk", "task", f"m/tiers/matters/{case.hex()}")]


def test_who_was_reminded_is_told_once_a_day(founded, desk, told, clock):
    subject = desk.issue()
    for hours in (0, 1, 24):
        clock.forward(hours=hours)
        now = {"actor": None, "now": clock()}
        nudges.nudge(founded, CITY, subject, [CAO], **now)
        nudging.nudge(founded, CAO, [TOWN], TRAINING, SPRING, **now)
    reminded = [one[:2] for one in told() if one[2] == "nudge"]
    assert sorted(reminded) == [(CAO, "clerk")] * 2 + [(TOWN, "clerk")] * 2


def test_what_was_signed_long_ago_is_history_and_told_to_nobody(founded, desk, told, clock):
    desk.issue()
    founded.execute(delete(Notice))
    clock.forward(days=15)
    ledger.rebuild(founded)
    assert told() == []


def test_a_rebuild_tells_nothing_again(founded, desk, told):
    desk.issue()
    before = told()
    ledger.rebuild(founded)
    assert told() == before


def test_behind_the_gate_nothing_is_sent(founded):
    assert not sending.is_held(founded)
    founded.execute(update(ThisNode).values(recovering=True))
    assert sending.is_held(founded)
