""" "Link silent" and "not reported" are two things, and are said beside one another."""

import pytest

from tests.tiers import chain
from tests.tiers.chain import CAO, CITY, SPRING, TRAINING
from tests.tiers.web.conftest import row
from tests.tiers.web.node.conftest import act

MATRIX = f"/o/{CITY}/m/tiers/matrix?template={TRAINING}&period={SPRING.code}"
SILENT = "Link silent since 2026-05-06 09:00"


@pytest.fixture
def matrix(city, county, reader):
    """The rows of who has reported, as the city's leader sees them."""
    del county

    def shown(name, more=""):
        return row(reader(city, "leader", CITY).get(MATRIX + more), name)

    return shown


def test_a_county_that_is_heard_and_has_not_reported_is_overdue_and_no_more(matrix):
    found = matrix("曹县")
    assert "Overdue" in found
    assert "silent" not in found


def test_beside_a_missing_report_stands_that_the_link_is_silent(matrix, clock):
    clock.forward(hours=2)
    assert f"Overdue {SILENT}" in matrix("曹县")
    assert f"Overdue {SILENT}" in matrix("庄寨镇", f"&at={CAO}")
    assert "silent" not in matrix("单县")


def test_a_silent_node_may_have_reported(matrix, network, county, clock):
    with county.work() as session:
        chain.submit(session, CAO, now=clock())
    network.settle()
    clock.forward(hours=2)
    assert f"sent late {SILENT}" in matrix("曹县")


def test_a_node_that_was_never_heard_says_that(network, start, city, reader):
    start(CAO)
    network.join(CAO, CITY)
    page = reader(city, "leader", CITY).get(MATRIX)
    assert "Node not heard yet" in row(page, "曹县")


def test_a_closed_link_is_not_silent(matrix, city, reader, clock):
    act(reader(city, "admin", CITY), CITY, CAO, "close", status=303)
    clock.forward(hours=2)
    assert "silent" not in matrix("曹县")
    assert "silent" not in matrix("庄寨镇", f"&at={CAO}")


def test_a_town_heard_again_is_silent_no_longer(matrix, network, clock):
    clock.forward(hours=2)
    assert SILENT in matrix("庄寨镇", f"&at={CAO}")
    network.settle()
    assert "silent" not in matrix("庄寨镇", f"&at={CAO}")
