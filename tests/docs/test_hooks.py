"""Every hook has a page: its signature on top, and an example that is a whole plugin and works."""

import inspect
import json
import os
import re
from pathlib import Path

import pytest

from renda import hookspecs
from renda.developing.subjects import HOOKS
from tests import forked

DOCS = Path(__file__).parents[2] / "docs"
PAGES = DOCS / "hooks"
EXAMPLE = re.compile(r"^`renda_(\w+)/__init__\.py`:\n\n```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def page(hook):
    return (PAGES / f"{hook}.md").read_text(encoding="utf-8")


def example(hook):
    """Name and code of the plugin on a hook's page."""
    ((name, code),) = EXAMPLE.findall(page(hook))
    return name, code


def run(*arguments, folder):
    """Run a module where the examples are installed; its output."""
    given = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
    path = os.pathsep.join([str(folder), *map(os.path.abspath, given)])
    done = forked.run(*arguments, cwd=folder, env={**os.environ, "PYTHONPATH": path})
    return done.stdout, done.stderr


@pytest.fixture(scope="module")
def checked(tmp_path_factory):
    """What `renda plugin check` says of the examples, each installed as a package with its migration."""
    folder = tmp_path_factory.mktemp("site")
    for hook in HOOKS:
        name, code = example(hook)
        package = folder / f"renda_{name}"
        (package / "migrations" / "versions").mkdir(parents=True)
        (package / "__init__.py").write_text(code, encoding="utf-8")
        info = folder / f"renda_{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: renda-{name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[renda.plugins]\n{name} = renda_{name}\n")
        if "__tablename__" in code:
            written, told = run("renda.migrate", name, package.name, "First tables", folder=folder)
            assert f"{name}001_first_tables.py" in written, told
    said, told = run("renda", "plugin", "check", "--json", folder=folder)
    assert said, told
    return json.loads(said)["plugins"]


def test_there_is_a_page_for_every_hook_and_no_other():
    assert {path.stem for path in PAGES.glob("*.md")} == set(HOOKS)


@pytest.mark.parametrize("hook", HOOKS)
def test_the_page_begins_with_the_signature(hook):
    said = str(inspect.signature(getattr(hookspecs, hook))).replace("renda.declarations.", "")
    said = re.sub(r"\b(?:modules|registers|figures|documents)\.(?=[A-Z])", "", said)
    assert page(hook).splitlines()[0] == f"# {hook}{said.replace('click.core.', 'click.')}"


@pytest.mark.parametrize("hook", HOOKS)
def test_the_page_says_when_it_is_called_and_its_example_answers_it(checked, hook):
    assert "**Called**" in page(hook)
    found = checked[example(hook)[0]]
    assert found["problems"] == []
    assert found["hooks"][hook]


def test_the_page_on_plugins_leads_to_every_hook():
    text = (DOCS / "plugins.md").read_text(encoding="utf-8")
    assert [hook for hook in HOOKS if f"(hooks/{hook}.md)" not in text] == []
