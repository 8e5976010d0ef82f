"""Receiving signed reports of 200 cells until the city's totals are right, and keeping them."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import psycopg
from sqlalchemy import func, select

from renda.app import unit_of_work
from renda.directory.models import Edge
from renda_tiers.documents import ledger
from renda_tiers.documents.envelope import Outcome, Signed
from renda_tiers.rollup.models import RollupCell
from tests.bench import city, script
from tests.bench.city import CELLS, CITY, NOW, PERIODS, City
from tests.bench.databases import fresh
from tests.bench.figures import Figure, alternate, seconds


def run(folder: Path, *, quick: bool) -> list[Figure]:
    """Reports of whole periods, 50 to a transaction, ours and the script's in turns."""
    periods = PERIODS[: 6 if quick else 24]
    with fresh(folder, "postgresql") as url:
        ours, theirs = measure(city.found(folder, url), script.connect(url), periods)
    with fresh(folder, "sqlite") as url:
        embedded = alone(city.found(folder, url), periods[:4])
    return [
        Figure(
            "Signed reports received, city's totals right (PostgreSQL)",
            "cells/s",
            ours,
            theirs,
            at_least=0.3,
            beside="a hand-written psycopg script",
        ),
        Figure("The same on SQLite", "cells/s", embedded),
    ]


def measure(
    node: City, connection: psycopg.Connection[object], periods: Sequence[str]
) -> tuple[float, float]:
    """Cells per second of ours and of the script."""
    script.install(connection)
    parents = tree(node)
    warm, *timed = (city.period_of_reports(node, period) for period in periods)
    take(node, warm)
    script_takes(connection, parents, warm)
    city.analyse(node.registry)
    cells = CELLS * len(warm)
    times = alternate(
        (partial(take, node, signed), partial(script_takes, connection, parents, signed)) for signed in timed
    )
    for period, signed in zip(periods, [warm, *timed], strict=True):
        check(node, connection, period, signed)
    return cells / times[0], cells / times[1]


def alone(node: City, periods: Sequence[str]) -> float:
    """Cells per second of ours."""
    prepared = [city.period_of_reports(node, period) for period in periods]
    taken = sorted(seconds(partial(take, node, signed)) for signed in prepared)
    return CELLS * len(prepared[0]) / taken[len(taken) // 2]


def tree(node: City) -> dict[str, str]:
    """The parent of every organisation but the root."""
    with unit_of_work(node.registry) as session:
        return {row.child: row.parent for row in session.execute(select(Edge.child, Edge.parent))}


def take(node: City, signed: list[Signed]) -> None:
    """Receive documents, 50 to a transaction."""
    for batch in city.batches(signed):
        with unit_of_work(node.registry) as session:
            receipts = ledger.receive(session, batch, now=NOW)
        assert all(one.outcome is Outcome.APPLIED for one in receipts), receipts


def script_takes(
    connection: psycopg.Connection[object], parents: Mapping[str, str], signed: list[Signed]
) -> None:
    """The same by the script."""
    for batch in city.batches(signed):
        script.receive(connection, parents, batch)


def check(node: City, connection: psycopg.Connection[object], period: str, signed: list[Signed]) -> None:
    """Both must have come to the right totals, or their times mean nothing."""
    expected = sum(cell[3] for one in signed for cell in city.cells(one))
    statement = select(func.sum(RollupCell.value)).where(
        RollupCell.organisation == CITY, RollupCell.period == period, RollupCell.standing == "latest"
    )
    with unit_of_work(node.registry) as session:
        assert session.scalar(statement) == expected
    row = connection.execute(
        "SELECT sum(value) FROM script.rollup WHERE organisation = %s AND period = %s", (CITY, period)
    ).fetchone()
    assert row == (expected,)
