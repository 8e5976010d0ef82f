"""Who may have a document's parts: the rule that a body declares."""

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renda_tiers.documents import parts
from renda_tiers.documents.envelope import PartReference, decode, encode
from renda_tiers.documents.parts import parts_across, parts_for, withhold

TOWN, COUNTY, CITY, OTHER = "town", "county", "city", "other"
EVERYBODY = (TOWN, COUNTY, CITY, OTHER)


def document(withheld: Any = None, audience: Any = (TOWN, COUNTY, CITY), names: Any = ("identity", "text")):
    body = {} if withheld is None else {"withheld": withheld}
    payload = encode(
        id=uuid.UUID("0190b6a0-0000-7000-8000-000000000000"),
        kind="matter",
        schema=1,
        origin=TOWN,
        audience=set(audience),
        subject="matter:x",
        revision=1,
        previous=None,
        issued=datetime(2026, 5, 6, tzinfo=UTC),
        body=body,
        parts=[PartReference(name, bytes(32), 1) for name in names],
    )
    return decode(payload)


def given_to(one: Any) -> dict[str, set[str]]:
    return {code: set(parts_for(one, code).given) for code in EVERYBODY}


def test_without_a_rule_parts_are_for_the_origin_and_the_audience():
    both = {"identity", "text"}
    assert given_to(document()) == {TOWN: both, COUNTY: both, CITY: both, OTHER: set()}
    assert parts_for(document(audience=["*"]), OTHER).given == both


def test_a_withheld_part_is_for_those_named_and_the_rest_for_all():
    one = document({"identity": withhold([CITY])})
    assert given_to(one) == {
        TOWN: {"identity", "text"},
        COUNTY: {"text"},
        CITY: {"identity", "text"},
        OTHER: set(),
    }
    assert parts_for(one, COUNTY).withheld == {"identity"}


def test_never_outranks_for_but_not_the_origin():
    one = document({"identity": withhold([CITY, COUNTY], [COUNTY, TOWN])})
    assert given_to(one)[COUNTY] == {"text"}
    assert "identity" in given_to(one)[TOWN]


@pytest.mark.parametrize(
    "broken",
    [
        [],
        "x",
        {"identity": []},
        {"identity": {"for": [CITY]}},
        {"identity": {"for": CITY, "never": []}},
        {"identity": {"for": [1], "never": []}},
    ],
)
def test_what_is_not_written_as_a_rule_keeps_the_part_from_all_but_the_origin(broken):
    assert not parts.is_rule(broken)
    found = given_to(document(broken))
    assert "identity" not in found[CITY] | found[COUNTY]
    assert found[TOWN] == {"identity", "text"}


def test_across_a_link_goes_what_somebody_beyond_may_have():
    one = document({"identity": withhold([CITY])})
    assert parts_across(one, COUNTY, [COUNTY, CITY]).given == {"identity", "text"}
    assert parts_across(one, COUNTY, [COUNTY]).given == {"text"}
    assert parts_across(one, OTHER, [OTHER]).given == set()


def test_a_part_never_passes_the_node_of_somebody_from_whom_it_is_kept():
    one = document({"identity": withhold([CITY], [COUNTY])})
    found = parts_across(one, COUNTY, [COUNTY, CITY])
    assert (found.given, found.withheld) == ({"text"}, {"identity"})
    assert "identity" in parts_across(one, CITY, [CITY]).given


codes = st.lists(st.sampled_from(EVERYBODY), max_size=3)


@given(codes, codes, codes)
def test_nobody_gets_a_part_without_being_named_and_nobody_who_is_barred(readers, never, audience):
    one = document({"identity": withhold(readers, never)}, audience=audience)
    for code in EVERYBODY:
        found = parts_for(one, code)
        assert found.given | found.withheld == {"identity", "text"}
        assert not found.given & found.withheld
        allowed = code == TOWN or (code in readers and code not in never)
        assert ("identity" in found.given) == allowed
        if code != TOWN:
            assert not (code in never and "identity" in parts_across(one, code, EVERYBODY).given)
