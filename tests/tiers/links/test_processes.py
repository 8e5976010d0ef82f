"""A county's node in production: two web processes and two workers on one database and one broker."""

import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from renda.clock import system_clock
from renda.tasks import broker
from renda.testing.plugin import node_settings
from renda.testing.servers import answers
from renda_tiers.documents.models import ThisNode
from renda_tiers.links import entering, joining
from renda_tiers.links.transports import http
from tests.core.tasks.support import make_node, until
from tests.core.tasks.test_broker import broker_url  # noqa: F401 - a fixture
from tests.core.tasks.test_serving import free_port
from tests.tiers import chain
from tests.tiers.chain import CAO, CITY, TOWN
from tests.tiers.links.network import Node, found_city
from tests.tiers.links.test_exchange import totals

ROOT = Path(__file__).parents[3]
RENDA = (sys.executable, "-c", "from renda.cli import main; main()")
Run = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def run() -> Iterator[Run]:
    """Starts commands of renda; ends what still runs after the test."""
    started: list[subprocess.Popen[bytes]] = []

    def begin(*arguments: object) -> "subprocess.Popen[bytes]":
        started.append(subprocess.Popen([*RENDA, *map(str, arguments)], cwd=ROOT))
        return started[-1]

    yield begin
    for process in started:
        process.terminate()
    for process in started:
        with process:
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()


@pytest.fixture
def install(databases: Any, tmp_path: Path, clock: Any) -> Iterator[Callable[..., tuple[Node, Path]]]:
    """Writes a node's ini file and gives it with the node; people work there in May, processes live today."""
    made: list[tuple[Node, str]] = []

    def write(code: str, **more: str) -> tuple[Node, Path]:
        folder, url = tmp_path / code, databases.fresh()
        folder.mkdir()
        lines = node_settings(folder, url, **more)
        lines["renda.profile"] = "city" if code == CITY else "county"
        body = "\n".join(f"{key} = {str(value).replace('%', '%%')}" for key, value in lines.items())
        config = folder / "node.ini"
        config.write_text(f"[app:main]\nuse = egg:renda\n{body}\n", encoding="utf-8")
        made.append((Node(folder, url, code, clock), url))
        return made[-1][0], config

    yield write
    for node, url in made:
        node.close()
        databases.drop(url)


@pytest.fixture
def queue(broker_url: str) -> Iterator[str]:  # noqa: F811
    """A queue of this test's own."""
    name = f"renda-test-{uuid.uuid4().hex}"
    yield name
    registry = make_node("sqlite://", broker_url, name)
    with broker.make_celery(registry).connection_for_write() as connection:
        channel: Any = connection.default_channel
        channel.queue_delete(name)


def is_open(node: Node) -> bool:
    with node.work() as session:
        return not session.get(ThisNode, node.code).recovering


def test_many_processes_call_the_parent_without_getting_in_one_another_s_way(
    run: Run,
    install: Callable[..., tuple[Node, Path]],
    broker_url: str,  # noqa: F811
    queue: str,
) -> None:
    ports = [free_port() for _number in range(3)]
    addresses = [f"http://127.0.0.1:{port}/" for port in ports]
    city, config = install(CITY)
    found_city(city)
    run("serve", config, "--listen", f"127.0.0.1:{ports[0]}")
    county, config = install(
        CAO,
        **{
            "renda.broker_url": broker_url,
            "renda.queue": queue,
            "renda.tiers.address": addresses[1],
        },
    )
    assert until(lambda: answers("127.0.0.1", ports[0]))
    with city.work() as session:
        code = joining.invite(session, CAO, now=system_clock())
    entering.join(county.registry, CAO, addresses[0], code)
    for port in ports[1:]:
        run("serve", config, "--listen", f"127.0.0.1:{port}")
    for _number in range(2):
        run("worker", config, "--concurrency", 2)
    assert until(lambda: all(answers("127.0.0.1", port) for port in ports), 60)

    def knock() -> None:
        for _time in range(5):
            for address in addresses[1:]:
                assert httpx.post(address + http.POKE).status_code == 204

    knock()
    assert until(lambda: is_open(county), 60)
    threads = [threading.Thread(target=knock) for _number in range(3)]
    for thread in threads:
        thread.start()
    sent = set()
    for number in range(4):
        with county.work() as session:
            chain.training(session, TOWN, now=county.clock(), title=f"第{number}期")
            more = {"reason": "补报"} if number else {}
            sent.add(chain.submit(session, TOWN, now=county.clock(), **more))
        knock()
    for thread in threads:
        thread.join(60)
    assert until(lambda: sent <= city.documents("report"), 60)
    assert totals(city, CITY)["T01"] == 4
    assert until(lambda: county.link(CITY).level, 60)
    assert is_open(county)
    assert city.link(CAO).alarm == ""
