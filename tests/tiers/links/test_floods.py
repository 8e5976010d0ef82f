"""What one node piles up keeps others from nothing: signatures of its own making, too large documents."""

import pytest
from sqlalchemy import func, select

from renda_tiers.documents import ledger, signing
from renda_tiers.documents.models import LedgerDocument, LedgerSignature
from renda_tiers.documents.signatures import MOST_STRANGERS
from renda_tiers.links import carrying, exchange
from renda_tiers.links.messages import Sent
from tests.tiers.links.voices import answer, call_of, key_of, say, signature_of, written
from tests.tiers.simulation.world import CITY, N1, NORTH, SOUTH


def strange(payload, below, count):
    """Signatures of a document by keys of nobody that sort before another."""
    found = []
    while len(found) < count:
        private, public = signing.generate()
        if public < below:
            found.append(signing.sign(payload, private))
    return found


@pytest.fixture
def smeared(three):
    """The county returns all that the city says to the whole chain under signatures of its own making."""
    with three.county.work() as session:
        hashes = session.scalars(select(LedgerDocument.hash).where(LedgerDocument.origin == CITY))
        said = carrying.load(session, hashes.all())
    for _time in range(3):
        junk = []
        for one in said:
            signed = strange(one.signed.payload, one.signatures[0][0], carrying.MOST_SIGNATURES)
            junk.append(Sent(signed[0], "applied", tuple(map(signature_of, signed))))
        answer(three.city, call_of(three.county, sent=junk))
    return [one.signed.payload for one in said]


def test_who_joins_later_gets_the_signatures_that_count(three, start, smeared):
    south = start(SOUTH)
    three.network.join(SOUTH, CITY)
    three.network.settle(4)
    with south.work() as session:
        outcomes = set(session.scalars(select(LedgerDocument.outcome)))
    assert outcomes == {"applied"}
    assert len(smeared) > 3


def test_of_keys_that_nobody_granted_a_bounded_number_is_kept(three, smeared):
    with three.city.work() as session:
        most = session.scalar(
            select(func.count())
            .select_from(LedgerSignature)
            .group_by(LedgerSignature.document)
            .order_by(func.count().desc())
            .limit(1)
        )
    assert MOST_STRANGERS < most <= MOST_STRANGERS + 1
    assert smeared


def test_a_stored_document_that_no_message_holds_keeps_nothing_back_but_itself(three, monkeypatch):
    parts = [signing.make_part(f"{number}.pdf", bytes(1000)) for number in range(2)]
    signed = signing.sign(
        written(three.town, N1, 7, parts=parts), key_of(three.town, N1), [part for _said, part in parts]
    )
    with three.town.work() as session:
        (receipt,) = ledger.receive(session, [signed], now=three.clock())
    large = receipt.hash
    other = say(three.town, N1, 8, revision=2)
    with monkeypatch.context() as patched:
        patched.setattr(exchange, "LARGEST", 2000)
        three.network.settle(2)
    assert other in three.county.documents()
    assert large not in three.county.documents()
    assert "larger than what a message holds" in three.town.link(NORTH).alarm
