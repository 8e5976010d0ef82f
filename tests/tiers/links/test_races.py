"""What several processes of one node do at the same instant: nothing acknowledged gets lost between them."""

from threading import Thread

import pytest
from sqlalchemy import text

from renda_tiers.documents import ledger, signing
from renda_tiers.links import digests, exchange, hosting, keys, renewal
from renda_tiers.links.models import MINE, Link
from tests.tiers.links.voices import key_of, written
from tests.tiers.simulation.world import N1, N2, NORTH

_TAKEN = text("SELECT NOT pg_try_advisory_xact_lock(hashtextextended('tiers.ledger', 0))")


def test_a_digest_that_is_summed_while_a_document_arrives_counts_it(three):
    signed = signing.sign(written(three.county, N2, 5, audience=(N1, N2, NORTH)), key_of(three.county, N2))

    def answer():
        with three.county.work() as session:
            link = session.get(Link, N1)
            exchange.compose(session, link, now=three.clock(), token=link.token)

    with three.county.work() as session:
        digests.outdate_all(session)
    beside = Thread(target=answer, daemon=True)
    with three.county.work() as session:
        ledger.receive(session, [signed], now=three.clock())
        beside.start()
        # It is done by now, or waits for this transaction.
        beside.join(timeout=1)
    beside.join(timeout=60)
    assert not beside.is_alive()
    with three.county.work() as session:
        for month, said in digests.of(session, N1, MINE).items():
            assert digests.summed(digests.rows(session, N1, MINE, month)) == said
    three.network.settle(2)
    assert three.town.link(NORTH).level


def move(three, start):
    start(N2)
    three.network.join(N2, NORTH)


def revoke(three, _start):
    with three.county.work() as session:
        renewal.revoke(session, N2, now=three.clock())


def take_back(three, _start):
    three.network.settle(2)
    with three.county.work() as session:
        hosting.take_back(session, N1, None, now=three.clock())


@pytest.mark.parametrize("close", [move, revoke, take_back])
def test_while_it_is_listed_what_counts_of_a_closed_key_nobody_signs(three, start, monkeypatch, close):
    engine = three.county.registry.engine
    if engine.dialect.name != "postgresql":
        pytest.skip("SQLite has one writer")
    real, seen = keys.signed_with, []

    def listed(*asked):
        with engine.connect() as other:
            seen.append(other.scalar(_TAKEN))
        return real(*asked)

    monkeypatch.setattr(keys, "signed_with", listed)
    close(three, start)
    assert seen
    assert all(seen)
