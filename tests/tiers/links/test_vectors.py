"""The join of the protocol's test vectors is what a node says, and what it takes."""

import json

import pytest
from sqlalchemy import insert, select

from renda.security import vault
from renda_tiers.documents import issuing
from renda_tiers.documents.models import Anchor, LedgerDocument, SigningKey, ThisNode
from renda_tiers.links import entering, joining, keys, sealing
from renda_tiers.links.joining import Code
from tests.docs.conversation import ADDRESS
from tests.docs.said import CITY, COUNTY, private
from tests.docs.vectors import PATH
from tests.tiers.chain import CAO

VECTOR = json.loads(PATH.read_text(encoding="utf-8"))["join"]
CODE = Code.read(VECTOR["code"])


@pytest.fixture
def county_of_the_vectors(start):
    """An empty node with the key of the vectors."""
    node, key = start(COUNTY), private(COUNTY)
    with node.work() as session:
        sealed = vault.seal(key, vault.sealing_secret(session), COUNTY)
        row = {"public": keys.public_of(key), "organisation": COUNTY, "sealed": sealed}
        session.execute(insert(SigningKey), [{**row, "created_at": node.clock()}])
    return node


def test_the_request_is_what_a_node_with_this_code_and_key_sends(county_of_the_vectors):
    node = county_of_the_vectors
    with node.work() as session:
        request = entering.ask(session, CODE, COUNTY, address=ADDRESS, now=node.clock())
    assert request.decode() == VECTOR["request"]


def test_the_answer_makes_it_the_child_of_the_city(county_of_the_vectors):
    node = county_of_the_vectors
    with node.work() as session:
        entering.enter(session, CODE, COUNTY, "https://city/", VECTOR["answer"].encode(), now=node.clock())
        assert session.scalars(select(Anchor.organisation)).all() == [CITY]
        assert session.scalar(select(ThisNode.recovering))
        assert set(session.scalars(select(LedgerDocument.outcome))) == {"applied"}
        assert keys.speaks(session, COUNTY, keys.public_of(private(COUNTY)))
        assert vault.chain_key(session).hex() == VECTOR["chain_key"]
        assert issuing.hosted(session) == {COUNTY}


def test_the_answer_has_the_members_that_a_parent_gives(network, start, city):
    """Two joins differ in what they say, not in its form."""
    node = start(CAO)
    with city.work() as session:
        code = joining.invite(session, CAO, now=city.clock())
    with node.work() as session:
        request = entering.ask(session, code, CAO, address="", now=node.clock())
    with city.work() as session:
        answer = joining.accept(session, request, now=city.clock())
    given, _key, _hash = sealing.unseal(joining.JOIN_TYPE, answer)
    said, _key, _hash = sealing.unseal(joining.JOIN_TYPE, VECTOR["answer"].encode())
    assert given.keys() == said.keys()
    assert {type(value) for value in given.values()} == {type(value) for value in said.values()}
    assert network.calls == 0
