"""What an organisation has yet to decide on packs that others handed to it."""

import pytest
from sqlalchemy import delete

from renda.clock import local_day
from renda.directory import modules, service
from renda.directory.models import ModuleRule, ModuleUse
from renda.errors import Conflict, NotFound
from renda.packs import decisions, keeping
from renda.packs.reading import read
from tests.core.packs import files
from tests.core.packs.conftest import SINCE
from tests.core.packs.files import NAME
from tests.core.security.town import CITY, COUNTY

NEXT = files.other(("version = 1", "version = 2"))


@pytest.fixture
def give(work, people, clock):
    """`give(text)` hands the county a pack that it does not use, from the city."""
    with work() as session:
        session.execute(delete(ModuleUse).where(ModuleUse.module == NAME))

    def hand(text=files.FILE, by=CITY):
        with work() as session:
            keeping.give(session, COUNTY, read(text.encode(), "走访日.toml"), by=by, at=clock())

    return hand


@pytest.fixture
def waits(work, clock):
    """The versions that wait for the county's decision, and whether the pack is in use: (version, used)."""

    def ask():
        with work() as session:
            found = modules.read(session, COUNTY, local_day(clock()))
            return [(one.version, one.used) for one in decisions.undecided(session, COUNTY, found)]

    return ask


@pytest.fixture
def act(work, clock):
    """`act("keep")`: the county keeps or declines its pack, enables or disables it."""

    def do(what):
        with work() as session:
            if what in (decisions.KEEP, decisions.DECLINE):
                who = {"actor": None, "now": clock()}
                decisions.decide(session, COUNTY, NAME, keep=what == decisions.KEEP, **who)
            else:
                getattr(service, what)(session, COUNTY, NAME, local_day(clock()))

    return do


def test_a_pack_of_ones_own_is_no_question(install, waits):
    install(enable=False)
    assert waits() == []


@pytest.mark.parametrize("decision", ["enable", "decline"])
def test_what_came_waits_until_it_is_enabled_or_declined(give, waits, act, decision):
    give()
    assert waits() == [(1, False)]
    act(decision)
    assert waits() == []


def test_what_was_declined_is_asked_about_again_when_a_newer_version_comes(give, waits, act):
    give()
    act("decline")
    give(NEXT)
    assert waits() == [(2, False)]


@pytest.mark.parametrize("decision", ["keep", "disable"])
def test_a_newer_version_of_a_pack_in_use_waits_until_it_is_kept_or_disabled(give, waits, act, decision):
    give()
    act("enable")
    give(NEXT)
    assert waits() == [(2, True)]
    act(decision)
    assert waits() == []


@pytest.mark.parametrize("rule", ["require", "forbid"])
def test_what_a_body_above_settles_leaves_nothing_to_decide(give, waits, work, rule):
    give()
    with work() as session:
        more = {"organisation": COUNTY, "module": NAME, "since": SINCE, "until": None}
        session.add(ModuleRule(**more, rule=rule, by=CITY, reason="统一部署"))
    assert waits() == []


def test_only_what_is_in_use_is_kept_and_only_what_is_not_is_declined(give, act):
    give()
    with pytest.raises(Conflict):
        act("keep")
    act("enable")
    with pytest.raises(Conflict, match="Disable it"):
        act("decline")


def test_what_nobody_has_is_not_decided_on(people, act):
    with pytest.raises(NotFound):
        act("decline")
