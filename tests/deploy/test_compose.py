"""`deploy/compose.yaml` starts a whole node: database, broker, two web processes, a worker and a proxy."""

import re
import subprocess

import pytest
import yaml

from renda.tasks import broker
from tests.deploy.files import DEPLOY, ROOT, check_command, program

FILE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
SERVICES = FILE["services"]
OURS = {name: one for name, one in SERVICES.items() if "build" in one}


def test_it_is_a_whole_node():
    assert set(SERVICES) == {"database", "broker", "upgrade", "web", "worker", "proxy", "backup"}
    assert set(OURS) == {"upgrade", "web", "worker", "backup"}
    assert SERVICES["web"]["deploy"]["replicas"] == 2


@pytest.mark.parametrize("name", sorted(set(OURS) - {"backup"}))
def test_each_container_runs_a_command_that_there_is(name):
    check_command(SERVICES[name]["command"])


def test_what_is_started_without_a_word_runs_a_command_that_there_is():
    (line,) = re.findall(r"^CMD (.*)$", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    check_command(yaml.safe_load(line))


def test_nobody_starts_before_what_it_needs_is_ready():
    for name in ("web", "worker"):
        needs = {other: one["condition"] for other, one in SERVICES[name]["depends_on"].items()}
        assert needs == {"upgrade": "service_completed_successfully", "broker": "service_healthy"}
    assert SERVICES["upgrade"]["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert "/readyz" in SERVICES["web"]["healthcheck"]["test"][-1]
    for name in ("database", "broker"):
        assert SERVICES[name]["healthcheck"]["test"]


def test_the_python_of_the_health_check_is_python():
    compile(SERVICES["web"]["healthcheck"]["test"][-1], "healthcheck", "exec")


def test_the_proxy_alone_is_reached_from_outside_and_is_the_one_that_is_trusted():
    assert [name for name, one in SERVICES.items() if "ports" in one] == ["proxy"]
    address = SERVICES["proxy"]["networks"]["inside"]["ipv4_address"]
    command = SERVICES["web"]["command"]
    assert command[command.index("--trusted-proxy") + 1] == address
    # On two networks the proxy might come from its other address.
    assert SERVICES["web"]["networks"] == ["inside"]
    assert FILE["networks"]["inside"]["internal"]


def test_workers_reach_other_nodes_and_may_end_their_longest_task():
    assert "outside" in SERVICES["worker"]["networks"]
    minutes = int(SERVICES["worker"]["stop_grace_period"].removesuffix("m"))
    assert minutes * 60 > broker.HARD_LIMIT


def test_no_password_has_a_default_and_every_variable_is_in_the_example():
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    used = set(re.findall(r"\$\{(\w+)", text))
    assert set(re.findall(r"\$\{(\w+):\?", text)) == used
    example = (DEPLOY / "compose.env").read_text(encoding="utf-8").splitlines()
    assert {line.partition("=")[0] for line in example if "=" in line} == used
    assert all(line.endswith("=") for line in example if line and not line.startswith("#"))


def test_containers_of_ours_cannot_write_but_where_they_must():
    for one in OURS.values():
        assert one["read_only"] is True
        assert one["cap_drop"] == ["ALL"]


def test_the_image_is_built_from_what_is_not_left_out():
    dockerfile = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    allowed = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    for name in ("constraints.txt", "setup.cfg", "pyproject.toml", "core", "tiers", "plugins", "README.md"):
        assert f"!{name}" in allowed
        assert (ROOT / name).exists()
    assert "!deploy/backup.sh" in allowed
    assert re.search(r"^USER renda$", dockerfile, re.MULTILINE)
    # `setup.cfg` names both.
    assert (ROOT / "LICENSE").exists()
    assert "!LICENSE" in allowed


def test_docker_reads_it():
    docker = program("docker")
    if subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode:
        pytest.skip("docker compose is not installed here")
    variables = dict.fromkeys(re.findall(r"\$\{(\w+)", (DEPLOY / "compose.yaml").read_text()), "/given")
    subprocess.run(
        [docker, "compose", "-f", str(DEPLOY / "compose.yaml"), "config", "--quiet"],
        env={"PATH": "/usr/bin:/bin:/usr/local/bin", **variables},
        check=True,
    )
