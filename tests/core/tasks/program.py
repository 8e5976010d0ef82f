"""What tests start as a process of its own, to kill it: `python -m tests.core.tasks.program ACTION URL …`."""

import signal
import sys
from collections.abc import Callable

from renda.tasks.relay import Relay, start
from renda.tasks.running import run
from tests.core.tasks.support import ask, make_node


def ask_once(url: str, *keys: str) -> None:
    """Ask for tasks and end; nobody runs them here."""
    ask(make_node(url), "core.test_effect", *keys)


def relay(url: str) -> None:
    """Relay until SIGTERM."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    stop = start(Relay(make_node(url), run))
    signal.sigwait({signal.SIGTERM})
    stop()


def load(url: str, prefix: str) -> None:
    """Ask for tasks without end, one transaction each, print each key once it is committed, and relay."""
    node = make_node(url)
    start(Relay(node, run))
    number = 0
    while True:
        key = f"{prefix}-{number}"
        ask(node, "core.test_effect", key)
        print(key, flush=True)
        number += 1


def worker(url: str, broker_url: str, queue: str) -> None:
    """Be a Celery worker."""
    from renda.tasks import broker

    broker.work(lambda: make_node(url, broker_url, queue), concurrency=2)


ACTIONS: dict[str, Callable[..., None]] = {
    "ask": ask_once,
    "relay": relay,
    "load": load,
    "worker": worker,
}

if __name__ == "__main__":
    ACTIONS[sys.argv[1]](*sys.argv[2:])
