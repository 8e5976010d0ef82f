"""What fails while documents get their effect: an outage stops the batch, anything else parks one document."""

import sqlite3
from dataclasses import replace

import psycopg
import pytest
from psycopg.errors import (
    AdminShutdown,
    CharacterNotInRepertoire,
    ConnectionException,
    DeadlockDetected,
    DiskFull,
    LockNotAvailable,
    NumericValueOutOfRange,
    OutOfMemory,
    ProgramLimitExceeded,
    SerializationFailure,
    StatementTooComplex,
)
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from renda.declarations import DocumentKind
from renda_tiers.documents.envelope import Outcome
from tests.tiers.documents.receipts import CELLS, SPRING, outcomes, reason
from tests.tiers.simulation.node import Node
from tests.tiers.simulation.world import N1, S1, World


@pytest.mark.parametrize(
    "error",
    [
        ConnectionException("gone"),
        DeadlockDetected("waits for another"),
        SerializationFailure("could not serialize"),
        DiskFull("no space"),
        OutOfMemory("no memory"),
        LockNotAvailable("taken"),
        AdminShutdown("terminating"),
        psycopg.OperationalError("the connection is lost"),
        sqlite3.OperationalError("database or disk is full"),
        MemoryError(),
    ],
)
def test_an_outage_is_no_fault_of_the_document_and_stops_the_batch(
    node: Node, world: World, error: Exception
):
    with_probe(node, apply=raising(error))
    world.say("probe", N1, "probe:1", {"bad": True})
    with pytest.raises((OperationalError, MemoryError)):
        node.receive(world.said)


@pytest.mark.parametrize(
    "error",
    [
        ProgramLimitExceeded("index row size 16048 exceeds btree version 4 maximum 2704"),
        StatementTooComplex("stack depth limit exceeded"),
        NumericValueOutOfRange("bigint out of range"),
        CharacterNotInRepertoire("invalid byte sequence"),
    ],
)
def test_a_statement_that_the_database_cannot_do_parks_that_document_alone(
    node: Node, world: World, error: Exception
):
    with_probe(node, apply=raising(error))
    for number in range(5):
        world.say("probe", N1, f"probe:{number}", {"bad": number == 2})
    receipts = node.receive(world.said)[-5:]
    assert [one.outcome == Outcome.APPLIED for one in receipts] == [True, True, False, True, True]
    assert receipts[2].outcome == Outcome.PARKED
    assert reason(receipts[2])


def test_what_is_too_long_for_the_database_itself_parks_that_document_alone(node: Node, world: World):
    huge = {"postgresql": "SELECT repeat('x', 2000000000)", "sqlite": "SELECT zeroblob(2000000000)"}

    def apply(session, documents) -> None:
        if any(one.body["bad"] for one in documents):
            session.execute(text(huge[session.connection().dialect.name]))

    with_probe(node, apply=apply)
    for number in range(3):
        world.say("probe", N1, f"probe:{number}", {"bad": number == 1})
    expected = [Outcome.APPLIED, Outcome.PARKED, Outcome.APPLIED]
    assert outcomes(node.receive(world.said)[-3:]) == expected


def raising(error: Exception):
    """An effect that fails on bad documents as the database's driver would tell it."""

    def apply(_session, documents) -> None:
        if any(one.body["bad"] for one in documents):
            if isinstance(error, MemoryError):
                raise error
            raise OperationalError("INSERT", {}, error)

    return apply


def with_probe(node: Node, **hooks) -> None:
    kind = DocumentKind("probe", 1, **{"check": lambda _body: None, **hooks})
    node.registry.declared = replace(
        node.declared, document_kinds={**node.declared.document_kinds, "probe": kind}
    )


def test_a_control_document_whose_effect_fails_parks_alone(node: Node, world: World):
    def apply(session, documents) -> None:
        if any(one.body["organisation"] == S1 for one in documents):
            raise ZeroDivisionError
        known.apply(session, documents)

    known = node.declared.document_kinds["organisation"]
    kinds = {**node.declared.document_kinds, "organisation": replace(known, apply=apply)}
    node.registry.declared = replace(node.declared, document_kinds=kinds)
    good = world.report(N1, SPRING, world.define(), CELLS)
    receipts = {one.hash: one for one in node.receive(world.said)}
    assert receipts[good.hash].outcome == Outcome.APPLIED
    failed = [one for one in receipts.values() if one.outcome != Outcome.APPLIED]
    assert [one.outcome for one in failed] == [Outcome.PARKED]
    assert "ZeroDivisionError" in reason(failed[0])
