"""The pages of packs: those that an organisation has, a file with a look at what it adds, and a file back."""

from collections.abc import Mapping
from typing import Any

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPSeeOther
from pyramid.response import Response

from renda.directory import service
from renda.errors import NotFound, RendaError
from renda.i18n import _
from renda.packs import keeping, shipped
from renda.packs.declared import Pack
from renda.packs.reading import MOST_BYTES, NotAPack, read
from renda.types import Request
from renda.web.contexts import Organisation
from renda.web.downloads import download
from renda.web.errors import refuse

COLUMNS = [
    {"title": _("Practice pack")},
    {"title": _("State")},
    {"title": _("Version"), "kind": "number"},
    {"title": _("Received from")},
    {"title": _("File")},
]
USED, UNUSED = {"light": "ok", "text": _("Enabled")}, {"light": "off", "text": _("Can be enabled")}
_NO_FILE = _("Choose a file.")
_TEMPLATES = "renda:web/templates/packs"


def show(context: Organisation, request: Request) -> Mapping[str, Any]:
    """The packs that the organisation has, those that are shipped, and the form that takes a file."""
    return _page(context, request, "")


def _page(context: Organisation, request: Request, error: str) -> dict[str, Any]:
    rows = keeping.held(request.db, context.organisation.code)
    own = {row.name for row in rows}
    return {
        "columns": COLUMNS,
        "rows": [_row(context, request, row) for row in rows],
        "fields": [
            {
                "name": "file",
                "label": _("File"),
                "widget": "file",
                "accept": ".toml",
                "required": True,
                "help": _("A .toml file of at most ${count} KB.", mapping={"count": MOST_BYTES // 1024}),
                "error": error,
            }
        ],
        "errors": {"file": error} if error else {},
        "action": _to(request, "packs"),
        "shipped": [
            {
                "title": one.module.title,
                "summary": one.module.summary,
                "href": _to(request, "packs.shipped", pack=name),
            }
            for name, one in shipped.packs().items()
            if name not in own
        ],
    }


def _row(context: Organisation, request: Request, row: Any) -> dict[str, Any]:
    pack: Pack = request.registry.declared.packs[row.name]
    here = row.given_by == context.organisation.code
    return {
        "cells": [
            {"text": pack.module.title, "href": _module(request, row.name)},
            USED if row.name in context.modules else UNUSED,
            pack.version,
            request.translate(_("Installed here")) if here else service.name_of(request.db, row.given_by),
            {"text": request.translate(_("Download")), "href": _to(request, "packs.file", pack=row.name)},
        ]
    }


def _to(request: Request, page: str, **placed: str) -> str:
    address: str = request.route_path(f"core.{page}", org=request.context.organisation.code, **placed)
    return address


def _module(request: Request, name: str) -> str:
    return _to(request, "module", module=name)


def look(context: Organisation, request: Request) -> Mapping[str, Any]:
    """What the pack of a file would add, before it is installed."""
    sent = request.POST.get("file")
    try:
        if not getattr(sent, "filename", ""):
            raise NotAPack(_NO_FILE)
        pack = read(sent.file.read(MOST_BYTES + 1), _base(sent.filename))
        keeping.require_fits(request.db, pack)
    except RendaError as error:
        refuse(request, error.status)
        request.override_renderer = f"{_TEMPLATES}/list.jinja2"
        return _page(context, request, error.message)
    return _preview(request, pack)


def _base(name: str) -> str:
    """The file's own name; some browsers send the folders, too."""
    return "".join(one for one in name.replace("\\", "/").rpartition("/")[2] if one.isprintable())[-80:]


def look_at_shipped(_context: Organisation, request: Request) -> Mapping[str, Any]:
    """The same of a pack that is shipped."""
    pack = shipped.packs().get(request.matchdict["pack"])
    if pack is None:
        raise NotFound
    return _preview(request, pack)


def _preview(request: Request, pack: Pack) -> dict[str, Any]:
    note = keeping.of_another(request.db, request.context.organisation.code, pack)
    return {
        "flashes": [{"light": "warn", "text": request.translate(note)}] if note else [],
        "title": pack.module.title,
        "summary": pack.module.summary,
        "version": pack.version,
        "name": pack.name,
        "registers": [
            {
                "title": kind.title,
                "fields": [what.label for what in kind.fields.values()],
                "people": kind.participation.title if kind.participation else "",
            }
            for kind in pack.record_types
        ],
        "figures": [{"title": one.title, "definition": one.definition} for one in pack.indicators],
        "reports": [one.title for one in pack.templates],
        "hidden": [{"name": "text", "widget": "hidden", "value": pack.text}],
        "action": _to(request, "packs.install"),
        "back": _to(request, "packs"),
    }


def install(context: Organisation, request: Request) -> HTTPSeeOther:
    """Install what was looked at, and lead to the page where it is enabled."""
    pack = read(request.POST.get("text", "").encode(), _("The pack"))
    keeping.install(
        request.db, context.organisation.code, pack, actor=context.reader.account, now=request.now
    )
    return HTTPSeeOther(_module(request, pack.name))


def send(context: Organisation, request: Request) -> Response:
    """The file of a pack, as it was installed."""
    pack = keeping.exported(request.db, context.organisation.code, request.matchdict["pack"])
    name = f"{pack.name}-{pack.version}{shipped.SUFFIX}"
    title = f"{pack.module.title}-{pack.version}{shipped.SUFFIX}"
    return download(pack.text.encode(), title, plain=name, media_type="application/toml")


def includeme(config: Configurator) -> None:
    """Mount the pages at `/o/{org}/m/core/packs`."""
    add, whole = config.add_page, f"{_TEMPLATES}/list.jinja2"
    preview = f"{_TEMPLATES}/preview.jinja2"
    add("packs", "packs", show, "administer", renderer=whole)
    add("packs", "packs", look, "administer", renderer=preview, request_method="POST", files=True)
    add("packs.install", "packs/install", install, "administer", request_method="POST")
    add("packs.shipped", "packs/shipped/{pack}", look_at_shipped, "administer", renderer=preview)
    add("packs.file", "packs/{pack}/file", send, "administer")
