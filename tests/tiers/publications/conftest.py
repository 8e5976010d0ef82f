"""A node of the simulation that speaks for the city and a county, and so can publish for them."""

from collections.abc import Sequence

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from renda.security import vault
from renda_tiers.documents.envelope import Part, Signed
from renda_tiers.documents.models import LedgerDocument, LedgerPart, LedgerSignature, SigningKey
from tests.tiers.simulation.conftest import receiver
from tests.tiers.simulation.node import Node
from tests.tiers.simulation.world import CITY, N1, NORTH, NOW, World, private_key, public_key

__all__ = ["receiver"]

PUBLISHERS = (CITY, NORTH, N1)


@pytest.fixture
def world() -> World:
    return World().found()


@pytest.fixture
def node(receiver: Node) -> Node:
    return speaking(receiver.reset())


def speaking(node: Node) -> Node:
    """The node holds the keys of those who publish."""
    with node.work() as session:
        secret = vault.sealing_secret(session)
        rows = [
            {
                "public": public_key(code),
                "organisation": code,
                "sealed": vault.seal(private_key(code), secret, code),
                "created_at": NOW,
            }
            for code in PUBLISHERS
        ]
        session.execute(insert(SigningKey), rows)
    return node


def stored(session: Session, kind: str) -> Sequence[Signed]:
    """Documents of a kind as they could travel on."""
    rows = session.execute(
        select(LedgerDocument.hash, LedgerDocument.payload, LedgerSignature)
        .join(LedgerSignature, LedgerSignature.document == LedgerDocument.hash)
        .where(LedgerDocument.kind == kind)
        .order_by(LedgerDocument.hash)
    )
    found = []
    for row in rows:
        parts = session.scalars(select(LedgerPart).where(LedgerPart.document == row.hash))
        one = row.LedgerSignature
        held = tuple(Part(part.name, part.salt, part.content) for part in parts)
        found.append(Signed(row.payload, one.signature, one.key, one.algorithm, held))
    return found
