"""What a page is about: an organisation, a register of it, or an entry of that.

Making a context is the first wall: who has no role at the organisation learns nothing, not even that it
exists. It opens the session for this organisation alone, which is the second.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, literal, null, select, union_all

from renda import row_security
from renda.database import scope_to
from renda.declarations import Message, RecordType
from renda.declarations.modules import CORE
from renda.directory import modules
from renda.directory.models import Edge, ModuleRule, ModuleUse
from renda.directory.models import Organisation as OrganisationRow
from renda.directory.modules import OwnModules, Rule
from renda.directory.organs import Kind
from renda.directory.validity import valid_at
from renda.errors import NotFound
from renda.notices.models import Notice
from renda.profile import profile_at
from renda.records import engine
from renda.records.models import Record
from renda.records.organs import bound, depends
from renda.security.errors import SignInNeeded
from renda.security.identity import Identity, permissions
from renda.types import Request

HIGHEST_TREE = 16
"""Levels after which a path is cut, so that a loop in the tree cannot keep a request busy."""


class Place(NamedTuple):
    """An organisation as pages need it; the attributes are those of its row."""

    code: str
    name: str
    kind: str
    tier: str
    congress: bool


class Organisation:
    """Context of `/o/{org}` and of everything below it.

    Attributes:
        organisation: where the page is.
        path: from the root of the tree to here, as the tree is today.
        own_modules: what it chose, and what its profile and those above it say.
        modules: names of the modules that this organisation uses.
        module: whose page it is; permissions that name a verb only are meant for this module.
        permissions: what the reader may do here, by full names.
        unread: how many notices the reader has not marked as read, wherever they are about.
        body: what the organisation is by the profile of its tier.
    """

    def __init__(self, request: Request, module: str = CORE) -> None:
        reader = request.reader
        if reader is None:
            raise SignInNeeded
        self.reader: Identity = reader
        self._profiles = request.registry.profiles
        code = request.matchdict["org"]
        if not reader.plays_at(code):
            raise NotFound
        rows = _path_and_modules(request, code, reader)
        self.unread: int = rows[0].unread
        self.path = tuple(
            {row.code: Place(row.code, row.name, row.kind, row.tier, row.congress) for row in rows}.values()
        )
        self.organisation = self.path[-1]
        self.own_modules = _own_modules(request, code, self.organisation.tier, rows)
        self.modules = self.own_modules.in_use
        if module not in {CORE, *self.modules}:
            raise NotFound
        self.module = module
        self.permissions = permissions(reader, code, request.registry.declared, self.modules)
        scope_to(request.db, {code})

    @cached_property
    def body(self) -> Kind:
        """See above."""
        return profile_at(self._profiles, self.organisation.tier).kind(self.organisation.kind)

    def barred(self, kind: RecordType) -> Message:
        """Why the organisation makes no records of this type, or ""."""
        return kind.barred(self.body) if kind.barred is not None else ""


class Register(Organisation):
    """Context of `/o/{org}/r/{type}`: the entries of one record type at one organisation."""

    def __init__(self, request: Request) -> None:
        request.db.connection()  # From here on, what is declared is what is installed now.
        kind = request.registry.declared.record_types.get(request.matchdict["type"])
        super().__init__(request, kind.module if kind else CORE)
        if kind is None:
            raise NotFound
        self.type: RecordType = bound(kind, self.body) if depends(kind) else kind


class Entry(Register):
    """Context of `/o/{org}/r/{type}/{id}`: one record, as `row`."""

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        self.row: Record = engine.find(request.db, self.type, self.organisation.code, request.matchdict["id"])


_organisation: Any = OrganisationRow.__table__
_edge: Any = Edge.__table__
_use: Any = ModuleUse.__table__
_rule: Any = ModuleRule.__table__
_notice: Any = Notice.__table__
_RULE = Rule._fields[1:]
_today: Any = bindparam("today")
_columns = [_organisation.c[name] for name in Place._fields]

_here = (
    select(*_columns, literal(0).label("depth"))
    .where(_organisation.c.code == bindparam("code"))
    .cte("path", recursive=True)
)
_path = _here.union_all(
    select(*_columns, _here.c.depth + 1)
    .join_from(_here, _edge, _edge.c.child == _here.c.code)
    .join(_organisation, _organisation.c.code == _edge.c.parent)
    .where(
        valid_at(_edge.c.valid_from, _edge.c.valid_to, _today),
        _here.c.depth < HIGHEST_TREE,
    )
)
_unread = (
    select(func.count())
    .where(_notice.c.account == bindparam("account"), _notice.c.read_at.is_(None))
    .scalar_subquery()
    .label("unread")
)
_said = union_all(
    select(_use.c.module, *(null().label(name) for name in _RULE)).where(
        _use.c.organisation == bindparam("code"), valid_at(_use.c.since, _use.c.until, _today)
    ),
    select(_rule.c.module, *(_rule.c[name] for name in _RULE)).where(
        _rule.c.organisation == bindparam("code"), valid_at(_rule.c.since, _rule.c.until, _today)
    ),
).cte("said")
_PATH_AND_MODULES = (
    select(*(_path.c[name] for name in Place._fields), *_said.c, _unread)
    .outerjoin_from(_path, _said, _path.c.depth == 0)
    .order_by(_path.c.depth.desc())
)
"""One statement for every page; built once, because building it takes longer than running it."""


_AND_SCOPE = _PATH_AND_MODULES.add_columns(
    func.set_config(literal(row_security.SETTING), bindparam("code"), literal(value=True))
)
"""The same, which has PostgreSQL know the scope, too."""


def _path_and_modules(request: Request, code: str, reader: Identity) -> Sequence[Any]:
    values = {"code": code, "today": request.today, "account": reader.account}
    connection = request.db.connection()
    if connection.dialect.name != "postgresql":
        return connection.execute(_PATH_AND_MODULES, values).all()
    rows = connection.execute(_AND_SCOPE, values).all()
    if rows:
        row_security.said(connection, code)
    return rows


def _own_modules(request: Request, code: str, tier: str, rows: Sequence[Any]) -> OwnModules:
    said = [row for row in rows if row.module is not None]
    return modules.own(
        request.registry,
        code,
        tier,
        {row.module for row in said if row.rule is None},
        [Rule(row.module, row.rule, row.by, row.reason) for row in said if row.rule is not None],
    )
