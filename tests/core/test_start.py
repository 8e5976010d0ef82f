"""What is wrong with an install stops its start, with a sentence that names it."""

import json

import pytest

from renda import plugins, settings
from renda.app import configure, load_node
from renda.errors import Misconfigured
from renda.i18n import Translator
from renda.serve import serve
from renda.testing.plugin import node_settings

WRONG = {
    "arguing": "from renda import hookimpl\n\n@hookimpl\ndef register_slots(more):\n    return []\n",
    "misspelt": "from renda import hookimpl\n\n@hookimpl\ndef register_menus():\n    return []\n",
    "raising": "raise RuntimeError('no')\n",
    "failing": "from renda import hookimpl\n\n@hookimpl\ndef register_slots():\n    return 1 // 0\n",
    "doubled": (
        "from renda import hookimpl\nfrom renda.declarations import Role\n\n"
        "@hookimpl\ndef register_roles():\n    return [Role('clerk', 'Clerk')]\n"
    ),
}
SAID = {
    "arguing": "arguing",
    "misspelt": "register_menus",
    "raising": "RuntimeError: no",
    "failing": "ZeroDivisionError",
    "doubled": "clerk",
}


def said(error: Misconfigured) -> str:
    return Translator(["renda"], "zh_Hans")(error.message)


@pytest.mark.parametrize("name", WRONG)
def test_a_plugin_that_is_wrong_is_named(site, name):
    site(name, WRONG[name])
    with pytest.raises(Misconfigured) as caught:
        plugins.collect(plugins.load([name]))
    assert SAID[name] in said(caught.value)


def test_a_plugin_that_is_not_installed_is_named():
    with pytest.raises(Misconfigured) as caught:
        plugins.load(["nowhere"])
    assert "nowhere" in said(caught.value)


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ({"renda.databse_url": "sqlite://"}, "renda.databse_url"),
        ({"renda.idle_minutes": "half an hour"}, "renda.idle_minutes"),
        ({"renda.idle_minutes": "-5"}, "renda.idle_minutes 有误：应为 1 至 1440 的整数，不能是 -5"),
        ({"renda.session_hours": "0"}, "renda.session_hours"),
        ({"renda.broker_url": "zzz"}, "renda.broker_url 有误：消息队列地址须以 amqp://"),
        ({"renda.secure_cookies": "perhaps"}, "renda.secure_cookies"),
        ({"renda.profile": "village"}, "village"),
        ({"renda.modules": "tiers nowhere"}, "nowhere"),
        ({"renda.database_url": "foo://bar"}, "renda.database_url"),
        ({"renda.database_url": "postgresql+psycopg://renda@host:port/renda"}, "renda.database_url"),
        ({"renda.database_url": "postgresql+pg8000://renda@/renda"}, "pg8000"),
    ],
)
def test_a_setting_that_is_wrong_is_named(tmp_path, setting, words):
    with pytest.raises(Misconfigured) as caught:
        configure(node_settings(tmp_path, "sqlite://", **setting), environment={})
    assert words in said(caught.value)


def test_a_broker_s_password_is_not_repeated(tmp_path):
    with pytest.raises(Misconfigured) as caught:
        configure(node_settings(tmp_path, "sqlite://"), environment={"RENDA_BROKER_URL": "ampq://u:secret@h"})
    assert "secret" not in said(caught.value)


@pytest.mark.parametrize(("profile", "value"), [({}, 30), ({"idle_minutes": 15}, 15)])
def test_a_profile_outranks_the_default(profile, value):
    declared = {one.name: one for one in settings.CORE}
    assert settings.resolve(declared, {}, {}, profile, "city")["idle_minutes"] == value


def test_a_profile_is_held_to_the_same_bounds_as_the_file():
    declared = {one.name: one for one in settings.CORE}
    with pytest.raises(Misconfigured) as caught:
        settings.resolve(declared, {}, {}, {"idle_minutes": -5}, "city")
    assert "renda.idle_minutes" in said(caught.value)


