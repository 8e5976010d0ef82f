"""A practice becomes everybody's: made at a county, sent up, published to all counties, and its figures add up.

All of it without a restart: each node's registry is the one that it began with.
"""

import pytest
from sqlalchemy import select

from renda.directory import service
from renda.errors import Forbidden
from renda.packs import keeping, shipped
from renda.records import engine, persons, workflow
from renda_tiers.documents.models import LedgerDocument
from renda_tiers.packs import sharing
from renda_tiers.reports import submission
from renda_tiers.rollup import explain
from tests.core.packs import files
from tests.core.packs.files import NAME, TYPE, values
from tests.tiers import chain
from tests.tiers.chain import CAO, CITY, SHAN, SPRING, TOWN

YEAR = chain.SINCE.replace(year=2026)


class Society:
    """The bodies, each at the node where it works."""

    def __init__(self, network, nodes):
        self.network, self.nodes = network, nodes

    def at(self, code):
        return self.nodes[code]

    def install(self, code, pack=None):
        with self.at(code).work() as session:
            keeping.install(session, code, pack or files.pack(), actor=None, now=self.at(code).clock())

    def enable(self, code, name=NAME):
        with self.at(code).work() as session:
            service.enable(session, code, name, YEAR)

    def send(self, code, name=NAME):
        with self.at(code).work() as session:
            sharing.send(session, code, name, actor=None, now=self.at(code).clock())
        self.network.settle()

    def publish(self, code, name=NAME):
        with self.at(code).work() as session:
            sharing.publish(session, code, name, actor=None, now=self.at(code).clock())
        self.network.settle()

    def held(self, code):
        with self.at(code).work() as session:
            return {row.name: (row.version, row.given_by) for row in keeping.held(session, code)}

    def visit(self, code, **given):
        node = self.at(code)
        with node.work() as session:
            session.connection()
            kind = node.registry.declared.record_types[TYPE]
            row = engine.create(session, kind, code, values(**given), now=node.clock(), author=None)
            verbs = {f"{NAME}:write"}
            workflow.move(session, kind, row, "hold", now=node.clock(), actor=None, permissions=verbs)

    def report(self, code, **more):
        node = self.at(code)
        with node.work() as session:
            submission.submit(session, code, NAME, SPRING, actor=None, now=node.clock(), **more)
        self.network.settle()

    def totals(self, code=CITY):
        with self.at(CITY).work() as session:
            found = explain.totals(session, code, NAME, SPRING.code, "latest")
        return {one.line.indicator.removeprefix(f"{NAME}-"): one.figure.value for one in found}


@pytest.fixture(params=["one node", "over a link"])
def society(request, network, start, city):
    """The city hosts everybody, or both counties have nodes of their own."""
    nodes = dict.fromkeys(chain.TREE, city)
    if request.param == "over a link":
        for code in (CAO, SHAN):
            nodes[code] = start(code)
            network.join(code, CITY)
            network.settle()
        nodes[TOWN] = nodes[CAO]
    return Society(network, nodes)


def test_a_pack_made_at_a_county_yields_figures_that_roll_up(society):
    society.install(CAO)
    society.enable(CAO)
    society.visit(CAO, amount="30")
    society.send(CAO)
    assert society.held(CITY) == {NAME: (1, CAO)}
    assert society.held(SHAN) == {}
    society.publish(CITY)
    assert society.held(SHAN) == society.held(TOWN) == {NAME: (1, CITY)}
    assert society.held(CAO) == {NAME: (1, CAO)}
    society.enable(SHAN)
    society.visit(SHAN, amount="12")
    society.visit(SHAN)
    society.report(CAO)
    society.report(SHAN)
    assert society.totals() == {"visits": 3, "amount": 42, "issues": 0, "times": 0, "persons": 0}


def test_records_and_whom_they_name_come_along_when_a_county_moves(network, start, city):
    society = Society(network, dict.fromkeys(chain.TREE, city))
    society.install(SHAN)
    society.enable(SHAN)
    with city.work() as session:
        (leader, _other) = chain.seat(session, SHAN, ("戊", "己"))
    society.visit(SHAN, leader=str(leader))
    county = start(SHAN)
    city.clock.forward(hours=1)
    network.join(SHAN, CITY)
    network.settle()
    with county.work() as session:
        session.connection()
        kind = county.registry.declared.record_types[TYPE]
        (row,) = session.scalars(select(kind.model)).all()
        assert persons.names(session, {kind.value(row, "leader")}) == {leader: "戊"}


def test_only_who_enables_it_owes_its_report(society):
    society.install(CAO)
    society.enable(CAO)
    society.send(CAO)
    society.publish(CITY)
    society.enable(SHAN)
    society.visit(CAO)
    society.report(CAO)
    with society.at(CITY).work() as session:
        (total, *_rest) = explain.totals(session, CITY, NAME, SPRING.code, "latest")
    assert (total.coverage.expected, total.coverage.reported) == (2, 1)


def test_a_higher_version_reaches_everybody_and_keeps_every_record(society):
    society.install(CAO)
    society.send(CAO)
    society.publish(CITY)
    society.enable(SHAN)
    society.visit(SHAN, amount="12")
    field = '[[registers.fields]]\nname = "place"\nkind = "text"\nlabel = "地点"\noptional = true\n\n'
    newer = files.pack(
        ("version = 1\n", "version = 2\n"),
        ("[registers.participation]", f"{field}[registers.participation]"),
    )
    society.install(CAO, newer)
    society.send(CAO)
    society.publish(CITY)
    assert society.held(SHAN) == {NAME: (2, CITY)}
    society.visit(SHAN, amount="1", place="孙老家镇")
    society.report(SHAN)
    assert society.totals(SHAN)["amount"] == 13


def test_what_a_county_set_for_itself_stands_until_the_period_after_the_city_s(society):
    society.install(CAO)
    society.enable(CAO)
    society.publish(CAO)
    society.visit(CAO, amount="5")
    society.report(CAO)
    society.send(CAO)
    society.publish(CITY)
    assert society.totals(CAO)["amount"] == 5


def test_a_shipped_pack_may_be_published_by_anybody_above_others(society):
    name = "renda-courtwatch"
    society.install(CITY, shipped.packs()[name])
    society.publish(CITY, name)
    assert society.held(TOWN) == {name: (1, CITY)}


def test_nobody_hands_on_what_others_made(society):
    society.install(SHAN)
    with pytest.raises(Forbidden):
        society.send(SHAN)
    with pytest.raises(Forbidden):
        society.publish(SHAN)
    society.install(CITY, shipped.packs()["renda-courtwatch"])
    with pytest.raises(Forbidden):
        society.send(CITY, "renda-courtwatch")
    with society.at(CITY).work() as session:
        kinds = set(session.scalars(select(LedgerDocument.kind)))
    assert "pack" not in kinds
