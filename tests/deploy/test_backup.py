"""`deploy/backup.sh` keeps data and secrets apart, forgets only what is old, and what it made can be restored."""

import os
import stat
import subprocess
import sys

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from renda.app import load_node, unit_of_work
from renda.commands import restore
from renda.security.models import Account
from renda_tiers.commands.initialise import init
from tests.deploy.files import DEPLOY
from tests.tiers.commands.conftest import write_ini


@pytest.fixture
def node(tmp_path, database_url):
    """The ini file of a county's node."""
    settings = {
        "renda.profile": "county",
        "renda.database_url": database_url,
        "renda.secret_file": tmp_path / "renda.secret",
        "renda.key_file": tmp_path / "renda.key",
    }
    config = write_ini(tmp_path / "node.ini", settings)
    assert CliRunner().invoke(init, [config, "--org", "371723"], catch_exceptions=False).exit_code == 0
    return config


@pytest.fixture
def script(tmp_path):
    """Runs the script with some of its environment changed."""
    renda = tmp_path / "renda"
    renda.write_text(f'#!/bin/sh\nexec {sys.executable} -c "from renda.cli import main; main()" "$@"\n')
    renda.chmod(0o755)

    def run(config, **more):
        environment = {
            **os.environ,
            "RENDA": str(renda),
            "RENDA_SECRET_FILE": str(tmp_path / "renda.secret"),
            "RENDA_KEY_FILE": str(tmp_path / "renda.key"),
            "RENDA_BACKUP_DIR": str(tmp_path / "backups"),
            "RENDA_BACKUP_KEYS": str(tmp_path / "keys"),
            **more,
        }
        command = ["sh", str(DEPLOY / "backup.sh"), str(config)]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    return run


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_data_and_secrets_are_safe_and_apart_and_the_data_can_be_restored(node, script, tmp_path):
    done = script(node)
    assert done.returncode == 0, done.stderr
    (backup,) = (tmp_path / "backups").iterdir()
    assert [name.rpartition(".")[0] for name in names(tmp_path / "keys")] == ["renda.key", "renda.secret"]
    for path in (backup, *(tmp_path / "keys").iterdir()):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    registry = load_node(node)
    with unit_of_work(registry) as session:
        session.connection().exec_driver_sql("DELETE FROM core_grant")
        session.connection().exec_driver_sql("DELETE FROM core_account")
    arguments = [str(node), str(backup), "--replace"]
    assert CliRunner().invoke(restore, arguments, catch_exceptions=False).exit_code == 0
    with unit_of_work(registry) as session:
        assert session.scalar(select(func.count()).select_from(Account)) == 1
    registry.engine.dispose()


def fake(tmp_path, body):
    path = tmp_path / "fake"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def old(tmp_path):
    """Five backups of other days, and secrets."""
    (tmp_path / "backups").mkdir()
    for day in range(1, 6):
        (tmp_path / f"backups/renda-2026010{day}T000000Z.backup").write_text("old")
    for name in ("renda.secret", "renda.key"):
        (tmp_path / name).write_text(name)
    return tmp_path / "backups"


def test_only_as_many_stay_as_are_wanted_the_newest(script, old, tmp_path):
    writes = fake(tmp_path, 'echo new > "$3"')
    assert script("node.ini", RENDA=writes, RENDA_BACKUP_KEEP="3").returncode == 0
    left = names(old)
    assert left[:2] == ["renda-20260104T000000Z.backup", "renda-20260105T000000Z.backup"]
    assert len(left) == 3


@pytest.mark.parametrize("body", ["exit 1", "true", ': > "$3"'])
def test_where_the_backup_fails_nothing_is_forgotten(script, old, tmp_path, body):
    assert script("node.ini", RENDA=fake(tmp_path, body), RENDA_BACKUP_KEEP="1").returncode != 0
    assert {f"renda-2026010{day}T000000Z.backup" for day in range(1, 6)} <= set(names(old))


def test_a_secret_is_copied_once_and_again_when_it_is_another_one(script, old, tmp_path):
    writes = fake(tmp_path, 'echo new > "$3"')
    for _time in range(2):
        assert script("node.ini", RENDA=writes).returncode == 0
    assert len(names(tmp_path / "keys")) == 2
    (tmp_path / "keys" / names(tmp_path / "keys")[0]).rename(tmp_path / "keys/renda.key.20260101T000000Z")
    (tmp_path / "renda.key").write_text("another")
    assert script("node.ini", RENDA=writes).returncode == 0
    contents = [path.read_text() for path in (tmp_path / "keys").glob("renda.key.*")]
    assert sorted(contents) == ["another", "renda.key"]


@pytest.mark.parametrize(
    ("data", "keys"), [("backups", "backups"), ("backups", "backups/keys"), ("keys/data", "keys")]
)
def test_secrets_beside_the_data_are_refused(script, old, tmp_path, data, keys):
    done = script(
        "node.ini",
        RENDA=fake(tmp_path, 'echo new > "$3"'),
        RENDA_BACKUP_DIR=str(tmp_path / data),
        RENDA_BACKUP_KEYS=str(tmp_path / keys),
    )
    assert done.returncode == 1
    assert "apart" in done.stderr


@pytest.mark.parametrize("name", ["RENDA_KEY_FILE", "RENDA_BACKUP_KEYS", "RENDA_BACKUP_DIR"])
def test_what_is_not_said_is_asked_for(script, old, name):
    done = script("node.ini", **{name: ""})
    assert done.returncode == 1
    assert name in done.stderr


@pytest.mark.parametrize("keep", ["0", "-1", "many"])
def test_to_keep_none_is_refused(script, old, keep):
    assert script("node.ini", RENDA_BACKUP_KEEP=keep).returncode == 1
    assert len(names(old)) == 5
