"""Who may do what where, read off the views of a node: what `access.csv` says and a review of a change reads.

    python -m tests.contract.access

writes the table anew. Rows are views, those of registers once for each module that has any. A role's column
says at which organisations somebody who plays it at one county may use the view: at the `own` one,
everywhere (`all`), or nowhere.
"""

import csv
import io
import re
import uuid
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any, cast

from pyramid.static import static_view

from renda.app import configure
from renda.declarations.modules import CORE
from renda.security.identity import Identity, permissions
from renda.security.policy import EVERYONE, Policy
from renda.testing.plugin import node_settings
from renda.types import Registry
from renda.web.contexts import Register
from tests.core.security.town import methods
from tests.tiers.chain import CAO, CITY, SHAN, TOWN

TABLE = Path(__file__).with_name("access.csv")
_NAMES = {EVERYONE: "strangers, too"}
RELATIONS = {"own": CAO, "parent": CITY, "sibling": SHAN, "child": TOWN}


def rows(registry: Registry) -> list[list[str]]:
    """The table: a head, and a row for each view, method and module of registers."""
    roles = list(registry.declared.roles)
    found = set()
    for pattern, method, step, permission, factory in views(registry):
        for module in _modules(registry, factory):
            said = [_where(registry, pattern, module, permission, role) for role in roles]
            address = pattern.replace("{type}", f"{module}_…")
            found.add((address, method, step, _NAMES.get(permission, permission), *said))
    return [["address", "method", "step", "permission", *roles], *map(list, sorted(found))]


def _modules(registry: Registry, factory: Any) -> list[str]:
    """Whose permissions a view asks for that names a verb alone."""
    if isinstance(factory, type) and issubclass(factory, Register):
        return sorted({kind.module for kind in registry.declared.record_types.values()})
    named = factory.keywords.get("module") if isinstance(factory, partial) else None
    return [named or CORE]


def views(registry: Registry) -> Iterator[tuple[str, str, str, str, Any]]:
    """Address, method, verb of a step, permission and context factory of each view."""
    routes = {
        one["introspectable"]["name"]: one["introspectable"]
        for one in registry.introspector.get_category("routes")
    }
    for entry in registry.introspector.get_category("views"):
        view = entry["introspectable"]
        if view["context"] is not None or isinstance(view["callable"], static_view):
            continue
        (permission,) = (one["value"] for one in entry["related"] if one.category_name == "permissions")
        route = routes[view["route_name"]]
        page = str(view["match_param"] or "").removeprefix("page=")
        address = re.sub(r"{page:[^}]+}", page, route["pattern"]) if page else route["pattern"]
        for method in sorted(methods(view) - {"HEAD"}):
            yield address, method, str(view.get("step_verb") or ""), permission, route["factory"]


def _where(registry: Registry, pattern: str, module: str, permission: str, role: str) -> str:
    """At which organisations a person with a role at the county may use a view, where all modules are used."""
    if permission == EVERYONE:
        return "all"
    reader, declared = Identity(uuid.UUID(int=1), role, role, {CAO: frozenset({role})}), registry.declared
    if "{org}" not in pattern:
        return "all" if _permits(reader, None, permission) else ""
    places = []
    for relation, code in RELATIONS.items():
        held = permissions(reader, code, declared, frozenset(declared.modules))
        context = SimpleNamespace(module=module, permissions=held)
        if reader.plays_at(code) and _permits(reader, context, permission):
            places.append(relation)
    return " ".join(places)


class _Asked(Policy):
    """The policy of every node, told who asks."""

    def __init__(self, reader: Identity) -> None:
        self.reader = reader

    def identity(self, request: Any) -> Identity:
        """Whom the table is about."""
        del request
        return self.reader


def _permits(reader: Identity, context: Any, permission: str) -> bool:
    request: Any = None
    return bool(_Asked(reader).permits(request, context, permission))


def assembled(folder: Path) -> Registry:
    """A city's node with every bundled module."""
    return cast("Registry", configure(node_settings(folder, "sqlite://"), environment={}).registry)


def written(table: list[list[str]]) -> str:
    """The table as text."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(table)
    return text.getvalue()


if __name__ == "__main__":
    with TemporaryDirectory() as place:
        TABLE.write_text(written(rows(assembled(Path(place)))), encoding="utf-8")
