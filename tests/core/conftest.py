"""A machine on which `renda` is called as a shell does, and on which plugins are installed."""

import os

import pytest

from renda.testing.plugin import node_settings
from tests import forked


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


@pytest.fixture
def renda(tmp_path):
    """Runs `renda …` as a shell does; plugins of `site` are installed."""
    path = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])

    def run(*arguments):
        return forked.run("renda", *map(str, arguments), env={**os.environ, "PYTHONPATH": path})

    return run


@pytest.fixture
def write(tmp_path):
    """Writes an ini file with these settings of a city's node and gives its path."""

    def ini(**more):
        lines = [
            f"{key} = {str(value).replace('%', '%%')}"
            for key, value in node_settings(tmp_path, "", **more).items()
        ]
        path = tmp_path / "node.ini"
        path.write_text("[app:main]\nuse = egg:renda\n" + "\n".join(lines), encoding="utf-8")
        return path

    return ini
