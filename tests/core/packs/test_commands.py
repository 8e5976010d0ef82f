"""`renda pack …` on a node with an ini file."""

import json

import pytest
from click.testing import CliRunner

from renda.app import load_node
from renda.cli import root, translator
from renda.errors import NotFound
from renda.packs.reading import NotAPack
from renda.testing.plugin import node_settings
from tests.core.packs import files
from tests.core.packs.files import NAME
from tests.core.security.town import COUNTY


@pytest.fixture
def run(registry, people, database_url, tmp_path):
    """Runs a command with `--json` and gives what it prints; CONFIG stands for the node's file."""
    text = "".join(
        f"{key} = {str(value).replace('%', '%%')}\n"
        for key, value in node_settings(tmp_path, database_url).items()
    )
    config = tmp_path / "node.ini"
    config.write_text(f"[app:main]\nuse = egg:renda\n{text}")

    def call(*words):
        given = [str(config) if word == "CONFIG" else word for word in ("pack", *words, "--json")]
        result = CliRunner().invoke(root(translator()), given)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return json.loads(result.stdout)

    load_node(config).engine.dispose()
    return call


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "走访日.toml"
    path.write_text(files.FILE, encoding="utf-8")
    return str(path)


def test_a_file_is_checked_without_a_node(run, file):
    assert run("check", file)["registers"] == ["走访记录", "走访发现的问题"]
    assert run("check", "renda-courtwatch")["title"] == "千名代表听百案看执行"


def test_a_faulty_file_is_refused(run, tmp_path):
    path = tmp_path / "wrong.toml"
    path.write_text(files.other(("version = 1\n", "version = 0\n")), encoding="utf-8")
    with pytest.raises(NotAPack):
        run("check", str(path))


def test_a_pack_is_installed_enabled_exported_and_disabled(run, file, tmp_path):
    org = ("--org", COUNTY)
    run("install", "CONFIG", file, *org)
    assert run("list", "CONFIG", *org)["packs"][NAME] == {
        "title": "走访日",
        "version": 1,
        "enabled": False,
        "from": COUNTY,
    }
    run("enable", "CONFIG", NAME, *org)
    assert run("list", "CONFIG", *org)["packs"][NAME]["enabled"]
    copy = tmp_path / "copy.toml"
    run("export", "CONFIG", NAME, str(copy), *org)
    assert copy.read_text(encoding="utf-8") == files.pack().text
    run("disable", "CONFIG", NAME, *org)
    assert not run("list", "CONFIG", *org)["packs"][NAME]["enabled"]


def test_who_installs_a_pack_whose_id_names_another_body_is_told_so(run, file, tmp_path):
    org = ("--org", COUNTY)
    assert run("install", "CONFIG", file, *org)["note"] == ""
    assert run("install", "CONFIG", "renda-courtwatch", *org)["note"] == ""
    path = tmp_path / "other.toml"
    path.write_text(files.other((NAME, "371722-visits")), encoding="utf-8")
    assert f'"{NAME}"' in run("install", "CONFIG", str(path), *org)["note"]


def test_who_does_not_have_it_cannot_enable_it(run):
    with pytest.raises(NotFound):
        run("enable", "CONFIG", NAME, "--org", COUNTY)
