"""A new plugin passes its own tests, the contract among them, before a line of it is changed."""

from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from tests.contract.plugins import QUIET, installed, run

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return installed(tmp_path_factory.mktemp("new"), "visits")


def test_it_passes_its_own_tests(made, database_backend, database_url, monkeypatch):
    if database_backend == "postgresql":
        server = make_url(database_url).set(database="postgres", username="postgres", password=None)
        monkeypatch.setenv("RENDA_TEST_POSTGRESQL", server.render_as_string(hide_password=False))
    done = run(made, "pytest", *QUIET, "--database", database_backend)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout
    assert "skipped" not in done.stdout


def test_nothing_is_wrong_with_it(made):
    done = run(made, "renda", "plugin", "check", "visits")
    assert (done.returncode, done.stdout) == (0, "visits：没有问题。\n")


def test_its_code_is_clean(made):
    for words in (("check", "--no-cache"), ("format", "--no-cache", "--check")):
        done = run(made, "ruff", *words)
        assert done.returncode == 0, done.stdout + done.stderr


def test_its_types_are_strict(made, monkeypatch):
    monkeypatch.setenv("MYPYPATH", str(ROOT / "core"))
    # What an installed renda would not show either: only the plugin's own errors count.
    done = run(made, "mypy", "--follow-imports", "silent", "--cache-dir", str(ROOT / ".mypy_cache/new"))
    assert done.returncode == 0, done.stdout + done.stderr
