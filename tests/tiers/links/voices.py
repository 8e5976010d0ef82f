"""What somebody says on a node of `three`, honestly or not, and what the others then show."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from renda.app import unit_of_work
from renda.testing.plugin import VirtualClock
from renda_tiers.documents import issuing, ledger, signing
from renda_tiers.documents.envelope import Signed, decode
from renda_tiers.documents.models import LedgerDocument
from renda_tiers.documents.payload import digest
from renda_tiers.links import answering, exchange, messages
from renda_tiers.links.messages import Message, Sent
from renda_tiers.links.models import Link
from renda_tiers.links.node import signing_key
from renda_tiers.reports.models import Standing
from tests.tiers.links.network import Network, Node
from tests.tiers.simulation.world import CITY, NORTH, World

PERIOD = "2026-b2"
_V7 = 7 << 76 | 2 << 62


@dataclass(frozen=True)
class Three:
    """City, county and town on their own nodes, level with one another."""

    city: Node
    county: Node
    town: Node
    network: Network
    clock: VirtualClock


def definition(node: Node) -> bytes:
    with node.work() as session:
        return session.scalars(select(LedgerDocument.hash).where(LedgerDocument.kind == "definition")).one()


def written(node: Node, origin: str, value: int, **more: Any) -> bytes:
    """The payload of a report, signed by nobody yet."""
    world = World()
    audience = more.pop("audience", (CITY, NORTH, origin))
    body = {
        "template": "sim",
        "period": PERIOD,
        "definition": definition(node).hex(),
        "reason": "",
        "cells": [["SUM", "", "reported", value, "="]],
        "explanations": [],
    }
    world.say("report", origin, f"report:{origin}:sim:{PERIOD}", body, audience=audience, **more)
    payload = world.said[-1].document.payload
    # Every world counts from its beginning, and an honest body gives no two documents one id.
    return with_id(payload, uuid.UUID(int=_V7 | int.from_bytes(digest(payload)[:6]) << 80))


def with_id(payload: bytes, id_: uuid.UUID) -> bytes:
    """The payload of another document, which differs by its id."""
    start = payload.index(b'"id":"') + len(b'"id":"')
    return payload[:start] + str(id_).encode() + payload[start + 36 :]


def key_of(node: Node, code: str) -> bytes:
    with node.work() as session:
        return issuing.private_keys(session, {code})[code]


def say(node: Node, origin: str, value: int, revision: int = 1, **more: Any) -> bytes:
    """An honest report, received where it is written."""
    signed = signing.sign(written(node, origin, value, revision=revision, **more), key_of(node, origin))
    with node.work() as session:
        (receipt,) = ledger.receive(session, [signed], now=node.clock())
    assert receipt.outcome == "applied", receipt
    return receipt.hash


def call_of(node: Node, *more: Signed, sent: Sequence[Sent] = (), **other: Any) -> bytes:
    """The bytes of a node's next call to its parent, with more documents in it."""
    with node.work() as session:
        link = session.scalars(select(Link).where(Link.role == "parent")).one()
        message = exchange.compose(session, link, now=node.clock(), token=link.token)
        documents = [*message.documents, *sent, *(Sent(one, "applied", ()) for one in more)]
        documents = [
            replace(one, signatures=one.signatures or (signature_of(one.signed),)) for one in documents
        ]
        return messages.encode(replace(message, documents=documents, **other), signing_key(session))


def signature_of(signed: Signed) -> tuple[bytes, str, bytes]:
    return (signed.key, signed.algorithm, signed.signature)


def answer(node: Node, call: bytes) -> Message:
    with unit_of_work(node.registry) as session:
        return messages.decode(answering.answer(session, call, now=node.clock())).message


def verdict(node: Node, signed: Signed) -> str | None:
    with node.work() as session:
        return session.scalar(
            select(LedgerDocument.outcome).where(LedgerDocument.hash == digest(signed.payload))
        )


def value_at(node: Node, code: str) -> int | None:
    """The figure that stands for a body at a node."""
    with node.work() as session:
        payload = session.scalar(
            select(LedgerDocument.payload)
            .join(Standing, Standing.report == LedgerDocument.hash)
            .where(Standing.organisation == code, Standing.standing == "latest")
        )
    return decode(payload).body["cells"][0][3] if payload else None


def everything(node: Node) -> Any:
    """All that documents have changed at a node."""
    with node.work() as session:
        return ledger.projections(session)
