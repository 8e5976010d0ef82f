"""`renda doctor` finds what is wrong with a live node and its machine, says what to do, and changes nothing."""

import json
import shutil
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from sqlalchemy import MetaData, create_engine, inspect, select, text

from renda.app import Node, load_node, unit_of_work
from renda.clock import system_clock
from renda.commands import backup
from renda.examining import machine
from renda.examining.command import doctor
from renda.security import audit
from renda.tasks.models import TaskRow
from renda_tiers.commands.initialise import init
from tests.tiers.commands.conftest import write_ini

COUNTY = "371723"

pytestmark = pytest.mark.usefixtures("durable")


@pytest.fixture
def config(tmp_path, database_url):
    """A county's node as `renda init` leaves it."""
    settings = {
        "renda.profile": "county",
        "renda.database_url": database_url,
        "renda.secret_file": tmp_path / "renda.secret",
        "renda.key_file": tmp_path / "renda.key",
    }
    path = write_ini(tmp_path / "county.ini", settings)
    Path(path).chmod(0o600)
    assert CliRunner().invoke(init, [path, "--org", COUNTY], catch_exceptions=False).exit_code == 0
    return Path(path)


@pytest.fixture
def work(config):
    """Units of work on that node."""
    registry = load_node(config)
    yield lambda: unit_of_work(registry)
    registry.engine.dispose()


def examined(config, *arguments):
    """Exit code, and each check's state and what is wrong with it."""
    result = CliRunner().invoke(doctor, [str(config), "--json", *arguments], catch_exceptions=False)
    said = json.loads(result.stdout)
    assert said["sound"] == (result.exit_code == 0)
    return result.exit_code, {one["check"]: (one["state"], one["wrong"]) for one in said["findings"]}


def failed(config):
    code, found = examined(config)
    assert code == 1
    return {name: wrong for name, (state, wrong) in found.items() if state == "fail"}


def rows(work):
    """Every row of every table."""
    with work() as session:
        connection = session.connection()
        tables = MetaData()
        tables.reflect(connection)
        return {
            table.name: sorted(map(repr, connection.execute(select(table)))) for table in tables.sorted_tables
        }


def test_a_node_that_was_just_made_is_sound(config):
    code, found = examined(config)
    assert {name: said for name, said in found.items() if said[0] != "ok"} == {}
    assert code == 0
    assert len(found) >= 20


def test_what_reads_all_data_can_be_left_out(config):
    code, found = examined(config, "--quick")
    assert code == 0
    assert found["core.references"] == ("left out", [])
    assert found["core.tasks"] == ("ok", [])


def test_people_get_a_line_for_each_check_in_chinese_and_what_to_do(config):
    key = config.with_name("renda.key")
    key.chmod(0o644)
    result = CliRunner().invoke(doctor, [str(config)])
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    number = lines.index("FAIL 密钥文件齐全、仅属主可读、互不相同")
    assert str(key) in lines[number + 1]
    assert lines[number + 2].strip().startswith("→ 密钥文件")
    assert "OK   后台任务按时完成" in lines


def test_it_changes_neither_rows_nor_files(config, work):
    with work() as session:
        session.add(TaskRow(name="core.nobody_has_it", due=system_clock() - timedelta(days=1), tries=9))
    config.with_name("renda.secret").chmod(0o640)
    files = {path.name: path.read_bytes() for path in config.parent.iterdir() if path.is_file()}
    before = rows(work)
    assert examined(config)[0] == 1
    assert rows(work) == before
    assert {path.name: path.read_bytes() for path in config.parent.iterdir() if path.is_file()} == files


def test_where_there_is_no_database_none_is_made(tmp_path):
    path = tmp_path / "none.sqlite"
    config = write_ini(tmp_path / "node.ini", {"renda.database_url": f"sqlite:///{path}"})
    result = CliRunner().invoke(doctor, [config])
    assert result.exit_code == 1
    assert "renda init" in result.exception.message
    assert not path.exists()


def test_without_the_right_tables_nothing_else_is_looked_at(config, work):
    with work() as session:
        session.connection().execute(text("UPDATE core_alembic_version SET version_num = 'core001'"))
    _code, found = examined(config)
    assert found["core.tables"][0] == "fail"
    assert {state for state, _wrong in found.values()} == {"ok", "fail", "left out"}
    assert found["core.tasks"][0] == "left out"


