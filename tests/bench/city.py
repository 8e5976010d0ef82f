"""A node that hosts 菏泽市, its counties and townships, and signed reports that wait to be received."""

import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from renda.app import configure, unit_of_work, upgrade
from renda.database import new_id
from renda.declarations import meaning_of
from renda.directory import divisions, service
from renda.testing.plugin import node_settings
from renda.types import Registry
from renda_tiers import founding
from renda_tiers.documents import issuing, signing
from renda_tiers.documents.envelope import Signed, encode
from renda_tiers.documents.issuing import Statement

CITY = "371700"
TEMPLATE = "bench"
CELLS = 200
INDICATOR = "B001"
"""One of the template's figures."""
BATCH = 50
"""Documents of one transaction."""
NOW = datetime(2026, 5, 6, 1, tzinfo=UTC)
PERIODS = [f"{year}-b{part}" for year in range(2016, 2026) for part in range(1, 7)]


@dataclass(frozen=True)
class City:
    """A node of the city.

    Attributes:
        townships: codes of those hosted there, county by county.
        keys: private keys, by code.
        definition: hash of the template's document.
    """

    registry: Registry
    townships: list[str]
    keys: Mapping[str, bytes]
    definition: bytes


def build(folder: Path, url: str) -> None:
    """Run the migrations on an empty database."""
    registry: Registry = configure(node_settings(folder, url), environment={}).registry
    upgrade(registry)
    registry.engine.dispose()


def found(folder: Path, url: str) -> City:
    """Found the city on a migrated database and publish a template of 200 additive figures."""
    registry: Registry = configure(node_settings(folder, url), environment={}).registry
    since = date(2015, 1, 1)
    with unit_of_work(registry) as session:
        codes = service.place(session, divisions.bodies(divisions.shipped(), CITY), since)
        service.use_defaults(session, registry.profiles, codes, since)
        founding.found(session, CITY, now=NOW)
        founding.declare(session, codes, now=NOW)
        definition = issuing.issue(session, [_template()], now=NOW)[0]
    analyse(registry)
    return hosted(registry, definition)


def hosted(registry: Registry, definition: bytes) -> City:
    """What a node speaks for: of one that has joined the city's, its own bodies."""
    with unit_of_work(registry) as session:
        keys = issuing.private_keys(session, issuing.hosted(session))
    return City(registry, sorted(code for code in keys if len(code) > len(CITY)), keys, definition)


def analyse(registry: Registry) -> None:
    """What autovacuum does for a database that is in use: tell the planner how large the tables are."""
    with registry.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def _template() -> Statement:
    lines: list[dict[str, Any]] = []
    for number in range(CELLS):
        line: dict[str, Any] = {
            "unit": "person",
            "kind": "stock" if number % 10 == 0 else "sum",
            "basis": "increment",
            "numerator": "",
            "denominator": "",
            "scale": 1,
        }
        code = f"B{number:03}"
        meaning = meaning_of(code=code, definition=code, **line)
        words = {"en": code}
        lines.append({"indicator": code, "titles": words, "texts": words, "meaning": meaning, **line})
    body = {
        "code": TEMPLATE,
        "titles": {"en": TEMPLATE},
        "module": "",
        "period": "bimonth",
        "tiers": ["township"],
        "due_days": 5,
        "lock_days": 10,
        "lines": lines,
    }
    return Statement("definition", CITY, f"definition:{TEMPLATE}", body, frozenset("*"))


def report(
    city: City, township: str, period: str, seed: int, *, revision: int = 1, previous: bytes | None = None
) -> Signed:
    """A signed report of 200 cells: one in twenty nil, one in fifty "about"."""
    chance = random.Random(seed)
    cells = [
        [f"B{number:03}", "", "nil", 0, "="]
        if number % 20 == seed % 20
        else [f"B{number:03}", "", "reported", chance.randrange(1, 1000), "~" if number % 50 == 7 else "="]
        for number in range(CELLS)
    ]
    payload = encode(
        id=new_id(),
        kind="report",
        schema=1,
        origin=township,
        audience={CITY, township[:6], township},
        subject=f"report:{township}:{TEMPLATE}:{period}",
        revision=revision,
        previous=previous,
        issued=NOW,
        body={
            "template": TEMPLATE,
            "period": period,
            "definition": city.definition.hex(),
            "reason": "",
            "cells": cells,
            "explanations": [],
        },
    )
    return signing.sign(payload, city.keys[township])


def period_of_reports(city: City, period: str) -> list[Signed]:
    """What all townships report for a period, in the order of their codes."""
    return [report(city, code, period, seed) for seed, code in enumerate(city.townships)]


def batches(signed: list[Signed]) -> Iterator[list[Signed]]:
    """The documents of one transaction each."""
    return (signed[start : start + BATCH] for start in range(0, len(signed), BATCH))


def cells(signed: Signed) -> list[list[Any]]:
    """The cells of a report."""
    found: list[list[Any]] = json.loads(signed.payload)["body"]["cells"]
    return found
