"""The four shipped profiles: law and practice of province, city, county and township, as files."""

import tomllib
from datetime import date
from fractions import Fraction
from importlib import resources

import pytest

from renda.directory.divisions import TIERS, bodies, holds_congress, shipped
from renda.directory.organs import Organ
from renda.profile import load

PROFILES = load("renda_tiers:profiles")
BODIES = bodies(shipped())

every_tier = pytest.mark.parametrize("tier", TIERS)


def test_there_is_one_per_tier():
    assert tuple(PROFILES) == TIERS
    assert [profile.label for profile in PROFILES.values()] == ["省级", "市级", "县级", "乡级"]


def test_every_body_of_china_finds_its_kind_and_its_parents_tier():
    tiers = {body.code: body.tier for body in BODIES}
    for body in BODIES:
        profile = PROFILES[body.tier]
        assert profile.kind(body.kind).congress == body.congress
        assert body.parent is None or tiers[body.parent] in profile.parents


def test_a_chain_may_skip_a_tier():
    assert PROFILES["township"].parents == ("county", "city")
    assert PROFILES["county"].parents == ("city", "province")


@every_tier
def test_who_has_a_congress_holds_sessions_and_nobody_else(tier):
    for name, kind in PROFILES[tier].kinds.items():
        assert kind.congress == kind.may_hold_sessions == holds_congress(name)
        assert ("congress" in kind.organs) == kind.congress
        assert [code for code, organ in kind.organs.items() if organ.plenary] == ["congress"] * kind.congress
        assert kind.may_hold_sessions or "不设人民代表大会" in kind.why_not


def test_a_street_holds_no_session():
    street = PROFILES["township"].kind("street")
    assert (street.congress, street.may_hold_sessions) == (False, False)
    assert street.organs == {"street_work_committee": Organ("街道人大工委")}


@pytest.mark.parametrize(
    ("tier", "kind"),
    [("city", "prefecture"), ("county", "development_zone"), ("township", "development_zone")],
)
def test_a_prefecture_and_a_development_zone_have_a_work_committee_only(tier, kind):
    assert PROFILES[tier].kind(kind).organs == {"work_committee": Organ("人大工委")}


def test_a_town_has_a_presidium_and_no_standing_committee():
    assert set(PROFILES["township"].kind("town").organs) == {"congress", "presidium"}
    assert "standing_committee" in PROFILES["county"].kind("county").organs


@pytest.mark.parametrize(
    ("tier", "signers"), [("province", 10), ("city", 10), ("county", 10), ("township", 5)]
)
def test_a_motion_needs_ten_signers_and_five_in_a_township(tier, signers):
    assert PROFILES[tier].rules.motion_cosigners == signers


@every_tier
def test_the_law_is_the_same_elsewhere(tier):
    rules = PROFILES[tier].rules
    assert rules.interpellation_cosigners == 10
    assert (rules.reply_months, rules.reply_months_difficult) == (3, 6)
    assert (rules.quorum, rules.majority, rules.majority_of) == (Fraction(2, 3), Fraction(1, 2), "all")
    assert PROFILES[tier].terms.years == 5


@every_tier
def test_the_bimonthly_report_is_due_on_the_fifth(tier):
    profile = PROFILES[tier]
    assert profile.due("bimonth", date(2024, 2, 29)) == date(2024, 3, 5)
    assert profile.lock("bimonth", date(2024, 2, 29)) > date(2024, 3, 5)


@pytest.mark.parametrize("period", ["month", "bimonth", "quarter", "halfyear", "year", "term"])
def test_a_child_is_never_due_or_locked_after_its_parent(period):
    end = date(2024, 12, 31)
    for profile in PROFILES.values():
        for parent in profile.parents:
            assert profile.due(period, end) <= PROFILES[parent].due(period, end)
            assert profile.lock(period, end) <= PROFILES[parent].lock(period, end)


@every_tier
def test_an_ad_hoc_report_brings_its_own_day(tier):
    assert PROFILES[tier].due("span", date(2015, 12, 31)) is None


@every_tier
def test_the_chain_is_required_and_the_modules_of_this_house_are_on_by_default(tier):
    modules = PROFILES[tier].modules
    assert modules.allowed == modules.default == ("tiers", "training", "suggestions", "liaison")
    assert modules.required == ("tiers",)


def test_who_administers_does_not_audit():
    for tier in ("province", "city", "county"):
        assert PROFILES[tier].roles.clashes({"admin", "auditor"})
    assert "auditor" not in PROFILES["township"].roles.labels
    assert not PROFILES["township"].roles.clashes(PROFILES["township"].roles.labels)


@every_tier
def test_the_file_is_a_complete_example_with_comments(tier):
    text = (resources.files("renda_tiers") / "profiles" / f"{tier}.toml").read_text(encoding="utf-8")
    assert set(tomllib.loads(text)) == set(PROFILES[tier].__dataclass_fields__)
    assert sum(line.startswith("# ") for line in text.splitlines()) >= 20