def test_the_environment_outranks_the_file(tmp_path):
    text = node_settings(tmp_path, "sqlite://")
    config = configure(text, environment={"RENDA_BROKER_URL": "redis://elsewhere"})
    assert config.registry.values["broker_url"] == "redis://elsewhere"


def database(tmp_path):
    return {"renda.database_url": f"sqlite:///{tmp_path / 'node.sqlite'}"}


def test_what_is_installed_and_wrong_stops_only_nodes_that_name_it(site, renda, write, tmp_path):
    for name, code in WRONG.items():
        site(name, code)
    site("clashing", "import click\nfrom renda import hookimpl\n\n@hookimpl\ndef register_commands():\n"
         "    return [click.Command('report')]\n")  # fmt: skip
    site("blank", "from renda import hookimpl\n\n@hookimpl\ndef register_commands():\n    return 7\n")
    done = renda("upgrade", write(**database(tmp_path)), "--json")
    components = ["core", "tiers", "training", "suggestions", "liaison"]
    assert (done.returncode, json.loads(done.stdout)) == (0, {"components": components})
    for words in (
        "register_menus",
        "RuntimeError: no",
        "“arguing”",
        "tiers 和 clashing 都声明了 report",
        "“blank”",
    ):
        assert words in done.stderr
    assert "Traceback" not in done.stderr
    refused = renda("upgrade", write(**database(tmp_path), **{"renda.modules": "tiers misspelt"}))
    assert refused.returncode == 2
    assert "模块“misspelt”实现的接口 register_menus 不存在" in refused.stderr.splitlines()[-1]


def test_a_command_says_it_in_chinese_and_exits_with_2(renda, write):
    done = renda("upgrade", write(**{"renda.databse_url": "sqlite://"}))
    assert done.returncode == 2
    assert "不认识的设置：renda.databse_url" in done.stderr
    assert "Traceback" not in done.stderr


USE = "[app:main]\nuse = egg:renda\n"
BROKEN = {
    "no ini file": (b"renda.profile = city\n", "第 1 行"),
    "a line that says nothing": (f"{USE}hello\n".encode(), "第 3 行"),
    "a key twice": (f"{USE}use = egg:renda\n".encode(), "第 3 行"),
    "not UTF-8": (f"{USE}renda.notice = 演示\n".encode("gb18030"), "UTF-8"),
    "another package": (b"[app:main]\nuse = egg:rendaa\n", "use = egg:renda"),
    "no application": (b"[server:main]\nuse = egg:waitress#main\n", "[app:main]"),
    "a percent sign": (f"{USE}renda.database_url = sqlite:///a%b\n".encode(), "renda.database_url"),
}


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("open_it", [load_node, serve], ids=["command", "server"])
def test_a_file_that_is_broken_is_named_with_what_is_wrong_in_it(tmp_path, broken, open_it):
    content, words = BROKEN[broken]
    path = tmp_path / "node.ini"
    path.write_bytes(content)
    with pytest.raises(Misconfigured) as caught:
        open_it(path)
    assert str(path) in said(caught.value)
    assert words in said(caught.value)


def test_sections_of_logging_that_are_broken_stop_the_server_with_a_sentence(write):
    path = write()
    path.write_text(path.read_text(encoding="utf-8") + "\n[loggers]\nkeys = root\n", encoding="utf-8")
    with pytest.raises(Misconfigured, match="logging"):
        serve(path)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("postgresql+psycopg://renda@127.0.0.1:1/renda", "数据库没有响应"),
        ("sqlite:////nowhere/node.sqlite", "数据库没有响应"),
        ("sqlite:///{folder}/empty.sqlite", "renda upgrade CONFIG"),
    ],
)
def test_a_database_that_cannot_be_used_is_said_in_chinese(renda, write, tmp_path, address, words):
    config = write(**{"renda.database_url": address.format(folder=tmp_path)})
    done = renda("chain", "verify", config)
    assert (done.returncode, done.stdout) == (1, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_is_missing_is_named(renda, tmp_path):
    done = renda("upgrade", tmp_path / "nope.ini")
    assert done.returncode == 2
    assert f"找不到配置文件 {tmp_path / 'nope.ini'}" in done.stderr
