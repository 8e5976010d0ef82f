"""Linked nodes keep the end of each other's audit trail, so that neither can rewrite its own unseen."""

import json

import pytest
from sqlalchemy import delete, select, update

from renda.security import audit, trail
from renda.security.models import AuditEntry, AuditLink
from renda_tiers.links import messages, trails
from renda_tiers.links.models import LinkTrail
from renda_tiers.links.transports import file
from tests.tiers.chain import CAO, CITY
from tests.tiers.links import storage
from tests.tiers.links.network import found_city

ENTRY, LINK = AuditEntry.__table__, AuditLink.__table__


def write(node, count=3):
    with node.work() as session:
        for _number in range(count):
            audit.record(
                session, actor=None, organisation=None, action="thing.change", target="it", now=node.clock()
            )


def head(node):
    with node.work() as session:
        return trail.head(session.connection())


def known(node, peer):
    """What a node keeps of its peer's trail, and the peer of this node's."""
    with node.work() as session:
        row = session.get(LinkTrail, peer)
        return (row.number, row.digest), (row.held_number, row.held_digest)


def remove(session, *numbers):
    for number in numbers:
        entry = session.scalar(select(AuditLink.entry).where(AuditLink.number == number))
        session.connection().execute(delete(LINK).where(AuditLink.number == number))
        session.connection().execute(delete(ENTRY).where(AuditEntry.id == entry))


def make_anew(session, keep):
    """Take the entries that are not to be kept out of the trail, and chain the rest as if nothing was."""
    connection = session.connection()
    rows = connection.execute(
        select(*(ENTRY.c[name] for name in trail.COLUMNS), LINK.c.number)
        .join(LINK, LINK.c.entry == ENTRY.c.id)
        .order_by(LINK.c.number)
    ).all()
    connection.execute(delete(LINK))
    trail.append(connection, [tuple(row[:-1]) for row in rows if keep(row.number)])


@pytest.fixture
def talk(network, clock):
    """Some minutes later the county calls the city."""

    def go(times=2):
        for _time in range(times):
            clock.forward(minutes=1)
            network.dial(CAO)

    return go


@pytest.fixture(autouse=True)
def pair(network, start, copies, talk):
    """The city's and the county's node, which have written something and told each other."""
    nodes = {code: start(code) for code in (CITY, CAO)}
    if not copies:
        found_city(nodes[CITY])
        network.join(CAO, CITY)
        network.settle()
        for node in nodes.values():
            write(node)
        talk()
        copies |= {code: storage.take(node.registry) for code, node in nodes.items()}
    else:
        for code, node in nodes.items():
            storage.lay(node.registry, copies[code])
        talk(2)
    return nodes


@pytest.fixture
def city(pair):
    return pair[CITY]


@pytest.fixture
def county(pair):
    return pair[CAO]


def broken(node, peer):
    with node.work() as session:
        statement = select(AuditEntry).where(AuditEntry.action == trails.BROKEN, AuditEntry.target == peer)
        return [json.loads(row.detail) for row in session.scalars(statement)]


def verified(node):
    with node.work() as session:
        return trail.verify(session)


def test_both_ends_keep_the_end_of_the_others_trail(city, county):
    assert known(city, CAO)[0] == known(county, CITY)[1] == head(county)
    assert known(county, CITY)[0] == known(city, CAO)[1] == head(city)
    assert not verified(city).wrong
    assert not verified(county).wrong


def test_a_trail_that_goes_on_raises_no_alarm(city, county, talk):
    for _time in range(3):
        write(county)
        talk(1)
    assert known(city, CAO)[0] == head(county)
    assert (city.link(CAO).alarm, county.link(CITY).alarm) == ("", "")


def test_an_end_that_was_cut_off_is_seen_by_the_node_itself_and_by_the_other(city, county, talk):
    number, digest = head(county)
    with county.work() as session:
        remove(session, number, number - 1)
    assert verified(county).wrong.mapping["last"] == number
    talk()
    assert "audit trail" in city.link(CAO).alarm
    (said,) = broken(city, CAO)
    assert (said["kept"], said["head"][0]) == ([number, digest.hex()], number - 2)
    # From here on the new end is kept, and told of once.
    talk()
    assert len(broken(city, CAO)) == 1
    assert known(city, CAO)[0] == head(county)


def test_a_trail_that_was_made_anew_and_has_grown_since_is_seen_by_the_other(city, county, talk):
    number, _digest = head(county)
    with county.work() as session:
        make_anew(session, keep=lambda one: one != number - 1)
        session.connection().execute(delete(ENTRY).where(ENTRY.c.id.not_in(select(LINK.c.entry))))
    write(county, 5)
    assert verified(county).wrong.mapping["holder"] == CITY
    talk()
    (said,) = broken(city, CAO)
    assert said["again"][0] == said["kept"][0] == number
    assert said["again"][1] != said["kept"][1]


def test_that_of_the_node_above_is_seen_by_those_below(city, county, talk):
    number, _digest = head(city)
    with city.work() as session:
        session.connection().execute(update(LINK).where(AuditLink.number == number).values(digest=bytes(32)))
    talk()
    assert broken(county, CITY)
    assert "audit trail" in county.link(CITY).alarm


def test_an_answer_that_is_lost_raises_no_alarm(city, county, network, talk):
    write(county)

    def lose(_number, stage):
        if stage == "answer":
            raise messages.NotAMessage

    network.fault = lose
    talk(1)
    network.fault = None
    write(county)
    talk()
    assert known(city, CAO)[0] == head(county)
    assert not broken(city, CAO)


def test_a_file_that_is_read_late_says_nothing_of_the_trail(city, county, talk, clock):
    with county.work() as session:
        late = file.write(session, CITY, now=clock())
    write(county)
    talk()
    with city.work() as session:
        file.read(session, late, now=clock())
    assert not broken(city, CAO)
    assert known(city, CAO)[0] == head(county)


def test_a_node_that_knows_nothing_of_trails_is_heard_as_ever(city, county, talk, monkeypatch):
    before = known(city, CAO)
    monkeypatch.setattr(trails, "say", lambda *_given: None)
    write(county)
    talk()
    assert known(city, CAO) == before
    assert city.link(CAO).level
    assert not city.link(CAO).alarm
