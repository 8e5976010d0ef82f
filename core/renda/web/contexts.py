"""What a page is about: an organisation, a register of it, or an entry of that.

Making a context is the first wall: who has no role at the organisation learns nothing, not even that it
exists. It opens the session for this organisation alone, which is the second.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, literal, select

from renda.database import scope_to
from renda.declarations import RecordType
from renda.directory.models import Edge, ModuleUse
from renda.directory.models import Organisation as OrganisationRow
from renda.directory.validity import valid_at
from renda.errors import NotFound
from renda.plugins import CORE
from renda.records import engine
from renda.records.models import Record
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
        modules: names of the modules that this organisation uses.
        module: whose page it is; permissions that name a verb only are meant for this module.
        permissions: what the reader may do here, by full names.
    """

    def __init__(self, request: Request, module: str = CORE) -> None:
        reader = request.reader
        if reader is None:
            raise SignInNeeded
        self.reader: Identity = reader
        code = request.matchdict["org"]
        if not reader.plays_at(code):
            raise NotFound
        rows = _path_and_modules(request, code)
        self.path = tuple(
            {row.code: Place(row.code, row.name, row.kind, row.tier, row.congress) for row in rows}.values()
        )
        self.organisation = self.path[-1]
        self.modules = frozenset(row.module for row in rows if row.module is not None)
        if module not in {CORE, *self.modules}:
            raise NotFound
        self.module = module
        self.permissions = permissions(reader, code, request.registry.declared, self.modules)
        scope_to(request.db, {code})


class Register(Organisation):
    """Context of `/o/{org}/r/{type}`: the entries of one record type at one organisation."""

    def __init__(self, request: Request) -> None:
        kind = request.registry.declared.record_types.get(request.matchdict["type"])
        super().__init__(request, kind.module if kind else CORE)
        if kind is None:
            raise NotFound
        self.type: RecordType = kind


class Entry(Register):
    """Context of `/o/{org}/r/{type}/{id}`: one record, as `row`."""

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        self.row: Record = engine.find(request.db, self.type, self.organisation.code, request.matchdict["id"])


_organisation: Any = OrganisationRow.__table__
_edge: Any = Edge.__table__
_use: Any = ModuleUse.__table__
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
_PATH_AND_MODULES = (
    select(*(_path.c[name] for name in Place._fields), _use.c.module)
    .outerjoin_from(
        _path,
        _use,
        and_(
            _path.c.depth == 0,
            _use.c.organisation == _path.c.code,
            valid_at(_use.c.since, _use.c.until, _today),
        ),
    )
    .order_by(_path.c.depth.desc())
)
"""One statement for every page; built once, because building it takes longer than running it."""


def _path_and_modules(request: Request, code: str) -> Sequence[Any]:
    values = {"code": code, "today": request.today}
    return request.db.connection().execute(_PATH_AND_MODULES, values).all()
