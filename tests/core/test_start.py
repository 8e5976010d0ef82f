"""What is wrong with an install stops its start, with a sentence that names it."""

import subprocess
import sys

import pytest

from renda import plugins
from renda.app import configure
from renda.errors import Misconfigured
from renda.i18n import Translator
from renda.testing.plugin import node_settings

WRONG = {
    "misspelt": "from renda import hookimpl\n\n@hookimpl\ndef register_menus():\n    return []\n",
    "raising": "raise RuntimeError('no')\n",
    "failing": "from renda import hookimpl\n\n@hookimpl\ndef register_slots():\n    return 1 // 0\n",
    "doubled": (
        "from renda import hookimpl\nfrom renda.declarations import Role\n\n"
        "@hookimpl\ndef register_roles():\n    return [Role('clerk', 'Clerk')]\n"
    ),
}
SAID = {
    "misspelt": "register_menus",
    "raising": "RuntimeError: no",
    "failing": "ZeroDivisionError",
    "doubled": "clerk",
}


def said(error: Misconfigured) -> str:
    return Translator(["renda"], "zh_Hans")(error.message)


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A folder on the path in which plugins are installed."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def install(name: str, code: str) -> None:
        package = tmp_path / f"plugin_{name}"
        package.mkdir()
        (package / "__init__.py").write_text(code, encoding="utf-8")
        info = tmp_path / f"plugin_{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: plugin-{name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[renda.plugins]\n{name} = plugin_{name}\n")

    return install


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
        ({"renda.secure_cookies": "perhaps"}, "renda.secure_cookies"),
        ({"renda.profile": "village"}, "village"),
        ({"renda.modules": "tiers nowhere"}, "nowhere"),
    ],
)
def test_a_setting_that_is_wrong_is_named(tmp_path, setting, words):
    with pytest.raises(Misconfigured) as caught:
        configure(node_settings(tmp_path, "sqlite://", **setting), environment={})
    assert words in said(caught.value)


def test_the_environment_outranks_the_file(tmp_path):
    text = node_settings(tmp_path, "sqlite://")
    config = configure(text, environment={"RENDA_BROKER_URL": "redis://elsewhere"})
    assert config.registry.values["broker_url"] == "redis://elsewhere"


def test_a_command_says_it_in_chinese_and_exits_with_2(tmp_path):
    config = tmp_path / "node.ini"
    config.write_text("[app:main]\nuse = egg:renda\nrenda.databse_url = sqlite://\n", encoding="utf-8")
    command = [sys.executable, "-m", "renda", "upgrade", str(config)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "不认识的设置：renda.databse_url" in done.stderr
    assert "Traceback" not in done.stderr
