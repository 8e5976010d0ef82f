"""One click reminds those below of what is not there yet."""

import json

import pytest
from sqlalchemy import select

from renda.errors import Conflict, Forbidden, NotFound
from renda.security.models import AuditEntry
from renda_tiers.reports import nudging
from tests.tiers import chain
from tests.tiers.chain import CAO, CITY, SPRING, STREET, TOWN, TRAINING, VILLAGE


@pytest.fixture
def nudge(founded, clock):
    def remind(issuer, organisations, template=TRAINING):
        return nudging.nudge(founded, issuer, organisations, template, SPRING, actor=None, now=clock())

    return remind


def test_who_has_not_reported_is_reminded_once_a_day(founded, clock, nudge):
    assert nudge(CAO, [TOWN, STREET]) == [STREET, TOWN]
    assert nudge(CAO, [TOWN]) == []
    assert nudging.nudged(founded, CAO, TRAINING, SPRING) == {TOWN: clock(), STREET: clock()}
    clock.forward(hours=24)
    assert nudge(CAO, [TOWN]) == [TOWN]
    assert nudging.nudged(founded, CAO, TRAINING, SPRING)[TOWN] == clock()
    entries = founded.scalars(select(AuditEntry).where(AuditEntry.action == "report.nudge")).all()
    assert [json.loads(one.detail)["organisations"] for one in entries] == [[STREET, TOWN], [TOWN]]


def test_it_is_shown_to_its_receiver_until_the_report_is_there(founded, clock, nudge):
    nudge(CAO, [TOWN])
    clock.forward(hours=24)
    nudge(CAO, [TOWN])
    (found,) = nudging.received(founded, TOWN)
    assert (found.by, found.template, found.period, found.at) == (CAO, TRAINING, "2026-b2", clock())
    chain.submit(founded, TOWN, now=clock())
    assert nudging.received(founded, TOWN) == []
    assert nudge(CAO, [TOWN]) == []


def test_only_direct_children_are_reminded(founded, nudge):
    for issuer, organisation in ((CITY, TOWN), (CAO, VILLAGE), (CAO, CAO), (CAO, "999999")):
        with pytest.raises(Forbidden):
            nudge(issuer, [STREET, organisation])
    assert nudging.nudged(founded, CAO, TRAINING, SPRING) == {}


def test_of_what_nobody_can_send_nobody_is_reminded(founded, clock, nudge):
    now = {"actor": None, "now": clock()}
    for ahead in (SPRING.next(), SPRING.next().next()):
        with pytest.raises(Conflict, match="nobody is reminded yet"):
            nudging.nudge(founded, CAO, [TOWN], TRAINING, ahead, **now)
    assert nudging.nudged(founded, CAO, TRAINING, SPRING.next()) == {}
    clock.forward(days=60)
    with pytest.raises(Conflict, match="locked"):
        nudge(CAO, [TOWN])
    assert nudging.nudged(founded, CAO, TRAINING, SPRING) == {}


def test_of_what_is_not_owed_nobody_is_reminded(founded, nudge):
    chain.typed_template(founded, chain.typed_line("X1"), now=chain.FOUNDED, tiers=["county"])
    assert nudge(CAO, [TOWN], chain.TYPED) == []
    assert nudge(CITY, [CAO], chain.TYPED) == [CAO]
    with pytest.raises(NotFound):
        nudge(CITY, [CAO], "none")
