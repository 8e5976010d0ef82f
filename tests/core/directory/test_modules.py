"""Which modules are in use: the pure rule, and what enabling and disabling make of it."""

from datetime import date
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select

from renda.declarations import Module
from renda.directory import service
from renda.directory.models import ModuleRule, ModuleUse
from renda.directory.modules import FORBID, REQUIRE, allowed, in_use, with_needs
from renda.errors import Conflict, Invalid, NotFound
from renda.security.models import AuditEntry
from tests.core.security import town
from tests.core.security.town import CITY, COUNTY

NAMES = ("alpha", "beta", "gamma")
MODULES = {
    "core": Module("core"),
    "alpha": Module("alpha", needs=("core",)),
    "beta": Module("beta", needs=("alpha",)),
    "gamma": Module("gamma", needs=("beta",)),
}
ALLOWED = NAMES
DAY = date(2026, 5, 6)


@pytest.mark.parametrize(
    ("chosen", "rules", "found"),
    [
        ("", {}, ""),
        ("alpha", {}, "alpha"),
        ("beta", {}, ""),
        ("", {"gamma": REQUIRE}, "alpha beta gamma"),
        ("alpha beta", {"alpha": FORBID}, ""),
        ("alpha beta", {"beta": FORBID}, "alpha"),
        ("", {"gamma": REQUIRE, "alpha": FORBID}, ""),
        ("alpha", {"gamma": REQUIRE, "beta": FORBID}, "alpha"),
        ("alpha", {"delta": REQUIRE}, "alpha"),
        ("gone", {}, "gone"),
        ("gone", {"gone": FORBID}, ""),
    ],
)
def test_choice_rules_and_needs_together(chosen, rules, found):
    assert in_use(chosen.split(), rules, MODULES, ALLOWED) == set(found.split())


def test_what_the_profile_does_not_allow_cannot_be_required():
    assert in_use((), {"beta": REQUIRE}, MODULES, ("beta",)) == frozenset()
    assert in_use(("alpha",), {"beta": REQUIRE}, MODULES, ("beta",)) == {"alpha", "beta"}


def test_what_the_node_s_file_lists_is_allowed_instead_of_what_the_profile_does(registry):
    def node(**more):
        return SimpleNamespace(declared=registry.declared, **{"profiles": registry.profiles, **more})

    listed = registry.profiles["county"].modules.allowed
    assert allowed(registry, COUNTY, "county") == set(listed)
    assert allowed(node(values={"modules": ("tiers", "alpha")}), COUNTY, "county") == {"tiers", "alpha"}
    assert allowed(node(profiles={}, values={"modules": ()}), COUNTY, "county") == set()


@given(
    st.sets(st.sampled_from(NAMES)),
    st.dictionaries(st.sampled_from(NAMES), st.sampled_from((REQUIRE, FORBID))),
    st.sets(st.sampled_from(NAMES)),
)
def test_nothing_forbidden_nothing_without_its_needs_and_nothing_unasked(chosen, rules, allowed):
    found = in_use(chosen, rules, MODULES, allowed)
    forbidden = {name for name, rule in rules.items() if rule == FORBID}
    required = {name for name, rule in rules.items() if rule == REQUIRE}
    assert not found & forbidden
    assert all(with_needs(name, MODULES) <= found for name in found)
    assert found <= chosen | set().union(*(with_needs(name, MODULES) for name in required))
    assert found <= chosen | allowed
    possible = {name for name in required if with_needs(name, MODULES) <= allowed - forbidden}
    assert possible <= found


@given(st.sets(st.sampled_from(NAMES)), st.dictionaries(st.sampled_from(NAMES), st.just(FORBID)))
def test_forbidding_more_never_begins_a_module(chosen, rules):
    assert in_use(chosen, rules, MODULES, ALLOWED) <= in_use(chosen, {}, MODULES, ALLOWED)


@pytest.fixture
def county(db):
    """A county that uses the module `tiers` by its own choice, and `training` not."""
    town.build(db, ["tiers"])
    db.flush()
    return db


def ruled(session, rule, module="training", **more):
    row = {"organisation": COUNTY, "module": module, "since": DAY, "until": None, "rule": rule}
    session.execute(insert(ModuleRule), {**row, "by": CITY, "reason": "全市统一", **more})


def used(session, day=DAY):
    return service.modules_in_use(session, COUNTY, day)


def test_a_required_module_is_used_from_its_day_and_cannot_be_disabled(county):
    ruled(county, REQUIRE)
    assert used(county, date(2026, 5, 5)) == {"tiers"}
    assert used(county) == {"tiers", "training"}
    with pytest.raises(Conflict, match="requires") as refused:
        service.disable(county, COUNTY, "training", DAY)
    assert refused.value.message.mapping["by"] == "菏泽市人大"
    assert refused.value.message.mapping["reason"] == "全市统一"
    service.enable(county, COUNTY, "training", DAY)
    assert county.scalars(select(ModuleUse.module).where(ModuleUse.organisation == COUNTY)).all() == ["tiers"]


def test_a_forbidden_module_is_used_no_more_and_cannot_be_enabled(county):
    service.enable(county, COUNTY, "training", date(2026, 1, 1))
    ruled(county, FORBID)
    assert used(county) == {"tiers"}
    with pytest.raises(Invalid, match="forbids"):
        service.enable(county, COUNTY, "training", DAY)
    with pytest.raises(Conflict, match="not in use"):
        service.disable(county, COUNTY, "training", DAY)


@pytest.mark.parametrize("rule", [REQUIRE, FORBID])
@pytest.mark.parametrize("chosen", [True, False])
def test_when_the_rule_ends_the_own_choice_stands_again(county, rule, chosen):
    if chosen:
        service.enable(county, COUNTY, "training", date(2026, 1, 1))
    before = used(county)
    ruled(county, rule, until=date(2026, 7, 1))
    assert ("training" in used(county)) == (rule == REQUIRE)
    assert used(county, date(2026, 7, 1)) == before


def test_the_profile_and_needs_decide_as_before(county):
    with pytest.raises(Conflict, match="profile requires"):
        service.disable(county, COUNTY, "tiers", DAY)
    with pytest.raises(NotFound):
        service.enable(county, COUNTY, "unheard", DAY)
    with pytest.raises(NotFound):
        service.modules_in_use(county, "999999", DAY)
    with pytest.raises(Conflict, match="not in use"):
        service.disable(county, COUNTY, "training", DAY)


def test_switching_leaves_an_audit_row_and_tells_who_listens(county, registry):
    heard = []
    registry.registerHandler(heard.append, [service.ModulesChanged])
    try:
        service.enable(county, COUNTY, "training", DAY)
        service.disable(county, COUNTY, "training", DAY)
    finally:
        registry.unregisterHandler(heard.append, [service.ModulesChanged])
    actions = county.scalars(select(AuditEntry.action).where(AuditEntry.target == "training")).all()
    assert sorted(actions) == ["module.disable", "module.enable"]
