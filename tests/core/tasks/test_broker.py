"""Through RabbitMQ or Redis: the broker wakes workers, the rows decide what happens."""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from kombu import Connection
from sqlalchemy import select

from renda.app import unit_of_work
from renda.tasks import broker
from renda.tasks.models import TaskRow
from renda.tasks.relay import Relay, start
from renda.tasks.running import run
from renda.testing.servers import answers
from renda.types import Registry
from tests.core.tasks import support
from tests.core.tasks.support import ask, effects, until, waiting

ROOT = Path(__file__).parents[3]
BROKERS = {
    "RabbitMQ": (5672, "amqp://guest:guest@127.0.0.1:5672//"),
    "Redis": (6379, "redis://127.0.0.1:6379/0"),
}
LEASE = timedelta(seconds=4)
PERIODIC_ROWS = 1
StartWorker = Callable[[], "subprocess.Popen[bytes]"]


@pytest.fixture(params=[pytest.param(name, marks=pytest.mark.broker) for name in BROKERS])
def broker_url(request: pytest.FixtureRequest) -> str:
    """A broker that runs on this machine; one that listens must work where CI is true."""
    port, url = BROKERS[request.param]
    if not answers("127.0.0.1", port):
        pytest.skip(f"no {request.param} listens at 127.0.0.1:{port}")
    try:
        with Connection(url, connect_timeout=4) as connection:
            connection.ensure_connection(max_retries=1, timeout=10)
    except Exception as error:  # noqa: BLE001 - whatever a client library raises
        reason = f"{request.param} listens at 127.0.0.1:{port} and refuses: {error!r}"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    return url


@pytest.fixture
def brokered(url: str, broker_url: str) -> Iterator[Registry]:
    """A node that sends its work through a broker, on a queue of its own."""
    registry = support.make_node(url, broker_url, f"renda-test-{uuid.uuid4().hex}")
    yield registry
    with broker.make_celery(registry).connection_for_write() as connection:
        channel: Any = connection.default_channel
        channel.queue_delete(registry.values["queue"])
    registry.engine.dispose()


@pytest.fixture
def start_worker(brokered: Registry, url: str) -> Iterator[StartWorker]:
    """Starts a Celery worker with two processes; ends what still runs after the test."""
    started: list[subprocess.Popen[bytes]] = []

    def begin() -> subprocess.Popen[bytes]:
        values = brokered.values
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.core.tasks.program",
                "worker",
                url,
                values["broker_url"],
                values["queue"],
            ],
            cwd=ROOT,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        with process:
            kill(process)


def kill(process: "subprocess.Popen[bytes]") -> None:
    """Kill -9 a worker with all its processes."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)


@contextmanager
def relaying(registry: Registry) -> Iterator[None]:
    stop = start(Relay(registry, broker.sender(registry), embedded=False, lease=LEASE))
    try:
        yield
    finally:
        stop()


def test_workers_do_what_was_committed_once(brokered: Registry, start_worker: StartWorker) -> None:
    worker = start_worker()
    with relaying(brokered):
        keys = [f"k{number}" for number in range(30)]
        ask(brokered, "core.test_effect", *keys)
        ask(brokered, "core.test_unlocked", "unlocked")
        ask(brokered, "core.test_chain", "asked for by a task")
        assert until(lambda: len(effects(brokered.engine)) == 33)
        assert until(lambda: waiting(brokered.engine) == PERIODIC_ROWS)
    assert set(effects(brokered.engine).values()) == {1}
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(30) == 0


def test_a_worker_that_is_killed_in_the_middle_loses_and_repeats_nothing(
    brokered: Registry, start_worker: StartWorker
) -> None:
    first = start_worker()
    with relaying(brokered):
        assert until(lambda: effects(brokered.engine)["hourly"] == 1)
        ask(brokered, "core.test_slow", "a", "b", "c")
        time.sleep(1)
        kill(first)
        assert effects(brokered.engine)["a"] == 0
        start_worker()
        assert until(lambda: waiting(brokered.engine) == PERIODIC_ROWS, 60)
    assert {key: effects(brokered.engine)[key] for key in "abc"} == {"a": 1, "b": 1, "c": 1}


def test_a_forged_or_repeated_message_does_nothing(brokered: Registry, start_worker: StartWorker) -> None:
    app = broker.make_celery(brokered)
    start_worker()
    with relaying(brokered):
        ask(brokered, "core.test_effect", "a")
        assert until(lambda: effects(brokered.engine)["a"] == 1)
        with unit_of_work(brokered) as session:
            periodic = session.scalars(select(TaskRow.id).where(TaskRow.name == "core.test_hourly")).one()
        for key in (uuid.uuid4(), periodic, "no id at all"):
            app.send_task(broker.RUN, args=[str(key)])
        ask(brokered, "core.test_effect", "b")
        assert until(lambda: effects(brokered.engine)["b"] == 1)
    assert effects(brokered.engine) == {"a": 1, "b": 1, "hourly": 1}


@pytest.mark.parametrize("url_of_nobody", ["amqp://guest:guest@127.0.0.1:1//", "redis://127.0.0.1:1/0"])
def test_a_broker_that_is_away_is_noticed_soon_and_the_work_waits(url: str, url_of_nobody: str) -> None:
    node = support.make_node(url, url_of_nobody)
    relay = Relay(node, broker.sender(node), embedded=False)
    ask(node, "core.test_effect", "a")
    began = time.monotonic()
    with pytest.raises(Exception, match=r"refused|retry"):
        relay.turn()
    assert time.monotonic() - began < 10
    Relay(node, run).turn()
    assert effects(node.engine) == {"a": 1}
    node.engine.dispose()


def test_a_message_that_comes_again_makes_its_row_wait(node: Registry) -> None:
    ask(node, "core.test_effect", "a")
    Relay(node, lambda _registry, claim: broker.run_row(node, str(claim.id), again=True)).turn()
    assert effects(node.engine) == {}
    with unit_of_work(node) as session:
        row = session.scalars(select(TaskRow)).one()
    assert row.error.startswith("WorkerLostError")
    assert row.claimed_until is None


def test_celery_takes_json_only_acknowledges_late_and_has_no_remote_control(url: str) -> None:
    node = support.make_node(url, "redis://127.0.0.1:6379/0", "mine")
    conf = broker.make_celery(node).conf
    assert list(conf.accept_content) == ["json"]
    assert conf.task_default_queue == "mine"
    assert (conf.task_acks_late, conf.task_reject_on_worker_lost) == (True, True)
    assert (conf.worker_prefetch_multiplier, conf.worker_enable_remote_control) == (1, False)
    assert conf.task_ignore_result
    limits = (conf.task_soft_time_limit, conf.task_time_limit, Relay(node, run).lease.total_seconds())
    assert list(limits) == sorted(limits)
    assert limits[-1] < conf.broker_transport_options["visibility_timeout"]
    node.engine.dispose()
