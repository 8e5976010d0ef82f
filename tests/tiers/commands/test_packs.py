"""`renda pack …` along the chain: sent up, published to all below, required of them, and its report filled."""

import pytest

from renda.commands import plugin
from renda.errors import Forbidden
from renda.packs.commands import pack
from renda_tiers.commands.reports import report
from tests.core.packs import files
from tests.core.packs.files import NAME
from tests.tiers import chain
from tests.tiers.chain import CAO, CITY, SHAN, TOWN


@pytest.fixture
def node(work, config):
    with work() as session:
        chain.found(session)
    return config


@pytest.fixture
def run(renda, node):
    """`run("send", CAO, NAME)` runs a command for an organisation."""

    def call(command, organisation, *what):
        return renda(pack, command, node, *what, "--org", organisation)

    return call


@pytest.fixture
def published(run, tmp_path):
    path = tmp_path / "走访日.toml"
    path.write_text(files.FILE, encoding="utf-8")
    run("install", CAO, str(path))
    run("send", CAO, NAME)
    run("publish", CITY, NAME)


def test_who_is_below_has_it_from_the_city_and_decides(run, published):
    held = run("list", SHAN)["packs"][NAME]
    assert (held["from"], held["enabled"]) == (CITY, False)
    run("enable", SHAN, NAME)
    assert run("list", SHAN)["packs"][NAME]["enabled"]
    assert not run("list", TOWN)["packs"][NAME]["enabled"]


def test_a_superior_may_require_it_like_any_module(renda, node, run, published):
    why = ("--org", CITY, "--reason", "统一部署", "--tier", "county")
    assert renda(plugin, "require", node, NAME, *why)["begin"] == 2
    assert renda(plugin, "list", node, "--org", SHAN)["modules"][NAME]["state"] == "required"


def test_its_report_stands_in_the_list_of_whoever_enabled_it(renda, node, run, published):
    def listed():
        return {one["template"] for one in renda(report, "list", node, "--org", SHAN)["reports"]}

    assert NAME not in listed()
    run("enable", SHAN, NAME)
    assert NAME in listed()


def test_who_did_not_make_it_cannot_send_it(run, published):
    with pytest.raises(Forbidden):
        run("send", SHAN, NAME)
