"""Running the demonstration's nodes, each in a process of its own, and seeing that they answer."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

from renda.errors import RendaError
from renda.i18n import _
from renda_tiers.demo.chain import Chain
from renda_tiers.links.transports import http

PATIENCE = 60.0
"""Seconds until a process that was started has to answer, and until one that was stopped has to end."""
PAUSE = 0.1
"""Seconds between two looks."""

Process = subprocess.Popen[bytes]


class NotServed(RendaError):
    """A process ended, or does not answer."""

    message = _("A node of the demonstration does not answer. Look at what it printed above.")


@contextmanager
def served(configs: Mapping[str, Path], *, workers: bool = False) -> Iterator[list[Process]]:
    """Nodes, by address, in processes of their own until the end of the block; with Celery workers, too.

    Raises:
        NotServed: one ends at once, or does not answer.
    """
    processes: list[Process] = []
    try:
        processes.extend(_start("serve", path) for path in configs.values())
        if workers:
            processes.extend(_start("worker", path, "--concurrency", "1") for path in configs.values())
        _wait(list(configs), processes)
        yield processes
    finally:
        _stop(processes)


def _start(command: str, config: Path, *options: str) -> Process:
    # What the environment says of databases and secrets is for other nodes than these.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("RENDA_")}
    program = [sys.executable, "-m", "renda", command, str(config), *options]
    return subprocess.Popen(program, env=environment)  # noqa: S603 - this very program


def _stop(processes: Sequence[Process]) -> None:
    """End them all, at once and by their own hand; those that do not are killed."""
    for one in processes:
        one.terminate()
    until = time.monotonic() + PATIENCE
    for one in processes:
        try:
            one.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            one.kill()
            one.wait()


def _wait(addresses: Sequence[str], processes: Sequence[Process]) -> None:
    until = time.monotonic() + PATIENCE
    for address in addresses:
        while not _answers(address):
            if time.monotonic() > until or any(one.poll() is not None for one in processes):
                raise NotServed
            time.sleep(PAUSE)


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}healthz", timeout=2, trust_env=False).is_success
    except httpx.HTTPError:
        return False


def over_http(chain: Chain) -> None:
    """Let the nodes' own processes carry everything: knock at each, so that it calls the one above."""
    for registry in chain.nodes.values():
        # One that is asked too often calls soon anyway.
        with suppress(http.Rejected):
            http.post(registry.values["tiers.address"], http.POKE, b"")
    time.sleep(PAUSE)


def watch(processes: Sequence[Process]) -> None:
    """Return once a process has ended."""
    while all(one.poll() is None for one in processes):
        time.sleep(PAUSE)
