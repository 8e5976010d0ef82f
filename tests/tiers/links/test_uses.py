"""Those above know which modules a body with its own node uses, and count what it owes by that."""

from renda.directory import service
from renda_tiers.rollup import explain
from tests.tiers import chain
from tests.tiers.chain import CAO, CITY, SPRING, TRAINING


def expected(node):
    with node.work() as session:
        (total, *_rest) = explain.totals(session, CITY, TRAINING, SPRING.code, "latest")
        return total.coverage.expected


def test_a_county_that_ends_a_module_on_its_own_node_owes_its_reports_no_longer(network, start, city):
    county = start(CAO)
    network.join(CAO, CITY)
    network.settle()
    before = expected(city)
    with county.work() as session:
        service.disable(session, CAO, "training", chain.SINCE.replace(year=2026))
    network.settle()
    assert expected(city) == before - 1
    with county.work() as session:
        service.enable(session, CAO, "training", chain.SINCE.replace(year=2026, month=2))
    network.settle()
    assert expected(city) == before
