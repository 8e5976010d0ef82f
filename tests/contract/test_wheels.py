"""The wheels alone make a working node, and a stranger's wheel joins it like a module of ours."""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STRANGER = Path(__file__).parent / "stranger"
PLUGINS = sorted(path.parent for path in ROOT.glob("plugins/*/setup.cfg"))
CODE = "371721"


def run(*command, cwd, **environment):
    """Run a command far from the checkout; its output."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


_LEFT_BEHIND = shutil.ignore_patterns("*.egg-info", "build", "__pycache__")
_NEEDED = {"core", "setup.cfg", "pyproject.toml", "README.md", "LICENSE"}


def _of_no_use(folder, names):
    """At the root only what makes the core's wheel is copied."""
    unused = set(names) - _NEEDED if Path(folder) == ROOT else set()
    return unused | _LEFT_BEHIND(folder, names)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a virtual environment that holds our wheels and the stranger's, and no checkout."""
    folder = tmp_path_factory.mktemp("node")
    wheels = folder / "wheels"
    for number, source in enumerate([ROOT, ROOT / "tiers", *PLUGINS, STRANGER]):
        copy = folder / f"source{number}"
        # Building leaves files behind; the checkout must stay as it is.
        shutil.copytree(source, copy, ignore=_of_no_use if source == ROOT else _LEFT_BEHIND)
        build = ("wheel", "-q", "--no-deps", "--no-build-isolation", "-w", wheels, copy)
        run(sys.executable, "-m", "pip", *build, cwd=folder)
    run(sys.executable, "-m", "venv", "--without-pip", folder / "venv", cwd=folder)
    own = next((folder / "venv").glob("lib/python*/site-packages"))
    # Third-party packages come from where the tests run; what is installed there as editable does not,
    # since the .pth files of a folder that a .pth file names are not read.
    (own / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    run(
        sys.executable,
        "-m",
        "pip",
        "install",
        "-q",
        "--no-deps",
        "--no-index",
        "--target",
        own,
        *sorted(wheels.glob("*.whl")),
        cwd=folder,
    )
    return folder


@pytest.fixture(scope="module")
def node(place):
    """A county's node on these wheels, with the stranger's module allowed in its profiles."""
    python = place / "venv/bin/python"
    where = run(
        python,
        "-c",
        "import renda, renda_tiers; print(renda.__file__); print(renda_tiers.__path__[0])",
        cwd=place,
    )
    code, tiers = where.split("\n")[:2]
    assert str(place) in code
    profiles = place / "profiles"
    run("cp", "-r", f"{tiers}/profiles", profiles, cwd=place)
    for path in profiles.glob("*.toml"):
        text = path.read_text(encoding="utf-8")
        allowed = re.sub(r"^((?:allowed|default) = .*)\]$", r'\1, "petitions"]', text, flags=re.MULTILINE)
        assert allowed.count('"petitions"') == 2
        path.write_text(allowed, encoding="utf-8")
    config = place / "node.ini"
    config.write_text(
        "[app:main]\nuse = egg:renda\n"
        f"renda.profile = county\nrenda.profiles = {profiles}\n"
        f"renda.database_url = sqlite:///{place}/renda.sqlite\n"
        f"renda.secret_file = {place}/renda.secret\nrenda.key_file = {place}/renda.key\n"
        "renda.secure_cookies = false\n",
        encoding="utf-8",
    )
    renda = (python, "-m", "renda")
    made = json.loads(run(*renda, "init", config, "--org", CODE, "--json", cwd=place))
    return {"renda": renda, "config": config, "python": python, "made": made}


def test_a_stranger_needs_fewer_than_60_lines():
    code = (STRANGER / "stranger_petitions/__init__.py").read_text(encoding="utf-8")
    assert len([line for line in code.splitlines() if line.strip()]) < 60


def test_the_wheels_make_a_node_that_knows_its_organisations(place, node):
    found = json.loads(run(*node["renda"], "org", "list", node["config"], "--json", cwd=place))
    assert CODE in {one["code"] for one in found["organisations"]}


def test_the_strangers_module_has_list_form_export_figure_and_roll_up(place, node):
    script = Path(__file__).parent / "walk.py"
    said = run(node["python"], script, node["config"], CODE, cwd=place)
    assert json.loads(said.splitlines()[-1]) == {
        "menu": True,
        "form": True,
        "listed": True,
        "export": True,
        "report": 1,
        "rollup": 1,
    }


def test_the_strangers_module_keeps_the_contract_that_comes_with_the_wheels(place, node):
    words = ("-q", "-p", "no:cacheprovider", "--pyargs", "renda.testing.contract", "--plugin", "petitions")
    assert " passed" in run(node["python"], "-m", "pytest", *words, cwd=place)


def test_the_wheels_hold_what_a_new_plugin_is_written_from(place, node):
    run(*node["renda"], "plugin", "new", "visits", cwd=place)
    history = place / "visits/renda_visits/migrations/versions"
    assert [path.name for path in history.iterdir()] == ["visits001_first_tables.py"]
