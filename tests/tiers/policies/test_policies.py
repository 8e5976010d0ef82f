"""A body requires or forbids a module for those below: it takes effect on arrival, and can be taken back."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from renda.clock import local_day
from renda.directory import service
from renda.directory.models import ModuleRule
from renda.directory.modules import FORBID, REQUIRE
from renda.errors import Conflict, Forbidden, Invalid
from renda.indicators.periods import Period
from renda.security.models import AuditEntry
from renda_tiers.documents import ledger
from renda_tiers.documents.models import LedgerDocument
from renda_tiers.policies import consequences, deciding
from renda_tiers.policies.deciding import Said
from renda_tiers.policies.rules import RELEASE
from renda_tiers.rollup import expectation
from tests.tiers import chain
from tests.tiers.chain import CAO, CITY, STREET, TOWN, VILLAGE
from tests.tiers.simulation.world import NORTH, SOUTH, World

WHY = "市人大常委会统一部署"


@pytest.fixture
def today(clock):
    return local_day(clock())


@pytest.fixture
def say(founded, clock, today):
    """`say(CITY, REQUIRE)` issues a word on the training module."""

    def call(issuer, rule, module="training", *, since=today, reason=WHY, tiers=()):
        said = Said(module, rule, since, reason, frozenset(tiers))
        return deciding.say(founded, issuer, said, actor=None, now=clock())

    return call


@pytest.fixture
def uses(founded, today):
    return lambda organisation, day=today: "training" in service.modules_in_use(founded, organisation, day)


def test_what_is_forbidden_is_used_no_more_below_and_returns(founded, say, uses):
    assert all(map(uses, chain.TREE))
    say(CITY, FORBID)
    assert [code for code in chain.TREE if uses(code)] == [CITY]
    with pytest.raises(Invalid, match="forbids"):
        service.enable(founded, TOWN, "training", date(2026, 5, 6))
    say(CITY, RELEASE)
    assert all(map(uses, chain.TREE))


def test_what_is_required_is_used_by_who_had_not_chosen_it_and_goes_again(founded, say, uses, today):
    service.disable(founded, TOWN, "training", today)
    say(CITY, REQUIRE)
    assert uses(TOWN)
    with pytest.raises(Conflict, match="requires"):
        service.disable(founded, TOWN, "training", today)
    say(CITY, RELEASE)
    assert not uses(TOWN)
    assert uses(STREET)


def test_it_holds_from_its_day_on_and_for_its_tiers(say, uses, today):
    say(CITY, FORBID, since=today + timedelta(days=30), tiers=["township"])
    assert all(map(uses, chain.TREE))
    later = [code for code in chain.TREE if not uses(code, today + timedelta(days=30))]
    assert later == [STREET, TOWN, VILLAGE]


def test_the_citys_word_outranks_the_countys_whichever_comes_first(say, uses):
    say(CAO, FORBID)
    assert [code for code in chain.TREE if not uses(code)] == [STREET, TOWN]
    say(CITY, REQUIRE)
    assert all(map(uses, chain.TREE))
    say(CITY, RELEASE)
    assert not uses(TOWN)


def test_of_a_module_that_this_node_does_not_have_the_rule_is_kept_and_nothing_else_happens(
    founded, say, today
):
    before = service.modules_in_use(founded, TOWN, today)
    say(CITY, REQUIRE, module="votes")
    assert service.modules_in_use(founded, TOWN, today) == before
    rules = founded.scalars(select(ModuleRule.rule).where(ModuleRule.organisation == TOWN)).all()
    assert rules == [REQUIRE]


def test_who_owes_a_modules_report_follows(founded, say, clock):
    chain.submit(founded, TOWN, now=clock())
    template, period = chain.template(founded), Period.parse("2026-b3")

    def owing():
        return expectation.counted(founded, template, [CITY], period)[CITY]

    everybody = owing()
    say(CAO, FORBID)
    assert owing() == everybody - 2
    say(CAO, RELEASE)
    assert owing() == everybody


def test_saying_the_same_again_changes_nothing(founded, say):
    first = say(CITY, FORBID)
    assert say(CITY, FORBID) == first
    assert say(CITY, FORBID, reason="另有原因") != first


def test_it_leaves_an_audit_row(founded, say):
    document = say(CITY, FORBID)
    founded.flush()
    entry = founded.scalars(select(AuditEntry).where(AuditEntry.action == "policy.forbid")).one()
    assert (entry.organisation, entry.target) == (CITY, document.hex())


@pytest.mark.parametrize(
    ("more", "error", "field"),
    [
        ({"reason": "  "}, Invalid, "reason"),
        ({"reason": "长" * 501}, Invalid, "reason"),
        ({"since": date(2026, 5, 5)}, Invalid, "since"),
        ({"tiers": ["village"]}, Invalid, "tier"),
        ({"module": "No Module"}, Invalid, "module"),
        ({"module": "core", "rule": REQUIRE}, Invalid, "module"),
        ({"module": "tiers"}, Invalid, "module"),
        ({"issuer": TOWN}, Forbidden, None),
        ({"rule": RELEASE}, Conflict, None),
        ({"rule": "praise"}, Invalid, "module"),
    ],
)
def test_what_cannot_be_said_is_refused_and_changes_nothing(founded, say, more, error, field):
    before = ledger.projections(founded)
    with pytest.raises(error) as refused:
        say(**{"issuer": CITY, "rule": FORBID, **more})
    assert field is None or list(refused.value.errors) == [field]
    assert ledger.projections(founded) == before


def test_the_consequences_are_told_before_anything_is_said(founded, say, today):
    service.disable(founded, TOWN, "training", today)

    def told(rule, issuer=CITY, module="training"):
        return consequences.of(founded, issuer, Said(module, rule, today, WHY))

    assert told(REQUIRE).begin == ("庄寨镇",)
    assert len(told(FORBID).end) == 4
    assert len(told(REQUIRE, module="votes").cannot) == 5
    say(CITY, FORBID)
    assert told(REQUIRE, CAO).outranked == ("曹城街道", "庄寨镇")
    assert told(REQUIRE, CAO).begin == ()
    assert len(told(RELEASE).begin) == 4


def test_a_rebuild_makes_the_same(founded, say, today):
    say(CAO, FORBID)
    say(CITY, REQUIRE, since=today + timedelta(days=3))
    ruled = select(*ModuleRule.__table__.columns).order_by(ModuleRule.organisation, ModuleRule.since)
    before = (ledger.projections(founded), founded.execute(ruled).all())
    ledger.rebuild(founded)
    assert (ledger.projections(founded), founded.execute(ruled).all()) == before


def policy(world, issuer, rule, subject=None, **more):
    body = {"module": "training", "rule": rule, "tiers": [], "since": "2026-01-01", "reason": WHY, **more}
    return world.say("policy", issuer, subject or f"policy:{issuer}:training", body)


def test_policies_may_arrive_before_the_tree_and_in_any_order(receiver):
    world = World().found()
    policy(world, NORTH, FORBID)
    policy(world, world.said[0].document.origin, REQUIRE, tiers=["county"])
    policy(world, SOUTH, REQUIRE)
    before = receiver.reset().deliver(world.said).dump()
    assert {row[4] for row in before["core_module_rule"]} == {REQUIRE, FORBID}
    for said in (list(reversed(world.said)), world.said[3:] + world.said[:3]):
        assert receiver.reset().deliver(said, size=1).dump() == before
        assert receiver.rebuild().dump() == before


@pytest.mark.parametrize(
    ("more", "outcome"),
    [
        ({"subject": f"policy:{SOUTH}:training"}, "aside"),
        ({"module": "core"}, "parked"),
        ({"module": "tiers", "rule": FORBID}, "parked"),
        ({"tiers": [1]}, "parked"),
        ({"tiers": None}, "parked"),
        ({"since": "soon"}, "parked"),
        ({"reason": ""}, "parked"),
        ({"reason": 3}, "parked"),
        ({"more": 1}, "parked"),
    ],
)
def test_what_is_no_word_on_a_module_has_no_effect(receiver, more, outcome):
    world = World().found()
    bad = policy(world, NORTH, **{"rule": REQUIRE, **more})
    receiver.reset().deliver(world.said)
    assert receiver.outcomes()[bad.hash] == outcome
    assert receiver.dump()["core_module_rule"] == []


def test_a_node_that_knows_no_policies_keeps_them(receiver):
    world = World().found()
    said = policy(world, NORTH, FORBID)
    with receiver.reset().without("policy"):
        receiver.deliver(world.said)
        assert receiver.outcomes()[said.hash] == "parked"
    with receiver.work() as session:
        ledger.reconsider(session)
    assert receiver.outcomes()[said.hash] == "applied"
    with receiver.work() as session:
        assert session.scalar(select(LedgerDocument.kind).where(LedgerDocument.hash == said.hash)) == "policy"
        assert session.scalar(select(ModuleRule.by)) == NORTH
