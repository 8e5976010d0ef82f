"""The units of systemd start what there is, stop it gently, and give it few rights."""

import shutil
import subprocess

import pytest

from renda.tasks import broker
from tests.deploy.files import DEPLOY, UNITS, check_command, program, sections, words

SERVICES = sorted(UNITS.glob("*.service"))
SCRIPTS = ("backup.sh", "install.sh", "renda.sh")
ALL = sorted(path for path in UNITS.iterdir() if path.suffix != ".conf")


def value(path, section, key):
    return dict(sections(path)[section]).get(key)


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_a_service_runs_a_command_that_there_is(path):
    line = words(value(path, "Service", "ExecStart").replace("%i", "6543"))
    if line[0] == "/opt/renda/bin/renda-backup":
        assert line[1:] == ["/etc/renda/node.ini"]
        return
    assert line[0] == "/opt/renda/bin/renda"
    check_command(line[1:])


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_a_service_has_an_account_of_its_own_and_few_rights(path):
    said = dict(sections(path)["Service"])
    assert said["User"] == said["Group"] == "renda"
    assert said["EnvironmentFile"] == "/etc/renda/environment"
    assert said["CapabilityBoundingSet"] == ""
    for key in ("NoNewPrivileges", "ProtectHome", "PrivateTmp", "RestrictSUIDSGID"):
        assert said[key] == "yes", key
    assert (said["ProtectSystem"], said["UMask"]) == ("strict", "0077")


def test_a_worker_may_end_its_longest_task_before_it_is_killed():
    said = dict(sections(UNITS / "renda-worker.service")["Service"])
    assert int(said["TimeoutStopSec"]) > broker.HARD_LIMIT
    assert said["KillMode"] == "mixed"


def test_the_target_starts_several_web_processes_a_worker_and_both_timers():
    wanted = words(value(UNITS / "renda.target", "Unit", "Wants"))
    assert sum(one.startswith("renda@") for one in wanted) >= 2
    for name in wanted:
        file = UNITS / f"{name.partition('@')[0]}@.service" if "@" in name else UNITS / name
        assert file.is_file(), name
    for timer in UNITS.glob("*.timer"):
        assert timer.with_suffix(".service").is_file()
        assert timer.name in wanted


def test_systemd_takes_them(tmp_path):
    verify = program("systemd-analyze")
    for path in ALL:
        text = path.read_text(encoding="utf-8")
        # What is installed with them is not here; what is verified is all the rest.
        text = text.replace("/opt/renda/bin/renda-backup", "/bin/true").replace(
            "/opt/renda/bin/renda", "/bin/true"
        )
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    names = [tmp_path / path.name.replace("@.", "@6543.") for path in ALL]
    shutil.copy(tmp_path / "renda@.service", tmp_path / "renda@6543.service")
    shutil.copy(tmp_path / "renda@.service", tmp_path / "renda@6544.service")
    done = subprocess.run(
        [verify, "verify", "--man=no", *map(str, names)], capture_output=True, text=True, check=False
    )
    ours = [line for line in done.stderr.splitlines() if "renda" in line]
    assert (done.returncode, ours) == (0, []), done.stderr


def test_installing_lays_every_file_down_and_keeps_what_is_there(tmp_path):
    def install():
        command = ["sh", str(DEPLOY / "install.sh")]
        subprocess.run(command, env={"DESTDIR": str(tmp_path), "PATH": "/usr/bin:/bin"}, check=True)

    install()
    units = tmp_path / "etc/systemd/system"
    assert {path.name for path in units.iterdir()} == {path.name for path in ALL}
    assert (tmp_path / "opt/renda/bin/renda-backup").stat().st_mode & 0o111
    assert (tmp_path / "usr/local/bin/renda").stat().st_mode & 0o111
    settings = tmp_path / "etc/renda/node.ini"
    assert settings.stat().st_mode & 0o777 == 0o640
    settings.write_text("changed")
    install()
    assert settings.read_text() == "changed"


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_are_posix_shell(name):
    subprocess.run(["sh", "-n", str(DEPLOY / name)], check=True)


@pytest.mark.parametrize("name", SCRIPTS)
def test_shellcheck_finds_nothing(name):
    subprocess.run([program("shellcheck"), str(DEPLOY / name)], check=True)
