"""`renda plugin …` with what bodies above say of modules."""

from datetime import timedelta

import pytest
from click.testing import CliRunner

from renda.commands import plugin
from renda.declarations import Module
from renda.directory import modules
from renda.directory.modules import OwnModules
from renda.errors import Conflict, Forbidden, Invalid
from tests.tiers import chain
from tests.tiers.chain import CITY, TOWN


@pytest.fixture
def node(work, config):
    with work() as session:
        chain.found(session)
    return config


@pytest.fixture
def say(renda, node):
    def call(command, *more, org=CITY, module="training"):
        return renda(plugin, command, node, module, "--org", org, "--reason", "统一部署", *more)

    return call


@pytest.fixture
def listed(renda, node):
    return lambda organisation=TOWN: renda(plugin, "list", node, "--org", organisation)["modules"]


def test_a_superior_forbids_requires_and_takes_back(renda, say, node, listed):
    done = say("forbid", "--tier", "township")
    assert (done["end"], done["begin"], done["cannot"]) == (3, 0, 0)
    shown = listed()["training"]
    assert (shown["state"], shown["enabled"], shown["by"], shown["reason"]) == (
        "forbidden", False, CITY, "统一部署",
    )  # fmt: skip
    with pytest.raises(Invalid):
        renda(plugin, "enable", node, "training", "--org", TOWN)
    assert say("require")["begin"] == 3
    assert listed()["training"]["state"] == "required"
    with pytest.raises(Conflict):
        renda(plugin, "disable", node, "training", "--org", TOWN)
    say("release")
    assert "rule" not in listed()["training"]
    assert renda(plugin, "disable", node, "training", "--org", TOWN)["done"] == "disable"
    assert listed()["training"]["state"] == "available"


def test_a_module_that_is_required_and_not_installed_is_named(say, listed):
    assert say("require", module="votes")["cannot"] == 5
    assert listed()["votes"] == {
        "title": "votes", "enabled": False, "state": "absent",
        "rule": "require", "by": CITY, "reason": "统一部署",
    }  # fmt: skip
    assert "votes" not in listed(CITY)


def test_a_later_day_and_what_is_refused(say, today, listed):
    say("forbid", "--since", (today + timedelta(days=9)).isoformat())
    assert listed()["training"]["state"] == "enabled"
    with pytest.raises(Invalid):
        say("forbid", "--since", (today - timedelta(days=9)).isoformat())
    with pytest.raises(Forbidden):
        say("forbid", org=TOWN)
    with pytest.raises(Conflict):
        say("release", module="votes")


def test_without_an_organisation_the_installed_modules_are_listed(renda, node):
    modules = renda(plugin, "list", node)["modules"]
    assert set(modules) == {"core", "tiers", "training", "suggestions", "liaison"}
    assert not any(one["enabled"] for one in modules.values())


def test_of_a_broken_module_it_is_said_what_it_lacks(node, renda, monkeypatch):
    installed = {"core": Module("core"), "walls": Module("Walls"), "roof": Module("Roof", needs=("walls",))}
    own = OwnModules(frozenset({"roof"}), {}, installed, ("walls", "roof"), ())
    monkeypatch.setattr(modules, "read", lambda *_asked: own)
    said = renda(plugin, "list", node, "--org", TOWN)["modules"]
    assert (said["roof"]["state"], said["roof"]["lacking"]) == ("broken", ["walls"])
    assert "lacking" not in said["walls"]
    plain = CliRunner().invoke(plugin, ["list", node, "--org", TOWN]).output
    assert "- roof\troof\tbroken\t它依赖walls，而本单位未使用。" in plain
