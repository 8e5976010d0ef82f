"""Programs read reports and totals as the pages show them, in the shape that the document tells."""

import pytest

from tests.tiers.chain import CAO, CITY, SHAN, TOWN
from tests.tiers.directives.desk import STEPS, TITLE

PERIOD = "2026-b2"


def test_reports_say_how_far_they_are(read, reported):
    found = {(one["template"], one["period"]): one for one in read(TOWN, "reports")["items"]}
    sent = found["training-bimonth", PERIOD]
    assert (sent["state"], sent["revision"], sent["document"]) == ("reported", 1, reported.hex())


def test_a_report_is_read_by_its_origin_and_those_above(read, reported):
    path = f"reports/{reported.hex()}"
    for organisation in (TOWN, CAO, CITY):
        found = read(organisation, path)
        assert (found["organisation"], found["period"], found["current"]) == (TOWN, PERIOD, True)
        assert {one["indicator"]: one["value"] for one in found["cells"]}["T02"] == 2
    read(SHAN, path, 404)
    read(TOWN, "reports/x", 404)


def test_totals_stand_with_their_coverage(reported, read):
    found = read(CITY, f"rollup?template=training-bimonth&period={PERIOD}")
    assert (found["organisation"], found["standing"]) == (CITY, "latest")
    total = next(one for one in found["figures"] if one["indicator"] == "T02")
    assert total["value"] == 2
    assert total["coverage"]["reported"] == 1
    assert total["coverage"]["missing"] == total["coverage"]["expected"] - 1
    below = read(CITY, f"rollup?template=training-bimonth&period={PERIOD}&at={TOWN}&standing=endorsed")
    assert (below["organisation"], below["standing"]) == (TOWN, "endorsed")
    assert next(one for one in below["figures"] if one["indicator"] == "T02")["value"] is None


@pytest.mark.parametrize(
    ("query", "status"),
    [("template=none", 404), ("period=soon", 422), (f"at={SHAN}", 404), ("standing=x", 200)],
)
def test_what_there_is_not(reported, read, query, status):
    read(CAO, f"rollup?{query}", status)


def test_directives_say_where_their_targets_are(read, issued, at_desk):
    at_desk(lambda desk: desk.done(CAO, issued, note="已全部完成"))
    (mine,) = read(CITY, "directives?side=issued")["items"]
    assert (mine["title"], mine["targets"], mine["phases"]) == (TITLE, 2, {"done": 1, "received": 1})
    (asked,) = read(CAO, "directives")["items"]
    assert (asked["issuer"], asked["phases"]) == (CITY, {"done": 1})
    assert read(CITY, "directives")["items"] == []
    assert read(CITY, "directives?side=issued&ended=1")["total"] == 0


def test_a_directive_is_read_with_those_rows_that_the_reader_may_see(read, issued):
    _kind, issuer, name = issued.split(":")
    whole = read(CITY, f"directives/{issuer}/{name}")
    assert (whole["title"], whole["steps"], whole["state"]) == (TITLE, list(STEPS), "open")
    assert [one["organisation"] for one in whole["board"]] == [CAO, SHAN]
    assert [one["organisation"] for one in read(SHAN, f"directives/{issuer}/{name}")["board"]] == [SHAN]
    read(TOWN, f"directives/{issuer}/{name}", 404)