def is_readable_by_others(config):
    config.with_name("renda.key").chmod(0o604)


def is_short(config):
    config.with_name("renda.secret").write_text("short")


def is_missing(config):
    config.with_name("renda.secret").unlink()


def is_the_same(config):
    shutil.copy(config.with_name("renda.key"), config.with_name("renda.secret"))


def has_a_password_for_everybody(config):
    config.chmod(0o644)
    config.write_text(config.read_text() + "\nrenda.broker_url = redis://:hidden@127.0.0.1:1/0\n")


@pytest.mark.parametrize(
    "fault", [is_readable_by_others, is_short, is_missing, is_the_same, has_a_password_for_everybody]
)
def test_a_file_of_secrets_that_is_not_private_or_not_there(config, fault):
    fault(config)
    assert len(failed(config)["core.secrets"]) == 1


def test_a_key_file_that_does_not_belong_to_the_database(config):
    config.with_name("renda.key").write_text("an other key of sixty-four characters " * 2)
    assert "tiers.keys" in failed(config)


def test_a_broker_that_is_away(config):
    config.write_text(config.read_text() + "\nrenda.broker_url = redis://127.0.0.1:1/0\n")
    assert list(failed(config)) == ["core.broker"]


def test_work_that_nobody_does_and_work_that_always_fails(config, work):
    now = system_clock()
    with work() as session:
        session.add(TaskRow(name="core.test", due=now - timedelta(hours=1)))
        session.add(TaskRow(name="core.test", due=now + timedelta(hours=1), tries=30, error="Boom: 坏了"))
        session.add(TaskRow(name="gone.test", due=now - timedelta(days=9), tries=99))
    first, second = failed(config)["core.tasks"]
    assert "1" in first
    assert "Boom: 坏了" in second


def test_an_old_backup_and_none_of_old_once_there_is_a_new_one(config, work, tmp_path):
    with work() as session:
        audit.record(
            session,
            actor=None,
            organisation=None,
            action="node.backup",
            target="old",
            now=system_clock() - timedelta(days=3),
        )
    assert "3" in failed(config)["core.backup"][0]
    CliRunner().invoke(backup, [str(config), str(tmp_path / "new.backup")], catch_exceptions=False)
    assert examined(config)[0] == 0


def test_a_disk_that_is_nearly_full(config, monkeypatch):
    usage = SimpleNamespace(total=10**12, used=10**12 - 10**8, free=10**8)
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda _path: usage)
    assert set(failed(config)) == {"core.disk"}


def test_a_row_that_names_one_that_is_not_there(config, work, database_backend):
    with work() as session:
        url = session.get_bind().engine.url
    if database_backend == "postgresql":
        # The server's superuser, who may do without its rules.
        url, without_rules = (
            url.set(username="postgres", password=None),
            "SET session_replication_role = replica",
        )
    else:
        without_rules = "PRAGMA foreign_keys=OFF"
    careless = create_engine(url, isolation_level="AUTOCOMMIT")
    with careless.connect() as connection:
        connection.execute(text(without_rules))
        connection.execute(text("DELETE FROM core_account"))
    careless.dispose()
    wrong = failed(config)["core.references"]
    assert any("core_grant" in one and "core_account" in one for one in wrong)


def test_the_clock_of_the_machine_and_of_the_database(registry, db, clock):
    """The tests' clock stands still in May."""
    wrong = list(machine.clocks_agree(Node(registry, db, clock())))
    assert len(wrong) == (1 if inspect(registry.engine).dialect.name == "postgresql" else 0)
    registry.clock = system_clock
    assert list(machine.clocks_agree(Node(registry, db, clock()))) == []


def test_postgresql_that_forgets_what_it_confirmed(registry, db, clock):
    node = Node(registry, db, clock())
    assert list(machine.keeps_its_word(node)) == []
    if db.connection().dialect.name == "postgresql":
        db.connection().execute(text("SET LOCAL synchronous_commit = off"))
        assert len(list(machine.keeps_its_word(node))) == 1
