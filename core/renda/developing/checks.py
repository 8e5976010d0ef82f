"""What is wrong with an installed plugin, as far as its declarations and files tell without a database.

What stops a start is the first problem. The others would show only when somebody opens the page in question.
"""

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import entry_points
from typing import NamedTuple

from renda import messages, migrate
from renda.database import Base
from renda.declarations import MenuEntry, Message
from renda.declarations.modules import CORE
from renda.developing.subjects import Subject, installed, subject
from renda.directory.divisions import TIERS
from renda.errors import Misconfigured
from renda.i18n import DEFAULT_LOCALE, _, catalogue
from renda.plugins import GROUP
from renda.records.checks import problems as problems_of_type
from renda.security.identity import qualified
from renda.web.shell import SLOTS

CHAIN = "renda_tiers"
"""The package of the chain."""
_VALUE = re.compile(r"\$\{\w+\}")


class Problem(NamedTuple):
    """Something wrong: where it stands (a hook, a file and line, or a folder), and what it is."""

    where: str
    what: Message


Check = Callable[[Subject], Iterator[Problem]]


def look(name: str) -> tuple[Subject | None, list[Problem]]:
    """An installed plugin and everything that is wrong with it; None where it does not even start."""
    try:
        found = subject(name)
    except Misconfigured as error:
        return None, [Problem(name, error.message)]
    return found, [problem for check in CHECKS.values() for problem in check(found)]


def registers(one: Subject) -> Iterator[Problem]:
    """Record types name what there is, and begin with the plugin's name, as their tables do."""
    own, hook = f"{one.name}_", "register_record_types"
    for kind in one.said.get(hook, ()):
        for word in dict.fromkeys((kind.name, kind.model.__tablename__)):
            if not word.startswith(own):
                yield Problem(hook, _BEGINS % {"name": word, "own": own})
        for problem in problems_of_type(kind, one.declared.record_types, one.declared.roles):
            yield Problem(hook, f"{kind.name}: {problem}")


def figures(one: Subject) -> Iterator[Problem]:
    """Indicators and report templates name record types, figures and tiers that exist."""
    known = one.declared.indicators
    sources = one.declared.record_types.keys() | Base.metadata.tables.keys()
    for figure in one.said.get("register_indicators", ()):
        named = {figure.measure.records} - sources if figure.measure else set()
        if figure.derived:
            named |= {figure.numerator, figure.denominator} - known.keys()
        yield from _unknown("register_indicators", figure.code, named)
    for report in one.said.get("register_report_templates", ()):
        named = (set(report.lines) - known.keys()) | (set(report.tiers) - set(TIERS))
        yield from _unknown("register_report_templates", report.code, named)


def rights(one: Subject) -> Iterator[Problem]:
    """The module names roles that exist; what its menu, cards and steps ask for, some role holds."""
    module = one.said.get("register_module")
    if module is None:
        yield Problem("register_module", _("It is missing, so that no organisation can enable the plugin."))
        return
    yield from _unknown("register_module", "grants", set(module.grants) - one.declared.roles.keys())
    yield from _unknown("register_module", "needs", set(module.needs) - {CORE, *installed()})
    held = {
        qualified(verb, name)
        for name, other in one.declared.modules.items()
        for verbs in other.grants.values()
        for verb in verbs
    }
    asked = {(slot.permission, "register_slots") for slot in one.said.get("register_slots", ())}
    asked |= {
        (step.verb, "register_record_types")
        for kind in one.record_types
        for step in kind.workflow.transitions
    }
    for verb, hook in sorted(asked):
        if qualified(verb, one.name) not in held:
            yield Problem(hook, _("No role holds ${name}.", mapping={"name": qualified(verb, one.name)}))


def menus(one: Subject) -> Iterator[Problem]:
    """Menu entries stand in slots that exist, and lead to registers that exist."""
    for slot in one.said.get("register_slots", ()):
        if isinstance(slot, MenuEntry):
            register = slot.path.removeprefix("r/").partition("?")[0]
            lost = {register} - one.declared.record_types.keys() if slot.path.startswith("r/") else set()
            yield from _unknown("register_slots", slot.path, lost | ({slot.slot} - SLOTS.keys()))


def settings(one: Subject) -> Iterator[Problem]:
    """Settings begin with the plugin's name, and say what they change."""
    own, hook = f"{one.name}.", "register_settings"
    for setting in one.said.get(hook, ()):
        if not setting.name.startswith(own):
            yield Problem(hook, _BEGINS % {"name": setting.name, "own": own})
        if not setting.help:
            yield Problem(hook, _("${name} has no help.", mapping={"name": setting.name}))


def words(one: Subject) -> Iterator[Problem]:
    """Every message that is marked for translation has its Chinese, with the same values in it."""
    known = {**catalogue(one.component.package, DEFAULT_LOCALE), **catalogue("renda", DEFAULT_LOCALE)}
    for message in messages.said(one.component.package):
        text = str(message.id)
        if not text:
            continue
        where = message.locations[0][0] if message.locations else one.component.package
        if text not in known:
            yield Problem(where, _("There is no Chinese for: ${text}", mapping={"text": text}))
        elif set(_VALUE.findall(text)) != set(_VALUE.findall(known[text])):
            yield Problem(where, _("The Chinese has other values than: ${text}", mapping={"text": text}))


def imports(one: Subject) -> Iterator[Problem]:
    """It imports the core and libraries, but no other plugin and not the chain."""
    others = {point.value.partition(".")[0] for point in entry_points(group=GROUP)} | {CHAIN}
    others -= {one.component.package.partition(".")[0]}
    for file in sorted(one.folder.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            for name in _imported(node):
                if name.partition(".")[0] in others:
                    where = f"{file.relative_to(one.folder)}:{getattr(node, 'lineno', 1)}"
                    yield Problem(where, _("It imports ${name}.", mapping={"name": name}))


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and not node.level:
        return [node.module or ""]
    return []


def histories(one: Subject) -> Iterator[Problem]:
    """Where it has tables it has one history of migrations, whose numbers begin with its name."""
    own = f"{one.name}_"
    tables = [name for name in Base.metadata.tables if name.startswith(own)]
    if not (one.folder / "migrations" / "versions").is_dir():
        if tables:
            missing = {"names": ", ".join(sorted(tables))}
            yield Problem("migrations", _("No migration makes ${names}.", mapping=missing))
        return
    steps = migrate.history(one.component.package)
    if len(steps.heads) > 1:
        both = {"names": ", ".join(sorted(steps.heads))}
        yield Problem("migrations/versions", _("The history has two ends: ${names}.", mapping=both))
    for number in steps.revisions:
        if not number.startswith(one.name):
            yield Problem("migrations/versions", _BEGINS % {"name": number, "own": one.name})


_BEGINS: str = _("${name} must begin with ${own}, so that no two plugins clash.")


def _unknown(hook: str, place: str, names: set[str]) -> Iterator[Problem]:
    if names:
        said = {"place": place, "names": ", ".join(sorted(names))}
        yield Problem(hook, _("${place} names what does not exist: ${names}.", mapping=said))


CHECKS: Mapping[str, Check] = {
    "registers": registers,
    "figures": figures,
    "rights": rights,
    "menus": menus,
    "settings": settings,
    "words": words,
    "imports": imports,
    "histories": histories,
}
"""Every check, by name."""
