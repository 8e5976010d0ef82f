"""The relay does what is due, once, soon, and again after a failure."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from renda.app import unit_of_work
from renda.tasks import queue
from renda.tasks.declare import TASKS, Task
from renda.tasks.models import TaskRow
from renda.tasks.owner import sole_owner
from renda.tasks.queue import Claim
from renda.tasks.relay import IDLE, Relay, start
from renda.tasks.running import run
from renda.types import Registry
from tests.core.tasks import support
from tests.core.tasks.support import ask, effects, until, waiting

START = datetime(2026, 5, 6, 1, tzinfo=UTC)
PERIODIC_ROWS = 1


@pytest.fixture
def instants() -> list[datetime]:
    """The node's clock shows the last of these."""
    return [START]


@pytest.fixture
def still(url: str, instants: list[datetime]) -> Iterator[Relay]:
    """A relay whose node's clock stands still; tests turn it by hand."""
    registry = support.make_node(url, clock=lambda: instants[-1])
    yield Relay(registry, run)
    registry.engine.dispose()


def row(relay: Relay) -> TaskRow:
    with unit_of_work(relay.registry) as session:
        return session.scalars(select(TaskRow)).one()


def test_work_begins_at_once_and_not_at_the_next_tick(node: Registry) -> None:
    stop = start(Relay(node, run))
    assert until(lambda: effects(node.engine)["hourly"] == 1)
    began = time.monotonic()
    ask(node, "core.test_effect", "a")
    assert until(lambda: effects(node.engine)["a"] == 1)
    assert time.monotonic() - began < IDLE.total_seconds() / 10
    stop()
    assert waiting(node.engine) == PERIODIC_ROWS


def test_a_task_may_ask_for_another(node: Registry) -> None:
    stop = start(Relay(node, run))
    ask(node, "core.test_chain", "a")
    assert until(lambda: effects(node.engine)["a"] == 1, IDLE.total_seconds() / 10)
    stop()


def test_the_relay_sleeps_until_the_next_task_is_due(still: Relay, instants: list[datetime]) -> None:
    assert still.turn() == IDLE
    ask(still.registry, "core.test_effect", "soon", due=START + timedelta(seconds=12))
    ask(still.registry, "core.test_effect", "later", due=START + timedelta(days=1))
    assert still.turn() == timedelta(seconds=12)
    instants.append(START + timedelta(seconds=12))
    still.turn()
    assert effects(still.registry.engine) == Counter(soon=1)
    assert still.turn() == IDLE


def test_a_failure_is_undone_kept_and_tried_again_later(still: Relay, instants: list[datetime]) -> None:
    ask(still.registry, "core.test_fails", "broken")
    still.turn()
    assert effects(still.registry.engine) == Counter()
    kept = row(still)
    assert kept.error == "ValueError: the figures do not add up"
    assert (kept.tries, kept.claimed_until) == (1, None)
    assert START <= kept.due <= START + timedelta(seconds=2)
    instants.append(kept.due)
    support.FAILING.remove("broken")
    try:
        still.turn()
    finally:
        support.FAILING.add("broken")
    assert effects(still.registry.engine) == Counter(broken=1)
    assert waiting(still.registry.engine) == 0


def test_one_failing_task_does_not_hold_up_the_others(still: Relay) -> None:
    ask(still.registry, "core.test_fails", "broken", "whole")
    still.turn()
    assert effects(still.registry.engine) == Counter(whole=1)


@given(st.integers(1, 10_000))
def test_the_wait_is_random_below_a_limit_that_doubles_up_to_ten_minutes(tries: int) -> None:
    limit = min(600, 2 ** min(tries, 20))
    assert timedelta() <= queue.wait(tries) <= timedelta(seconds=limit)


def test_rows_of_a_component_that_is_not_loaded_wait_for_it(still: Relay) -> None:
    ask(still.registry, "elsewhere.test_effect", "a")
    assert still.turn() == IDLE
    assert waiting(still.registry.engine) == 1


def test_a_periodic_task_runs_once_a_period_and_keeps_one_row(still: Relay, instants: list[datetime]) -> None:
    for _process in range(2):
        with unit_of_work(still.registry) as session:
            queue.plan(session, support_tasks(), START)
    for hour in range(3):
        instants.append(START + timedelta(hours=hour, seconds=hour))
        still.turn()
        still.turn()
    assert effects(still.registry.engine) == Counter(hourly=3)
    assert waiting(still.registry.engine) == PERIODIC_ROWS


def support_tasks() -> dict[str, Task]:
    return {name: one for name, one in TASKS.items() if name.startswith("core.test_")}


def test_what_is_claimed_is_left_alone_until_its_lease_ends(still: Relay, instants: list[datetime]) -> None:
    ask(still.registry, "core.test_effect", "a")
    crashed = Relay(still.registry, lambda _registry, _claim: None)
    crashed.turn()
    assert still.turn() == IDLE
    assert effects(still.registry.engine) == Counter()
    instants.append(START + crashed.lease)
    still.turn()
    assert effects(still.registry.engine) == Counter(a=1)


