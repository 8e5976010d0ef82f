"""Nodes of their own: what is said at one end is known at the other, and nothing else changes."""

from renda_tiers.documents.models import ThisNode
from renda_tiers.links import exchange, messages, routing
from renda_tiers.reports.models import LATEST
from renda_tiers.rollup import explain
from tests.tiers import chain
from tests.tiers.chain import CAO, CITY, SHAN, SPRING, TOWN, TRAINING


def totals(node, organisation, standing=LATEST):
    with node.work() as session:
        return {
            one.line.indicator: one.figure.value
            for one in explain.totals(session, organisation, TRAINING, SPRING.code, standing)
        }


def test_a_county_that_joins_gets_what_concerns_it_and_may_then_sign(network, start, city):
    county = start(CAO)
    network.join(CAO, CITY)
    with county.work() as session:
        assert session.get(ThisNode, CAO).recovering
    network.settle()
    with county.work() as session:
        assert not session.get(ThisNode, CAO).recovering
    assert county.documents("organisation") == city.documents("organisation")
    assert county.documents("definition") == city.documents("definition")
    assert county.documents("enrolment") == city.documents("enrolment")
    assert city.link(CAO).level
    assert county.link(CITY).level


def test_a_report_of_a_town_on_its_own_node_reaches_the_city_over_two_links(network, start, city):
    county, town = start(CAO), start(TOWN)
    network.join(CAO, CITY)
    network.settle()
    network.join(TOWN, CAO)
    network.settle()
    with town.work() as session:
        chain.training(session, TOWN, now=town.clock())
        chain.submit(session, TOWN, now=town.clock())
    network.settle()
    assert totals(county, CAO)["T01"] == 1
    assert totals(city, CITY)["T01"] == 1


def test_what_concerns_a_sibling_alone_does_not_come_down(network, start, city):
    county = start(CAO)
    network.join(CAO, CITY)
    network.settle()
    with city.work() as session:
        chain.training(session, SHAN, now=city.clock())
        report = chain.submit(session, SHAN, now=city.clock())
    network.settle()
    assert report in city.documents("report")
    assert report not in county.documents("report")
    assert totals(city, CITY)["T01"] == 1


def test_when_nothing_is_new_one_call_is_enough(network, start, city):
    start(CAO)
    network.join(CAO, CITY)
    network.settle()
    before = network.calls
    network.dial(CAO)
    assert network.calls == before + 1
    with city.work() as session:
        assert routing.count_waiting(session) == {}


def test_no_list_is_given_while_more_documents_follow(network, start, city, monkeypatch):
    county = start(CAO)
    network.join(CAO, CITY)
    network.settle()
    with county.work() as session:
        chain.training(session, TOWN, now=county.clock())
        chain.submit(session, TOWN, now=county.clock())
        chain.training(session, TOWN, now=county.clock())
        chain.submit(session, TOWN, now=county.clock(), reason="补报")
    monkeypatch.setattr(exchange, "BATCH", 1)
    network.recorded.clear()
    network.dial(CAO)
    calls = [messages.decode(call).message for _address, call in network.recorded]
    assert [len(call.documents) for call in calls] == [1, 1]
    assert not any(call.lists for call in calls)
    assert county.link(CITY).level
    assert totals(city, CITY)["T01"] == 2
