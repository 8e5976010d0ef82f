"""Over a real socket: a county is made with two commands, and goes on when the other end has been away."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from renda.clock import system_clock
from renda.directory import service
from renda.testing.plugin import node_settings
from renda_tiers import founding
from renda_tiers.commands import chain as chain_commands
from renda_tiers.commands.initialise import init
from renda_tiers.commands.node import node as node_commands
from renda_tiers.links import joining
from renda_tiers.links.transports import http
from renda_tiers.reports import templates
from tests.browser.chromium import served
from tests.tiers import chain
from tests.tiers.chain import CAO, CITY


@pytest.fixture
def city(work, registry, app) -> Any:
    """The city's node, which keeps 曹县 apart."""
    del app
    with work() as session:
        codes = service.place(session, chain.bodies(), chain.SINCE)
        service.use_defaults(session, registry.profiles, codes, chain.SINCE)
        founding.found(session, CITY, now=chain.FOUNDED)
        founding.declare(session, codes, now=chain.FOUNDED, apart=[CAO])
        templates.publish(session, CITY, chain.TRAINING, now=chain.FOUNDED)
    return registry


@pytest.fixture
def address(assembled, city) -> Iterator[str]:
    del city
    with served(assembled.make_wsgi_app()) as found:
        yield f"{found}/"


@pytest.fixture
def config(tmp_path, databases, database_backend) -> Iterator[Any]:
    """The ini file of a county's node that does not exist yet."""
    del database_backend
    url = databases.fresh()
    lines = {**node_settings(tmp_path, url), "renda.profile": "county"}
    file = tmp_path / "county.ini"
    body = "\n".join(f"{key} = {str(value).replace('%', '%%')}" for key, value in lines.items())
    file.write_text(f"[app:main]\nuse = egg:renda\n{body}\n", encoding="utf-8")
    yield file
    databases.drop(url)


def run(command: Any, *arguments: object) -> Any:
    done = CliRunner().invoke(command, [str(one) for one in arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.output)


@pytest.fixture
def now(clock, registry) -> None:
    """The city's clock stands where the command's own clock is."""
    del clock
    registry.clock = system_clock


@pytest.mark.usefixtures("now")
def test_two_commands_make_a_county_that_is_level_with_its_city(work, address, config):
    with work() as session:
        code = str(joining.invite(session, CAO, now=system_clock()))
    made = run(init, config, "--org", CAO, "--above", address, "--code", code, "--json")
    assert made["organisation"] == CAO
    assert made["bodies"] == 3
    state = run(node_commands, "status", config, "--json")
    assert not state["recovering"]
    assert [(link["peer"], link["state"], link["waiting"]) for link in state["links"]] == [(CITY, "level", 0)]
    assert run(chain_commands, "sync", config, "--json") == {"level": True}


@pytest.mark.usefixtures("now")
def test_a_wrong_or_used_code_is_refused_and_leaves_nothing(address, config):
    refused = CliRunner().invoke(
        init, [str(config), "--org", CAO, "--above", address, "--code", "AAAAA-" * 7 + "AAAAA"]
    )
    assert type(refused.exception) is http.Rejected


def test_what_is_no_message_gets_a_refusal_and_no_trace(address):
    for path in (http.EXCHANGE, http.JOIN):
        for body in (b"", b"{}", b"\xff" * 100, b"[" * 100_000):
            answer = httpx.post(address + path, content=body, headers={"Content-Type": http.CONTENT_TYPE})
            assert 400 <= answer.status_code < 500, answer.text
    bomb = httpx.post(
        address + http.EXCHANGE, content=b"\x1f\x8b nonsense", headers={"Content-Encoding": "gzip"}
    )
    assert 400 <= bomb.status_code < 600


def test_get_is_not_answered(address):
    assert httpx.get(address + http.EXCHANGE).status_code in {404, 405}
