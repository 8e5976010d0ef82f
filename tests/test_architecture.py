"""Rules of the house that hold for every file, so that nobody has to remember them."""

import ast
import re
import subprocess
import sys
import sysconfig
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract, extract_python
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

ROOT = Path(__file__).parents[1]
PLUGINS = sorted(path.parent for path in ROOT.glob("plugins/*/renda_*/__init__.py"))
PACKAGES = [ROOT / "core/renda", ROOT / "tiers/renda_tiers", *PLUGINS]
MADE = {"build", "dist", "demo-data", "__pycache__"}
MOST_LINES = 300

FOLDERS_OF_SOURCES = {"core", "tiers", "plugins"}
MAY_COMMIT = {"core/renda/app.py", "core/renda/migrate.py"}
MAY_ASK_THE_TIME = {"core/renda/clock.py", "core/renda/database.py"}
CLOCKS = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "time.time",
    "time.time_ns",
    "func.now",
    "func.current_timestamp",
}

Node = ast.AST


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def modules() -> list[Path]:
    return [path for package in PACKAGES for path in sorted(package.rglob("*.py"))]


def handwritten() -> list[Path]:
    return [path for path in modules() if "migrations" not in path.parts]


def files_of_tests() -> list[Path]:
    return sorted((ROOT / "tests").rglob("*.py"))


def offences(paths: list[Path], offends: Callable[[Node], bool]) -> list[str]:
    """`file:line` of every node of these files that breaks a rule."""
    return [
        f"{relative(path)}:{getattr(node, 'lineno', 1)}"
        for path in paths
        for node in ast.walk(parsed(path))
        if offends(node)
    ]


def dotted(node: Node) -> str:
    """`a.b` for the last two words of a name that is read, "" for anything else."""
    if not isinstance(node, ast.Attribute):
        return ""
    before = node.value
    name = before.attr if isinstance(before, ast.Attribute) else getattr(before, "id", "")
    return f"{name}.{node.attr}"


def test_the_packages_are_where_these_rules_look_for_them() -> None:
    assert [path.name for path in PACKAGES] == [
        "renda",
        "renda_tiers",
        "renda_liaison",
        "renda_suggestions",
        "renda_training",
    ]
    assert all(path.is_dir() for path in PACKAGES)


def test_modules_are_small() -> None:
    long = {relative(path): len(path.read_text(encoding="utf-8").splitlines()) for path in handwritten()}
    assert {name: lines for name, lines in long.items() if lines > MOST_LINES} == {}


def test_every_public_name_says_what_it_is() -> None:
    assert [name for path in handwritten() for name in undocumented(path)] == []


def undocumented(path: Path) -> Iterator[str]:
    module = parsed(path)
    public = [part for part in path.relative_to(ROOT).parts if part.startswith("_") and part != "__init__.py"]
    if not public and module.body and not ast.get_docstring(module):
        yield relative(path)
    for name, node in public_definitions(module):
        if not ast.get_docstring(node):
            yield f"{relative(path)}:{node.lineno} {name}"


Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def public_definitions(parent: ast.Module | ast.ClassDef) -> Iterator[tuple[str, Definition]]:
    for node in parent.body:
        if not isinstance(node, Definition) or node.name.startswith("_"):
            continue
        decorators = {getattr(one, "id", getattr(one, "attr", "")) for one in node.decorator_list}
        if decorators & {"overload", "override"}:
            continue
        yield node.name, node
        if isinstance(node, ast.ClassDef):
            yield from public_definitions(node)


