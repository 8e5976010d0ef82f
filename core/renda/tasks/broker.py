"""Background work through RabbitMQ or Redis.

The broker is the bell and nothing more: a message names one row, and a worker that finds the row gone, held
or waiting does nothing. So a message that is lost, forged or delivered twice changes no result.
"""

import logging
import os
import uuid
from collections.abc import Callable
from functools import cache
from typing import Any

from celery import Celery
from celery.signals import worker_ready, worker_shutting_down

from renda import collector
from renda.app import unit_of_work
from renda.tasks import queue
from renda.tasks.relay import Deliver, Relay, start
from renda.tasks.running import run
from renda.types import Registry

RUN = "renda.run"
"""The one Celery task: run the row with this id."""

SOFT_LIMIT = 540
HARD_LIMIT = 600
VISIBILITY = 3600
"""Seconds: a task is ended before its lease ends, and long before Redis would deliver it again."""

HARDENING = {
    "accept_content": ["json"],
    "task_serializer": "json",
    "result_backend": None,
    "task_ignore_result": True,
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "task_soft_time_limit": SOFT_LIMIT,
    "task_time_limit": HARD_LIMIT,
    "task_publish_retry": False,
    "worker_prefetch_multiplier": 1,
    "worker_max_tasks_per_child": 1000,
    "worker_enable_remote_control": False,
    "worker_send_task_events": False,
    "worker_hijack_root_logger": False,
    "worker_redirect_stdouts": False,
    "broker_connection_timeout": 4,
    "broker_connection_retry_on_startup": True,
}
"""What every node's Celery is told; see `docs/` of Celery for each key."""

TRANSPORT = {
    "redis": {"visibility_timeout": VISIBILITY, "socket_connect_timeout": 4, "max_retries": 1},
    "amqp": {"confirm_publish": True, "max_retries": 1},
}
"""Options by the first word of the broker's address; a publisher gives up at once, the row waits."""


def make_celery(registry: Registry) -> Celery:
    """A hardened Celery application on the node's broker and queue."""
    url = registry.values["broker_url"]
    app = Celery("renda", broker=url, set_as_current=False, fixups=[])
    app.conf.update(
        HARDENING,
        task_default_queue=registry.values["queue"],
        broker_transport_options=TRANSPORT["redis" if url.startswith("redis") else "amqp"],
    )
    return app


def sender(registry: Registry) -> Deliver:
    """What sends a claimed row's id to the workers; raises where the broker does not take it."""
    app = make_celery(registry)

    def send(_registry: Registry, claimed: queue.Claim) -> None:
        app.send_task(RUN, args=[str(claimed.id)], task_id=str(claimed.id))

    return send


class WorkerLostError(Exception):
    """The worker that had taken this row died, or was stopped before it began."""


def run_row(registry: Registry, key: str, *, again: bool = False) -> None:
    """Run the claimed row with this id, if there is one.

    Args:
        registry: the node.
        key: id of the row.
        again: whether the broker delivers the message once more. Then the row waits for its next try, which
            the relay sends: a task that kills its worker must not do so without a pause.
    """
    with registry.engine.connect().execution_options(renda_read=True) as connection:
        claimed = queue.find(connection, uuid.UUID(key))
    if claimed is None:
        return
    if not again:
        run(registry, claimed)
        return
    with unit_of_work(registry) as session:
        queue.fail(session, claimed, WorkerLostError(), registry.clock())


def work(open_node: Callable[[], Registry], concurrency: int | None = None) -> None:
    """Be a Celery worker until SIGTERM; its relay sends what falls due and what nobody else has sent.

    Args:
        open_node: opens the node; every process of the pool opens it for itself, since neither database
            connections nor locks survive a fork.
        concurrency: processes of the pool; by default one for each processor.
    """
    registry = open_node()
    app = make_celery(registry)

    @cache
    def opened(_pid: int) -> Relay:
        own = open_node()
        collector.spare()
        return Relay(own, sender(own), embedded=False)

    @app.task(name=RUN, bind=True)
    def renda_run(self: Any, key: str) -> None:
        relay = opened(os.getpid())
        run_row(relay.registry, key, again=bool(self.request.delivery_info.get("redelivered")))
        relay.turn_if_rung()

    stops: list[Callable[[], None]] = []

    def begin(**_signal: object) -> None:
        stops.append(start(Relay(registry, sender(registry), embedded=False)))

    def end(**_signal: object) -> None:
        while stops:
            stops.pop()()

    worker_ready.connect(begin, weak=False)
    worker_shutting_down.connect(end, weak=False)
    logging.getLogger(__name__).info("worker of queue %s", registry.values["queue"])
    app.Worker(
        pool="prefork",
        concurrency=concurrency or os.cpu_count(),
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        quiet=True,
        loglevel="WARNING",
    ).start()
