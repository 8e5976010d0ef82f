"""`renda demo` ends by serving what it made, and serves it again the next time without making it anew."""

import os
import signal
import socket
import subprocess
import sys
import time
import unicodedata
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest

from renda.app import upgrade
from renda.clock import system_clock
from renda.directory import divisions
from renda_tiers.demo import nodes, plan
from renda_tiers.demo.nodes import Servers

pytestmark = pytest.mark.network


@contextmanager
def free_ports(count: int) -> Iterator[int]:
    """The first of some ports in a row that nobody listens at."""
    for first in range(20_000, 60_000, 100):
        try:
            with ExitStack() as open_:
                for port in range(first, first + count):
                    open_.enter_context(socket.socket()).bind(("127.0.0.1", port))
        except OSError:
            continue
        yield first
        return


def test_a_finished_demonstration_is_served_at_once_and_ends_as_a_whole(tmp_path):
    with free_ports(len(nodes.ORDER)) as port:
        servers = Servers(tmp_path, range(port, port + len(nodes.ORDER)))
        for place in plan.PLACES:
            nodes.prepare(servers, place)
            registry = nodes.open_(servers, place, system_clock)
            upgrade(registry)
            registry.engine.dispose()
        (tmp_path / nodes.DONE).write_text("abcd-efgh-ijkl", encoding="ascii")
        command = [sys.executable, "-m", "renda", "demo", "--dir", str(tmp_path), "--port", str(port)]
        output = tmp_path / "output"
        with output.open("w", encoding="utf-8") as said:
            running = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT, env={**os.environ})
            try:
                pages = [answer(f"{servers.address(place)}sign-in", running) for place in plan.PLACES]
                until(lambda: "Ctrl+C" in output.read_text(encoding="utf-8"))
            finally:
                running.send_signal(signal.SIGTERM)
                running.wait(timeout=30)
    assert all("演示数据" in page for page in pages)
    shown = output.read_text(encoding="utf-8")
    assert "abcd-efgh-ijkl" in shown
    assert_listed(shown, servers)
    assert f"plugin disable {servers.config(plan.PLACES[0])} training --org {plan.CITY}" in shown
    for place in plan.PLACES:
        with pytest.raises(urllib.error.URLError):
            urllib.request.urlopen(f"{servers.address(place)}healthz", timeout=5)


def assert_listed(shown: str, servers: Servers) -> None:
    """Every node stands there with its accounts, their place and what to try, one under the other."""
    bodies = divisions.bodies(divisions.shipped(), plan.CITY)
    names = {one.code: one.name for one in bodies}
    starts = set()
    for place in plan.PLACES:
        assert f"{names[place.code]}  {servers.address(place)}" in shown
    for login, name, organisation, _role, what in plan.ACCOUNTS:
        (line,) = [line for line in shown.splitlines() if line.startswith(f"  {login} ")]
        before, place, after = line.rpartition(f" {names[organisation]} ")
        assert name in before
        assert after.strip() == what
        starts.add((columns(before + " "), columns(before + place + after.removesuffix(what))))
    assert len(starts) == 1
    assert "admin" in {role for _login, _name, _organisation, role, _what in plan.ACCOUNTS}


def until(holds: Callable[[], bool]) -> None:
    for _try in range(240):
        if holds():
            return
        time.sleep(0.25)
    raise AssertionError


def columns(text: str) -> int:
    """How wide a terminal shows a text."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def answer(address: str, running: subprocess.Popen) -> str:
    """The page, once the server is up."""
    for _try in range(240):
        assert running.poll() is None, "the demonstration ended"
        try:
            with urllib.request.urlopen(address, timeout=5) as response:
                return response.read().decode()
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.25)
    raise AssertionError(address)
