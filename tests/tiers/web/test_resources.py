"""Programs read reports and totals as the pages show them, in the shape that the document tells."""

import re

import pytest

from tests.core.api.schema import faults
from tests.tiers.chain import CAO, CITY, SHAN, TOWN

PERIOD = "2026-b2"


@pytest.fixture
def read(reported, signed_in):
    """`read(code, path)` is what a leader there reads, which is as the document says."""

    def get(organisation, path, status=200):
        app = signed_in("leader", organisation)
        answer = app.get(f"/api/v1/organisations/{organisation}/tiers/{path}", status=status)
        document = app.get("/api/v1/openapi.json").json
        shape = "/organisations/{org}/tiers/" + re.sub(
            r"(?<=reports/).+", "{document}", path.partition("?")[0]
        )
        said = document["paths"][shape]["get"]["responses"][str(answer.status_int)]["content"]
        assert list(faults(answer.json, said[answer.content_type]["schema"], document)) == []
        return answer.json

    return get


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


def test_totals_stand_with_their_coverage(read):
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
def test_what_there_is_not(read, query, status):
    read(CAO, f"rollup?{query}", status)
