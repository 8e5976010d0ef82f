import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import cast

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from renda.app import load_node, unit_of_work, upgrade
from renda.commands import org
from renda.directory.models import Edge, ModuleUse, Organisation
from renda.errors import Conflict, Invalid, Misconfigured
from renda.security import accounts, grants
from renda.security.models import Account
from renda_tiers.commands import initialise
from renda_tiers.commands.initialise import init
from renda_tiers.documents.models import LedgerDocument, SigningKey
from renda_tiers.reports import definitions
from tests.tiers.commands.conftest import write_ini

COUNTY = "371723"
MODULES = 4
"""Modules that a profile has its bodies use from the first day on."""


@pytest.fixture
def files(tmp_path):
    return tmp_path / "keys" / "renda.secret", tmp_path / "keys" / "renda.key"


@pytest.fixture
def config(tmp_path, database_url, files):
    """A county's node that has nothing but its ini file."""
    settings = {
        "renda.profile": "county",
        "renda.database_url": database_url,
        "renda.secret_file": files[0],
        "renda.key_file": files[1],
        "renda.secure_cookies": "false",
    }
    return write_ini(tmp_path / "county.ini", settings)


@pytest.fixture
def look(config):
    """Runs a function on a session of the node."""

    registry = load_node(config)

    def ask(question):
        with unit_of_work(registry) as session:
            return question(session)

    yield ask
    registry.engine.dispose()


def count(model):
    return lambda session: session.scalar(select(func.count()).select_from(model))


def test_one_command_makes_a_node(renda, config, look, files, today):
    done = renda(init, config, "--org", COUNTY)
    since = today.replace(month=1, day=1)
    assert {name: done[name] for name in ("organisation", "bodies", "since", "login")} == {
        "organisation": COUNTY, "bodies": look(count(Organisation)), "since": since.isoformat(), "login": "admin",
    }  # fmt: skip
    assert done["bodies"] == look(count(SigningKey))
    assert set(look(lambda session: session.scalars(select(Edge.valid_from).distinct()).all())) == {since}
    assert look(count(ModuleUse)) == MODULES * done["bodies"]
    offered = ["liaison-month", "liaison-quarter", "suggestions-year", "training-bimonth"]
    assert sorted(look(definitions.codes)) == sorted(done["templates"]) == offered
    for path in files:
        assert len(path.read_bytes().strip()) == 64
        assert path.stat().st_mode & 0o777 == 0o600 or os.name == "nt"
    assert files[0].read_bytes() != files[1].read_bytes()


def test_the_administrator_signs_in_with_the_code(renda, config, look):
    code = renda(init, config, "--org", COUNTY, "--login", "Zhang")["code"]

    def check(session):
        account = accounts.find_account(session, "zhang")
        roles = grants.roles_at(session, account.id, COUNTY, datetime(2099, 1, 1, tzinfo=UTC))
        return account.code == accounts.code_hash(code), account.password, roles

    assert look(check) == (True, None, {"admin"})


def test_to_repeat_it_adds_nothing_but_a_new_code(renda, config, look, files):
    first = renda(init, config, "--org", COUNTY)
    counted = [look(count(model)) for model in (Organisation, LedgerDocument, SigningKey, Account, ModuleUse)]
    written = [path.read_bytes() for path in files]
    second = renda(init, config, "--org", COUNTY)
    assert second.pop("code") != first.pop("code")
    assert second == first
    assert counted == [
        look(count(model)) for model in (Organisation, LedgerDocument, SigningKey, Account, ModuleUse)
    ]
    assert written == [path.read_bytes() for path in files]

    def choose(session):
        account = accounts.find_account(session, "admin")
        accounts.set_password(
            session, account, "correct horse battery", now=datetime(2026, 1, 1, tzinfo=UTC), actor=None
        )

    look(choose)
    assert "code" not in renda(init, config, "--org", COUNTY)


@pytest.mark.parametrize("where", ["_write_secrets", "_found", "_administrator"])
def test_after_a_crash_the_same_command_does_what_is_left(renda, config, look, monkeypatch, where):
    real = getattr(initialise, where)

    def crash(*said, **named):
        real(*said, **named)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(initialise, where, crash)
        result = CliRunner().invoke(init, [config, "--org", COUNTY])
        assert result.exit_code != 0
    assert look(count(Organisation)) == 0
    done = renda(init, config, "--org", COUNTY)
    assert look(count(SigningKey)) == done["bodies"]
    assert done["code"]


def test_the_tree_may_begin_earlier(renda, config, look):
    renda(init, config, "--org", COUNTY, "--since", "2022-01-01")
    found = look(lambda session: session.scalars(select(Edge.valid_from).distinct()).all())
    assert found == [date(2022, 1, 1)]


def test_another_tier_and_another_root_are_refused(renda, config, look):
    with pytest.raises(Conflict):
        renda(init, config, "--org", "371700")
    with pytest.raises(Invalid):
        renda(init, config, "--org", "999999")
    renda(init, config, "--org", COUNTY)
    with pytest.raises(Conflict):
        renda(init, config, "--org", "371724")


@pytest.mark.parametrize("lost", [0, 1])
def test_a_lost_file_of_secrets_is_never_made_anew(renda, config, files, lost):
    renda(init, config, "--org", COUNTY)
    cast("Path", files[lost]).unlink()
    with pytest.raises(Misconfigured) as refused:
        renda(init, config, "--org", COUNTY)
    assert "backup" in refused.value.message
    assert not files[lost].exists()


def test_people_read_sentences(config):
    result = CliRunner().invoke(init, [config, "--org", COUNTY], catch_exceptions=False)
    assert "成武县人大" in result.output
    assert "/first-sign-in" in result.output


def test_bodies_may_be_imported_before_and_after(renda, config, look, files):
    del files
    registry = load_node(config)
    upgrade(registry)
    registry.engine.dispose()
    renda(org.commands["import"], config, "--under", "371723")
    made = renda(init, config, "--org", COUNTY)
    assert look(count(ModuleUse)) == MODULES * made["bodies"]
    assert look(count(SigningKey)) == made["bodies"]


def test_a_body_that_joins_later_can_speak_at_once(renda, config, look, tmp_path):
    made = renda(init, config, "--org", COUNTY)
    file = tmp_path / "more.csv"
    file.write_text(
        f"code,name,tier,parent\n{COUNTY},成武县,county,\n{COUNTY}199,新设镇,township,{COUNTY}\n",
        encoding="utf-8",
    )
    assert renda(org.commands["import"], config, str(file))["added"] == 1
    assert look(count(SigningKey)) == made["bodies"] + 1
    assert look(lambda session: session.get(Organisation, f"{COUNTY}199").kind) == "town"