@pytest.mark.parametrize("name", ["core.test_effect", "core.test_unlocked"])
def test_a_row_that_is_handed_out_twice_has_one_effect(still: Relay, name: str) -> None:
    ask(still.registry, name, "a")
    claims: list[Claim] = []
    Relay(still.registry, lambda _registry, claim: claims.append(claim)).turn()
    for claim in claims * 2:
        run(still.registry, claim)
    assert effects(still.registry.engine) == Counter(a=1)


def test_a_stale_copy_does_not_run_a_periodic_task_before_its_time(still: Relay) -> None:
    with unit_of_work(still.registry) as session:
        queue.plan(session, support_tasks(), START)
    claims: list[Claim] = []
    Relay(still.registry, lambda _registry, claim: claims.append(claim)).turn()
    for claim in claims * 2:
        run(still.registry, claim)
    assert effects(still.registry.engine) == Counter(hourly=1)


def test_many_relays_of_one_database_share_the_work(url: str) -> None:
    nodes = [support.make_node(url) for _relay in range(3)]
    stops = [start(Relay(one, run)) for one in nodes]
    keys = [f"k{number}" for number in range(60)]
    ask(nodes[0], "core.test_effect", *keys[:30])
    ask(nodes[1], "core.test_unlocked", *keys[30:])
    assert until(lambda: len(effects(nodes[0].engine)) == 60 + PERIODIC_ROWS)
    for stop in stops:
        stop()
    assert set(effects(nodes[0].engine).values()) == {1}
    for one in nodes:
        one.engine.dispose()


def test_stopping_gives_back_what_was_claimed_and_not_begun(node: Registry) -> None:
    began = threading.Event()
    go_on = threading.Event()

    def deliver(_registry: Registry, _claim: Claim) -> None:
        began.set()
        go_on.wait(30)

    ask(node, "core.test_effect", "a", "b", "c")
    relay = Relay(node, deliver)
    stop = start(relay)
    assert began.wait(30)
    relay.stop()
    go_on.set()
    stop()
    with unit_of_work(node) as session:
        left = session.scalars(select(TaskRow.tries).where(TaskRow.claimed_until.is_(None))).all()
    assert left.count(0) >= 2


def test_what_cannot_be_handed_on_is_given_back_and_trouble_is_waited_out(node: Registry) -> None:
    def deliver(_registry: Registry, _claim: Claim) -> None:
        raise ConnectionError

    ask(node, "core.test_effect", "a")
    relay = Relay(node, deliver)
    with pytest.raises(ConnectionError):
        relay.turn()
    given_back = row(relay)
    assert (given_back.claimed_until, given_back.tries) == (None, 0)
    stop = start(relay)
    time.sleep(0.5)
    stop()
    assert waiting(node.engine) == 1 + PERIODIC_ROWS


def test_one_process_owns_a_database_and_another_may_when_it_is_gone(node: Registry, url: str) -> None:
    other = support.make_node(url)
    with sole_owner(node.engine) as first, sole_owner(other.engine) as second:
        assert (first, second) == (True, False)
    with sole_owner(other.engine) as third:
        assert third
    other.engine.dispose()


AHEAD = [timedelta(hours=1), timedelta(days=40), timedelta(days=400)]


@pytest.mark.parametrize("ahead", AHEAD)
def test_after_a_clock_that_was_ahead_is_set_right_every_task_runs_when_it_would_have(
    still: Relay, instants: list[datetime], ahead: timedelta
) -> None:
    engine = still.registry.engine
    with unit_of_work(still.registry) as session:
        queue.plan(session, TASKS, START)
    still.turn()
    instants.append(START + ahead)
    while still.turn() == timedelta():
        pass
    done = effects(engine)["hourly"]
    ask(still.registry, "core.test_fails", "fine")
    instants.append(START)
    while still.turn() == timedelta():
        pass
    assert effects(engine)["hourly"] == done
    instants.append(START + queue.LONGEST_WAIT)
    still.turn()
    assert effects(engine)["fine"] == 1
    for hours in (1, 2):
        instants.append(START + timedelta(hours=hours))
        still.turn()
        assert effects(engine)["hourly"] == done + hours


def test_what_was_claimed_while_the_clock_was_ahead_is_claimed_again_after_its_lease(
    still: Relay, instants: list[datetime]
) -> None:
    ask(still.registry, "core.test_unlocked", "a")
    instants.append(START + timedelta(days=400))
    with unit_of_work(still.registry) as session:
        queue.claim(session, ["core.test_unlocked"], "dies", instants[-1], lease=still.lease, limit=1)
    instants.append(START)
    assert still.turn() == timedelta()
    assert still.turn() == IDLE
    instants.append(START + still.lease)
    still.turn()
    assert effects(still.registry.engine) == Counter(a=1)


def test_clocks_that_differ_a_little_hurry_no_task(still: Relay, instants: list[datetime]) -> None:
    with unit_of_work(still.registry) as session:
        queue.plan(session, TASKS, START)
    still.turn()
    instants.append(START - timedelta(seconds=5))
    for _turn in range(5):
        still.turn()
    assert effects(still.registry.engine) == Counter(hourly=1)


def test_what_may_be_due_at_any_time_stays_due_then(still: Relay) -> None:
    due = START + timedelta(days=4000)
    ask(still.registry, "core.test_effect", "a", due=due)
    assert still.turn() == IDLE
    assert row(still).due == due
