"""`renda plugin check` names what is wrong and where."""

import json

import pytest

from renda.developing.checks import look
from renda.developing.subjects import needed

HEAD = "from renda import hookimpl\nfrom renda import declarations as say\nfrom renda.i18n import _\n\n"
MODULE = "@hookimpl\ndef register_module():\n    return say.Module('模块', grants={'clerk': ('read',)})\n\n"
WRONG = {
    "moduleless": ("", "register_module", "缺少这一声明"),
    "roles": (MODULE.replace("'clerk'", "'king'"), "register_module", "king"),
    "needing": (MODULE.replace("'模块'", "'模块', needs=('nowhere',)"), "needing", "nowhere"),
    "figured": (
        MODULE
        + "@hookimpl\ndef register_indicators():\n"
        + "    return [say.Indicator('Q1', '率', '率', '', None, numerator='R01', denominator='R99')]\n",
        "register_indicators",
        "R99",
    ),
    "reported": (
        MODULE
        + "@hookimpl\ndef register_report_templates():\n"
        + "    return [say.ReportTemplate('q', '表', 'month', ('village',), ('R01', 'R98'))]\n",
        "register_report_templates",
        "R98, village",
    ),
    "slotted": (
        MODULE
        + "@hookimpl\ndef register_slots():\n"
        + "    return [say.MenuEntry('attic', '台账', 'r/slotted_gone', 'read')]\n",
        "register_slots",
        "attic, slotted_gone",
    ),
    "unheld": (
        MODULE
        + "@hookimpl\ndef register_slots():\n"
        + "    return [say.MenuEntry('topics', '台账', 'm/unheld/', 'burn')]\n",
        "register_slots",
        "unheld:burn",
    ),
    "setting": (
        MODULE + "@hookimpl\ndef register_settings():\n    return [say.Setting('other.days', '天数')]\n",
        "register_settings",
        "other.days",
    ),
    "helpless": (
        MODULE + "@hookimpl\ndef register_settings():\n    return [say.Setting('helpless.days', '')]\n",
        "register_settings",
        "helpless.days",
    ),
    "wordy": (MODULE.replace("'模块'", "_('No such words')"), "__init__.py", "No such words"),
    "importing": ("import renda_training.records\n" + MODULE, "__init__.py:5", "renda_training"),
    "chained": ("from renda_tiers.documents import envelope\n" + MODULE, "__init__.py:5", "renda_tiers"),
    "misspelt": ("@hookimpl\ndef register_menus():\n    return []\n", "misspelt", "register_menus"),
}


@pytest.fixture
def checked(site, renda):
    """What the command says of these plugins."""

    def check(**code):
        for name, text in code.items():
            site(name, HEAD + text)
        return json.loads(renda("plugin", "check", "--json").stdout)["plugins"]

    return check


def test_each_thing_wrong_is_said_with_its_place(checked):
    found = checked(**{name: code for name, (code, _where, _what) in WRONG.items()})
    for name, (_code, where, what) in WRONG.items():
        assert [one for one in found[name]["problems"] if one["where"] == where and what in one["what"]], (
            name,
            found[name],
        )
    assert found["training"]["problems"] == found["tiers"]["problems"] == []


def test_the_command_exits_with_1_where_anything_is_wrong(site, renda):
    site("sound", HEAD + MODULE)
    sound = renda("plugin", "check", "sound")
    assert (sound.returncode, sound.stdout) == (0, "sound：没有问题。\n")
    site("wordy", HEAD + WRONG["wordy"][0])
    wrong = renda("plugin", "check", "wordy")
    assert wrong.returncode == 1
    assert wrong.stdout == "wordy\t__init__.py\t没有中文译文：No such words\n"
    gone = renda("plugin", "check", "gone")
    assert gone.returncode == 1
    assert "没有安装插件“gone”" in gone.stderr


def test_what_a_plugin_needs_comes_before_it(site):
    site("ground", HEAD + MODULE)
    site("walls", HEAD + MODULE.replace("'模块'", "'模块', needs=('ground', 'core')"))
    site("roof", HEAD + MODULE.replace("'模块'", "'模块', needs=('walls', 'ground')"))
    assert needed("roof") == ["ground", "walls", "roof"]
    assert look("roof")[1] == []
