"""Attachments on the page of their record: added, downloaded, previewed, removed and put back."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from pyramid.config import Configurator
from pyramid.response import Response

from renda.clock import local_minute
from renda.declarations import Attachments
from renda.errors import Invalid, NotFound
from renda.files.kinds import KINDS, endings
from renda.i18n import _
from renda.records import attaching, attachments
from renda.records.attaching import MEGABYTE, Given
from renda.records.attachments import Held
from renda.types import Request
from renda.web.contexts import Entry

ALONE = "sandbox; default-src 'none'; img-src 'self'; object-src 'self'; style-src 'unsafe-inline'"
"""Content security policy of a file beside that of every page: it can run nothing and reach nothing."""

_PLAIN = "application/octet-stream"
_KILOBYTE = 1024
_NO_FILE = _("Choose a file.")
_COLUMNS = (
    {"title": _("File"), "kind": "text"},
    {"title": _("Kind of file"), "kind": "text"},
    {"title": _("Size"), "kind": "text"},
    {"title": _("Added by"), "kind": "text"},
    {"title": _("Added at"), "kind": "text"},
)
_PREVIEW = {"title": _("Preview"), "kind": "text"}


def size(count: int) -> str:
    """A number of bytes as people read it."""
    if count < MEGABYTE:
        return f"{max(1, round(count / _KILOBYTE)):,} KB"
    return f"{count / MEGABYTE:,.1f} MB"


def section(
    context: Entry, request: Request, here: str, errors: Mapping[str, str], *, may_write: bool
) -> dict[str, Any] | None:
    """What the page of a record shows of its attachments; None for a record that has none by its type.

    Args:
        context: the record.
        request: who asks.
        here: address of the record's page.
        errors: what is wrong with a file that was just sent, as `file`.
        may_write: whether the reader may add and remove.
    """
    rules = context.type.attachments
    if rules is None:
        return None
    found = attachments.of(request.db, context.type, context.row)
    there = [one for one in found if one.row.removed_at is None]
    return {
        "columns": [*_COLUMNS, _PREVIEW],
        "rows": [_row(one, f"{here}/files", request) for one in there],
        "removed": _removed(found, there, request) if may_write else [],
        "removed_columns": [*_COLUMNS[:3], {"title": _("Removed by")}, {"title": _("Removed at")}],
        "action": f"{here}/files" if may_write else None,
        "field": _field(rules, errors.get("file", "")),
    }


def _field(rules: Attachments, error: str) -> dict[str, Any]:
    most = {"endings": " ".join(endings(rules.kinds)), "limit": rules.limit, "most": rules.most}
    return {
        "name": "file",
        "label": _("Files"),
        "widget": "file",
        "many": True,
        "required": True,
        "accept": ",".join(endings(rules.kinds)),
        "help": _("${endings}; at most ${limit} MB each and ${most} in all.", mapping=most),
        "error": error,
    }


def _row(one: Held, base: str, request: Request) -> dict[str, Any]:
    row, kind = one.row, KINDS.get(one.row.kind)
    shown = {"text": request.translate(_("Preview")), "href": f"{base}/{row.id}/preview"}
    cells = [
        {"text": row.name, "href": f"{base}/{row.id}"},
        *_what(one, request),
        one.added_by,
        local_minute(row.added_at),
        shown if kind is not None and kind.inline else None,
    ]
    return {"cells": cells, "select": str(row.id)}


def _what(one: Held, request: Request) -> list[str]:
    kind = KINDS.get(one.row.kind)
    return [request.translate(kind.title) if kind else one.row.kind, size(one.row.size)]


def _removed(found: Sequence[Held], there: Sequence[Held], request: Request) -> list[dict[str, Any]]:
    """What was removed and can be put back: nothing that is there again, and the same only once."""
    known = {(one.row.name, one.row.digest) for one in there}
    rows = []
    for one in reversed(found):
        row, key = one.row, (one.row.name, one.row.digest)
        if row.digest is None or row.removed_at is None or key in known:
            continue
        known.add(key)
        cells = [row.name, *_what(one, request), one.removed_by, local_minute(row.removed_at)]
        rows.append({"cells": cells, "select": str(row.id)})
    return rows


def change(context: Entry, request: Request) -> None:
    """Add what a form sends to a record, or remove or put back what it selects.

    Raises:
        NotFound: the record has no attachments by its type, or not what was selected.
        Invalid: nothing was chosen or selected.
        RendaError: see `renda.records.attaching.add` and `put_back`.
    """
    attachments.declared(context.type)
    kind, row, form = context.type, context.row, request.POST
    who: dict[str, Any] = {"now": request.now, "actor": context.reader.account}
    what = form.get("do", "add")
    if what == "add":
        sent = [one for one in form.getall("file") if getattr(one, "filename", "")]
        if not sent:
            raise Invalid({"file": _NO_FILE})
        files = [Given(str(one.filename), one.file.read()) for one in sent]
        attaching.add(request.db, kind, row, files, settings=request.registry.values, **who)
        return
    chosen = [
        attachments.find(request.db, kind, row, one, removed=what == "put_back")
        for one in dict.fromkeys(form.getall("attachment"))
    ]
    for one in chosen:
        if what == "put_back":
            attaching.put_back(request.db, kind, row, one, **who)
        elif what == "remove":
            attaching.remove(request.db, kind, row, one, **who)
        else:
            raise NotFound


def served(name: str, kind: str, content: bytes, *, inline: bool) -> Response:
    """A file as a response: shown by the browser only where its kind may be, and alone in any case."""
    known = KINDS.get(kind)
    shown = inline and known is not None and known.inline
    found = Response(body=content, content_type=known.media_type if known else _PLAIN, charset=None)
    way = "inline" if shown else "attachment"
    found.content_disposition = f"{way}; filename*=UTF-8''{quote(name, safe='')}"
    found.headers["Content-Security-Policy"] = ALONE
    return found


def download(context: Entry, request: Request) -> Response:
    """A file to take away; its address tells nothing, and opens it for readers of the record alone."""
    one = attachments.find(request.db, context.type, context.row, request.matchdict["file"])
    return served(one.name, one.kind, attachments.content(request.db, one), inline=False)


def preview(context: Entry, request: Request) -> Response:
    """An image or a PDF, as the browser shows it.

    Raises:
        NotFound: there is no such file, or it is of a kind that another program shows.
    """
    one = attachments.find(request.db, context.type, context.row, request.matchdict["file"])
    known = KINDS.get(one.kind)
    if known is None or not known.inline:
        raise NotFound
    return served(one.name, one.kind, attachments.content(request.db, one), inline=True)


def includeme(config: Configurator) -> None:
    """Mount the addresses of files; what a form sends is answered by the page of the record."""
    at = "/o/{org}/r/{type}/{id}/files"
    config.add_route("entry_files", at, factory=Entry)
    config.add_route("entry_file", at + "/{file}", factory=Entry)
    config.add_route("entry_file_preview", at + "/{file}/preview", factory=Entry)
    config.registry.__dict__.setdefault("pages_with_files", set()).add("entry_files")
    read = {"request_method": "GET", "permission": "read"}
    config.add_view(download, route_name="entry_file", **read)
    config.add_view(preview, route_name="entry_file_preview", **read)
