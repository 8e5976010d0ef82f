"""The relay: claims due rows and hands each one on, wakes when somebody rings, sleeps otherwise."""

import logging
import os
import socket
import threading
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from renda.app import unit_of_work
from renda.failpoints import reach
from renda.tasks import queue
from renda.tasks.bell import bell
from renda.tasks.declare import load
from renda.tasks.owner import sole_owner
from renda.tasks.queue import Claim
from renda.types import Registry

log = logging.getLogger(__name__)

Deliver = Callable[[Registry, Claim], None]
"""What becomes of a claimed row: it is run here, or sent to a worker."""

IDLE = timedelta(seconds=30)
"""Longest sleep: how late work is noticed that another process of the node asked for."""
BUSY = timedelta(seconds=1)
"""Pause when rows are due that others hold."""
TROUBLE = timedelta(seconds=5)
"""Pause after the database or the broker failed."""
LEASE = timedelta(minutes=15)
BATCH = 20


@dataclass
class Relay:
    """The relay of one node in this process.

    Attributes:
        deliver: what becomes of a claimed row.
        embedded: whether claimed rows are run here; then what a dead process had claimed is due again as
            soon as this one is the database's sole owner.
        lease: how long a claimed row is left alone before it counts as lost.
    """

    registry: Registry
    deliver: Deliver
    embedded: bool = True
    lease: timedelta = LEASE
    _stopping: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._tasks = load(self.registry.declared.components)
        self._names = tuple(self._tasks)
        self._bell = bell(self.registry.engine)
        self._worker = f"{socket.gethostname()}:{os.getpid()}"

    def run(self) -> None:
        """Work until `stop` is called; trouble with the database or the broker is waited out."""
        while not self._stopping.is_set():
            try:
                with sole_owner(self.registry.engine) if self.embedded else nullcontext(False) as owner:
                    self._plan(recover=owner)
                    self._rounds()
            except Exception:
                log.exception("background work is interrupted and goes on in %s", TROUBLE)
                self._stopping.wait(TROUBLE.total_seconds())

    def _rounds(self) -> None:
        while not self._stopping.is_set():
            self._bell.clear()
            pause = self.turn()
            if not self._stopping.is_set():
                self._bell.wait(pause.total_seconds())

    def _plan(self, *, recover: bool) -> None:
        now = self.registry.clock()
        with unit_of_work(self.registry) as session:
            queue.plan(session, self._tasks, now)
            if recover:
                queue.recover(session, self._names, now)

    def turn(self) -> timedelta:
        """Hand on what is due; how long to sleep then."""
        now = self.registry.clock()
        with self.registry.engine.connect().execution_options(renda_read=True) as connection:
            due = queue.next_due(connection, self._names)
            idle = due is None or due > now
            strays = idle and queue.has_strays(connection, self._tasks.values(), now, self.lease)
        if strays:
            self._bring_back(now)
            return timedelta()
        if due is None or due > now:
            return IDLE if due is None else min(IDLE, due - now)
        with unit_of_work(self.registry) as session:
            claims = queue.claim(session, self._names, self._worker, now, lease=self.lease, limit=BATCH)
        if not claims:
            return BUSY
        reach("tasks.claimed")
        self._hand_on(claims)
        return timedelta()

    def _bring_back(self, now: datetime) -> None:
        """The clock was ahead for a while and was set right."""
        log.warning("tasks were due later than they can be: the clock was set back")
        with unit_of_work(self.registry) as session:
            queue.bring_back(session, self._tasks.values(), now, self.lease)

    def turn_if_rung(self) -> None:
        """Hand on what was asked for in this process, where `run` is not running."""
        if self._bell.is_set():
            self._bell.clear()
            self.turn()

    def _hand_on(self, claims: list[Claim]) -> None:
        left = list(claims)
        try:
            while left and not self._stopping.is_set():
                self.deliver(self.registry, left[0])
                left.pop(0)
        finally:
            if left:
                with unit_of_work(self.registry) as session:
                    queue.give_back(session, left, self.registry.clock())

    def stop(self) -> None:
        """Let `run` return after the task that it is at."""
        self._stopping.set()
        self._bell.set()


def start(relay: Relay) -> Callable[[], None]:
    """Run a relay in a thread of this process; the answer stops it and waits for its present task."""
    thread = threading.Thread(target=relay.run, name="relay", daemon=True)
    thread.start()

    def stop() -> None:
        relay.stop()
        thread.join()

    return stop
