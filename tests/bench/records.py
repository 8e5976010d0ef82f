"""The first page of a list of 100,000 records, beside the bare query for its rows and for how many there are.

The bare query is SQL by hand on a connection of psycopg's own, or of sqlite3's, which asks for the same rows and
for the same number. For information: the whole page as a clerk gets it, and what the rows alone would take.
"""

import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url

from renda.app import configure, unit_of_work
from renda.records.listing import ListQuery, listed
from renda.testing.plugin import node_settings
from tests.bench import city, page, script
from tests.bench.city import CITY, NOW
from tests.bench.databases import fresh
from tests.bench.figures import Figure, alternate

_ROWS = "SELECT id, state, title, kind, starts_on, place{} FROM training_class WHERE organisation = '" + CITY
_ROWS += "' ORDER BY id DESC LIMIT 50"
_TOTAL = f", (SELECT count(*) FROM training_class WHERE organisation = '{CITY}')"


def run(folder: Path, *, quick: bool) -> list[Figure]:
    """Both databases, one after the other; reads in turns."""
    records = 10_000 if quick else 100_000
    return [
        *_figures(folder, "postgresql", records, at_most=2),
        *_figures(folder, "sqlite", records, at_most=None),
    ]


def _figures(folder: Path, backend: str, records: int, *, at_most: float | None) -> list[Figure]:
    with fresh(folder, backend) as url:
        city.found(folder, url)
        config = configure(node_settings(folder, url), environment={}, clock=lambda: NOW)
        registry = config.registry
        page.fill(registry, records)
        city.analyse(registry)
        application = config.make_wsgi_app()
        cookie = page.sign_in(application)
        kind = registry.declared.record_types["training_class"]
        ask = _bare(url)
        with unit_of_work(registry, reading=True) as session:
            assert listed(session, kind, CITY, ListQuery()).total == records
            assert ask(_ROWS.format(_TOTAL))[0][-1] == records
            list_, bare, rows, whole = alternate(
                [
                    (
                        partial(listed, session, kind, CITY, ListQuery()),
                        partial(ask, _ROWS.format(_TOTAL)),
                        partial(ask, _ROWS.format("")),
                        partial(page.call, application, page.ADDRESS, cookie),
                    )
                ]
                * 50
            )
        registry.engine.dispose()
    name, beside = f"The first page of {records:,} records ({backend})", "SQL for its rows and their number"
    return [
        Figure(name, "ms", list_ * 1000, bare * 1000, at_most=at_most, beside=beside),
        Figure(
            "… with all that is around it, without a server", "ms", whole * 1000, bare * 1000, beside=beside
        ),
        Figure("… and its rows alone, in SQL", "ms", rows * 1000),
    ]


def _bare(url: str) -> Callable[[str], list[Any]]:
    """Asks a statement on a connection of the driver's own, which says its scope once and for all."""
    if url.startswith("sqlite"):
        file = sqlite3.connect(str(make_url(url).database))
        return lambda statement: file.execute(statement).fetchall()
    connection = script.connect(url)
    connection.execute("SET renda.scope = '*'")
    return lambda statement: connection.execute(statement).fetchall()  # type: ignore[arg-type]
