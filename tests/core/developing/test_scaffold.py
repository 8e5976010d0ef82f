"""A new plugin is complete, and what cannot be one is refused with one sentence before anything is written."""

import pytest

from renda.cli import LABELS
from renda.developing import scaffold
from renda.errors import Conflict, Invalid, RendaError
from renda.i18n import Translator


def test_every_name_in_it_is_its_own(tmp_path):
    made = scaffold.new("visits", tmp_path, "走访")
    assert made == tmp_path / "visits"
    files = {path.relative_to(made).as_posix(): path for path in made.rglob("*") if path.is_file()}
    assert {
        "setup.cfg",
        "renda_visits/records.py",
        "renda_visits/migrations/versions/visits001_first_tables.py",
        "renda_visits/locale/zh_Hans/LC_MESSAGES/renda.po",
        "tests/test_contract.py",
    } <= files.keys()
    texts = [path.read_text(encoding="utf-8") for path in files.values()]
    assert [text for text in texts if "$" in text or "NAME" in text] == []
    assert [name for name in files if name.endswith(".tmpl")] == []
    assert "走访" in files["renda_visits/locale/zh_Hans/LC_MESSAGES/renda.po"].read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name", ["", "v", "Visits", "my_visits", "2visits", "my-visits", "走访", "v" * 25, "../x"]
)
def test_a_name_that_no_table_could_begin_with_is_refused(tmp_path, name):
    with pytest.raises(Invalid):
        scaffold.new(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_it_is_called_the_plugin_and_no_person_s_name(tmp_path):
    with pytest.raises(Invalid) as refused:
        scaffold.new("9x", tmp_path)
    (about,) = refused.value.errors
    assert Translator(["renda"], "zh_Hans")(LABELS[about]) == "插件"


@pytest.mark.parametrize("name", ["core", "renda", "fts"])
def test_a_name_of_renda_itself_is_refused(tmp_path, name):
    with pytest.raises(Invalid, match="renda itself"):
        scaffold.new(name, tmp_path)


@pytest.mark.parametrize("name", ["training", "tiers"])
def test_the_name_of_an_installed_plugin_is_refused(tmp_path, name):
    with pytest.raises(Conflict, match="installed already"):
        scaffold.new(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("title", ["两\n行", "长" * 41])
def test_a_title_that_no_menu_could_show_is_refused(tmp_path, title):
    with pytest.raises(Invalid):
        scaffold.new("visits", tmp_path, title)
    assert list(tmp_path.iterdir()) == []


def test_a_title_is_quoted_where_it_must_be(tmp_path):
    made = scaffold.new("visits", tmp_path, '"走访"\\')
    catalogue = made / "renda_visits/locale/zh_Hans/LC_MESSAGES/renda.po"
    assert r'msgstr "\"走访\"\\"' in catalogue.read_text(encoding="utf-8")


def test_what_is_there_already_stays_as_it_is(tmp_path):
    kept = tmp_path / "visits" / "mine.txt"
    kept.parent.mkdir()
    kept.write_text("mine")
    with pytest.raises(Conflict, match="already"):
        scaffold.new("visits", tmp_path)
    assert [path.name for path in kept.parent.iterdir()] == ["mine.txt"]


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(RendaError) as caught:
        scaffold.new("visits", tmp_path / "file")
    assert caught.value.message.mapping["path"] == str(tmp_path / "file" / "visits")


def test_the_command_says_where_it_is_and_each_refusal_in_one_sentence(renda, tmp_path):
    made = renda("plugin", "new", "visits", "--title", "走访", "--dir", tmp_path)
    assert (made.returncode, made.stderr) == (0, "")
    assert str(tmp_path / "visits") in made.stdout
    for name, words in (("visits", "已经存在"), ("training", "已经安装"), ("Visits", "小写字母")):
        refused = renda("plugin", "new", name, "--dir", tmp_path)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert words in refused.stderr
        assert len(refused.stderr.splitlines()) == 1
