"""What the terminal says, it says in Chinese: help, refusals of what was typed, results."""

import json
import re
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from renda import cli, installed, messages, terminal
from renda.i18n import Translator, catalogue

CHINESE = re.compile(r"[\u4e00-\u9fff]")
COUNTY = "371723"
FILES = {f"{module.__name__.rpartition('.')[2]}.py" for module in terminal.MODULES}


def walk(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    """Every command below one, by its whole name."""
    yield name, command
    if isinstance(command, click.Group):
        for word, one in command.commands.items():
            yield from walk(f"{name} {word}", one)


COMMANDS = dict(walk("renda", cli.root(str)))


@pytest.fixture(scope="module")
def say() -> Translator:
    return Translator([one.package for one in installed.look().components], "zh_Hans")


@pytest.fixture
def speaking() -> Iterator[None]:
    """click speaks Chinese during one test."""
    before = [(module, dict(vars(module))) for module in terminal.MODULES]
    terminal.speak("zh_Hans")
    for command in COMMANDS.values():
        # click keeps the option `--help` of a command that another test has called.
        vars(command)["_help_option"] = None
    yield
    for module, names in before:
        vars(module).update({name: names[name] for name in ("_", "ngettext") if name in names})


def options(command: click.Command) -> list[click.Option]:
    return [one for one in command.params if isinstance(one, click.Option) and one.name != "version"]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_help_text_is_translated(say, name):
    command = COMMANDS[name]
    texts = [command.help, *(one.help for one in options(command))]
    assert [text for text in texts if not text or not CHINESE.search(say(text))] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_the_page_of_help_has_no_english_word(say, speaking, name):
    command = dict(walk("renda", terminal.spoken(cli.root(say), say)))[name]
    told = CliRunner().invoke(command, ["--help"], prog_name=name).output
    names = {word for one in COMMANDS for word in re.split("[ -]", one)}
    for option in options(command):
        names |= {*getattr(option.type, "choices", ()), str(option.default)}
    names |= {
        "CSV",
        "JSON",
        "Celery",
        "PostgreSQL",
        "RabbitMQ",
        "Redis",
        "clerk",
        "https",
        "example",
        "xlsx",
        "csv",
    }
    for written in (r"--[a-z-]+", r"\b[A-Z]{3,}\b", r"\[[a-z|]+\]"):
        told = re.sub(written, "", told)
    assert set(re.findall(r"[A-Za-z]{3,}", told)) - names == set()


def test_the_commands_themselves_stay_as_they_are(say):
    before = COMMANDS["renda report fill"].help
    terminal.spoken(COMMANDS["renda"], say)
    assert COMMANDS["renda report fill"].help == before


def test_click_has_no_message_that_is_not_translated():
    known = catalogue("renda", "zh_Hans", "click")
    said = [
        (one.id, "".join(one.id) if isinstance(one.id, tuple) else one.id)
        for one in messages.said("click", keywords={"_": None, "ngettext": (1, 2)})
        if one.id and {place for place, _line in one.locations} & FILES
    ]
    assert len(said) > 40
    for message, text in said:
        translated = known.get(message if isinstance(message, str) else message[0], "")
        assert CHINESE.search(translated) or text == "%(prog)s, version %(version)s", message
        assert set(re.findall(r"{\w+", translated)) <= set(re.findall(r"{\w+", text)), message


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nonsense"], "没有命令 'nonsense'"),
        (["org", "list"], "缺少参数 'CONFIG'"),
        (["rollup", "show", "node.ini"], "缺少选项 '--org'"),
        (["rollup", "show", "node.ini", "--nonsense"], "没有选项 '--nonsense'"),
        (["upgrade", "node.ini", "more"], "多了参数：more"),
        (["demo", "--port", "many"], "'many' 不是数字"),
        (["init", "node.ini", "--org", "1", "--since", "soon"], "'soon' 不是所要的日期"),
    ],
)
def test_what_was_typed_wrongly_is_said_in_chinese(say, speaking, arguments, words):
    done = CliRunner().invoke(terminal.spoken(COMMANDS["renda"], say), arguments)
    assert done.exit_code == 2
    assert words in done.output
    assert not re.search(r"Error|Usage|Missing|Invalid|such", done.output)


def test_a_program_that_wants_english_gets_it(monkeypatch, renda):
    monkeypatch.setenv("RENDA_LOCALE", "en")
    assert "Missing argument 'CONFIG'" in renda("org", "list").stderr


@pytest.fixture
def county(renda, write, tmp_path):
    """The ini file of a county's node that is initialised."""
    settings = {"renda.profile": "county", "renda.database_url": f"sqlite:///{tmp_path / 'node.sqlite'}"}
    config = write(**settings)
    assert renda("init", config, "--org", COUNTY).returncode == 0
    return config


def test_an_error_is_said_once_and_without_names_of_fields(renda, county):
    asked = ("rollup", "show", county, "--org", COUNTY, "--template", "training-bimonth")
    assert renda(*asked, "--period", "zzz").stderr.splitlines() == [
        "没有这个报表期。请按 2026-05（月）、2026-b3（双月）、2026（年）这样的格式填写。"
    ]
    refused = renda("user", "add", county, "x", "--name", "张三").stderr
    assert refused.startswith("账号：")
    assert len(refused.splitlines()) == 1
    assert "文件 'nowhere.csv' 不存在" in renda("org", "import", county, "nowhere.csv").stderr


def test_results_are_sentences(renda, county):
    assert (
        renda("upgrade", county).stdout == "数据库表已是最新：core, tiers, training, suggestions, liaison。\n"
    )
    assert renda("org", "import", county, "--under", COUNTY).stdout.endswith("新增 0 个。\n")
    listed = renda("org", "list", county).stdout
    assert f"{COUNTY}\t成武县\t" in listed
    assert not re.search(r"\t[a-z_]+$", listed, re.MULTILINE)
    done = renda("plugin", "disable", county, "training", "--org", COUNTY)
    assert done.stdout == f"机构 {COUNTY} 已停用“培训”，数据保留。\n"
    assert not re.search("missing|overdue|doing", renda("report", "list", county, "--org", COUNTY).stdout)


def test_what_switching_a_module_would_change_is_said_and_not_done(renda, county):
    asked = (county, "training", "--org", COUNTY)
    told = renda("plugin", "disable", *asked, "--dry-run")
    assert (told.returncode, told.stderr) == (0, "")
    assert "不再须报送" in told.stdout
    assert "* training" in renda("plugin", "list", county, "--org", COUNTY).stdout
    done = renda("plugin", "disable", *asked, "--json")
    assert json.loads(done.stdout)["done"] == "disable"
    assert json.loads(done.stdout)["consequences"] == told.stdout.splitlines()
    assert "没有使用模块" in renda("plugin", "disable", *asked, "--dry-run").stderr