def test_every_folder_of_tests_is_a_package() -> None:
    folders = {path.parent for path in files_of_tests() if "migrations" not in path.parts}
    folders.discard(ROOT / "tests/contract/stranger")
    assert [relative(folder) for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []


def test_only_the_transaction_manager_commits() -> None:
    def commits(node: Node) -> bool:
        return isinstance(node, ast.Call) and dotted(node.func).endswith(".commit")

    paths = [path for path in modules() if relative(path) not in MAY_COMMIT]
    assert offences(paths, commits) == []


def test_time_is_told_and_never_asked() -> None:
    paths = [path for path in modules() if relative(path) not in MAY_ASK_THE_TIME]
    assert offences(paths, lambda node: dotted(node) in CLOCKS) == []


def test_databases_are_built_by_migrations_only() -> None:
    assert offences(modules() + files_of_tests(), lambda node: dotted(node).endswith(".create_all")) == []


def test_nothing_is_imported_by_the_name_of_its_folder() -> None:
    def imports(node: Node) -> bool:
        if isinstance(node, ast.ImportFrom):
            return node.level == 0 and (node.module or "").partition(".")[0] in FOLDERS_OF_SOURCES
        return isinstance(node, ast.Import) and any(
            one.name.partition(".")[0] in FOLDERS_OF_SOURCES for one in node.names
        )

    assert offences(modules() + files_of_tests(), imports) == []


def test_imports_go_one_way() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_editable_installs_are_plain_paths_that_type_checkers_follow() -> None:
    packages = Path(sysconfig.get_path("purelib"))
    assert [path.name for path in packages.glob("__editable___renda*_finder.py")] == []


def test_no_file_names_a_folder_of_somebody_s_machine() -> None:
    somewhere = re.compile(r"(?<![\w.}\])-])/(?:root|work|home/\w+)/|/tmp/brief")
    found = []
    for path in sorted(ROOT.rglob("*")):
        inside = path.relative_to(ROOT).parts
        if MADE & set(inside) or (inside[0].startswith(".") and inside[0] != ".ci"):
            continue
        if path.is_file() and path != Path(__file__) and somewhere.search(text_of(path)):
            found.append(relative(path))
    assert found == []


def text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def messages(package: Path) -> Iterator[tuple[str, str]]:
    """(place, message) of everything that a package marks for translation."""
    for path in sorted(package.rglob("*")):
        method: Any = {".py": extract_python, ".jinja2": babel_extract}.get(path.suffix)
        if method is None:
            continue
        with path.open("rb") as file:
            for line, message, _comments, _context in extract(
                method, file, DEFAULT_KEYWORDS, options={"silent": "false"}
            ):
                for one in (message,) if isinstance(message, str) else message:
                    yield f"{relative(path)}:{line}", one


CHINESE = "locale/zh_Hans/LC_MESSAGES/renda.po"


def chinese(package: Path) -> dict[str, str]:
    """The Chinese of a package's messages; what a translator has not confirmed does not count."""
    path = package / CHINESE
    if not path.exists():
        return {}
    with path.open("rb") as file:
        return {str(one.id): str(one.string) for one in read_po(file) if one.id and not one.fuzzy}


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_every_message_is_translated(package: Path) -> None:
    known = chinese(PACKAGES[0]) | chinese(package)
    missing = [f"{place} {message!r}" for place, message in messages(package) if not known.get(message)]
    assert missing == []


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_no_message_is_translated_twice(package: Path) -> None:
    """Of two translations the first would be shown, and the other be waited for in vain."""
    path = package / CHINESE
    said = (
        re.findall(r"^msgid ((?:\".*\"\n)+)", path.read_text("utf-8"), re.MULTILINE) if path.exists() else []
    )
    assert [one for one, times in Counter(said).items() if times > 1] == []


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_translations_keep_the_values_of_their_messages(package: Path) -> None:
    value = re.compile(r"\$\{\w+\}|%\(\w+\)[sd]")
    wrong = [
        message
        for message, translated in chinese(package).items()
        if translated and set(value.findall(message)) != set(value.findall(translated))
    ]
    assert wrong == []


def test_make_help_is_aligned() -> None:
    make = ["make", "--no-print-directory", "help"]
    told = subprocess.run(make, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    lines = [line for line in told.splitlines() if line.startswith("  make ")]
    assert {re.match(r"  make \S+ +", line).end() for line in lines if line} == {20}  # type: ignore[union-attr]


def test_the_makefile_names_no_folder_of_tests_that_is_not_there() -> None:
    named = re.findall(r"\btests/[\w/.]+", (ROOT / "Makefile").read_text(encoding="utf-8"))
    assert named
    assert [one for one in named if not (ROOT / one).exists()] == []


def test_every_invariant_is_named_by_a_test_that_holds_it() -> None:
    named: set[int] = set()
    for path in files_of_tests():
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                said = f"{node.name.replace('_', ' ')} {ast.get_docstring(node) or ''}"
                for numbers in re.findall(r"[Ii]nvariants?((?: and|,? \d+)+)", said):
                    named |= {int(number) for number in re.findall(r"\d+", numbers)}
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    listed = {int(number) for number in re.findall(r"\*\*(\d+)\*\*", page)}
    assert listed == {*range(1, 8), 9, 10, 12, 15, *range(17, 21)}
    assert listed - named == set()
