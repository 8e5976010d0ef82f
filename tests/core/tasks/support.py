"""A node with nothing but tasks, and tasks whose effects can be counted."""

import json
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Column, Engine, Integer, MetaData, Table, Text, func, insert, select
from sqlalchemy.orm import Session

from renda.app import unit_of_work
from renda.clock import Clock, system_clock
from renda.database import make_engine
from renda.plugins import Component, Declared
from renda.tasks import enqueue, periodic, task
from renda.tasks.models import TaskRow
from renda.tasks.queue import Claim
from renda.tasks.running import run
from renda.types import Registry

EFFECTS = Table(
    "test_effect", MetaData(), Column("id", Integer, primary_key=True), Column("key", Text, nullable=False)
)
"""One row for each time that a task had its effect."""


def make_node(url: str, broker_url: str = "", queue: str = "renda", clock: Clock = system_clock) -> Registry:
    registry = Registry("renda")
    registry.engine = make_engine(url)
    registry.clock = clock
    registry.values = {"broker_url": broker_url, "queue": queue}
    registry.declared = registry.plugins = Declared(
        (Component("core", "renda"),), {}, {}, {}, {}, {}, {}, {}, (), (), {}, {}
    )
    return registry


def ask(registry: Registry, name: str, *keys: str, due: datetime | None = None) -> None:
    with unit_of_work(registry) as session:
        for key in keys:
            enqueue(session, name, key, now=registry.clock(), due=due)


def effects(engine: Engine) -> Counter[str]:
    with engine.connect() as connection:
        return Counter(connection.scalars(select(EFFECTS.c.key)))


def waiting(engine: Engine) -> int:
    with engine.connect() as connection:
        of_tests = TaskRow.name.not_like("core.%") | TaskRow.name.like("core.test_%")
        return connection.scalar(select(func.count()).select_from(TaskRow).where(of_tests)) or 0


def run_tasks(registry: Registry, name: str) -> None:
    """Run what waits under a name, whenever it is due."""
    with unit_of_work(registry) as session:
        rows = session.scalars(select(TaskRow).where(TaskRow.name == name)).all()
        for row in rows:
            row.claimed_until = row.due
        claims = [Claim(row.id, row.name, json.loads(row.args), 1) for row in rows]
    for claim in claims:
        run(registry, claim)


def until(condition: Callable[[], bool], seconds: float = 30) -> bool:
    """Whether a condition becomes true within so many seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


@task("core.test_effect", longest=None)
def count(_registry: Registry, session: Session, _now: datetime, key: str) -> None:
    session.execute(insert(EFFECTS), {"key": key})


@task("core.test_unlocked", locked=False)
def count_unlocked(_registry: Registry, session: Session, _now: datetime, key: str) -> None:
    session.execute(insert(EFFECTS), {"key": key})


@task("core.test_slow")
def count_slowly(_registry: Registry, session: Session, _now: datetime, key: str) -> None:
    session.execute(insert(EFFECTS), {"key": key})
    time.sleep(2)


@task("core.test_chain")
def ask_for_more(_registry: Registry, session: Session, now: datetime, key: str) -> None:
    enqueue(session, "core.test_effect", key, now=now)


FAILING = {"broken"}
"""Keys whose task fails, for as long as they stand here."""


@task("core.test_fails")
def fail_while_listed(_registry: Registry, session: Session, _now: datetime, key: str) -> None:
    session.execute(insert(EFFECTS), {"key": key})
    if key in FAILING:
        raise ValueError("the figures do not add up")


@task("elsewhere.test_effect")
def of_another_component(_registry: Registry, session: Session, _now: datetime, key: str) -> None:
    session.execute(insert(EFFECTS), {"key": key})


@periodic("core.test_hourly", seconds=3600)
def hourly(_registry: Registry, session: Session, _now: datetime) -> None:
    session.execute(insert(EFFECTS), {"key": "hourly"})
