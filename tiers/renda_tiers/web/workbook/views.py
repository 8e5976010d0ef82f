"""A report's workbook is fetched, and given back."""

import base64
from collections.abc import Mapping
from typing import Any

from pyramid.response import Response

from renda.app import go_on_writing
from renda.declarations import Message
from renda.errors import Invalid, RendaError
from renda.excel import grids, marking
from renda.excel.uploads import chinese
from renda.i18n import _
from renda.types import Request
from renda.web.contexts import Organisation
from renda.web.downloads import XLSX, download, file_name
from renda.web.errors import refuse
from renda_tiers.reports import entering
from renda_tiers.reports.filling import Draft
from renda_tiers.web import form, saving, words
from renda_tiers.web.workbook import reading, writing
from renda_tiers.web.workbook.reading import Read

_LARGEST_MARKED = 2 * 1024 * 1024
"""Bytes that a page can carry to the browser in itself."""
_NO_FILE = _("Choose a file.")


def send(context: Organisation, request: Request) -> Response:
    """The workbook of the draft as it stands."""
    draft, translate = form.drafted(request), chinese(request.registry)
    title = words.said(draft.template.titles, translate)
    name = file_name(draft.period.code, title, context.organisation.name, ending="xlsx")
    plain = f"{draft.template.code}-{draft.period.code}.xlsx"
    return download(writing.write(draft, translate), name, plain=plain)


def take(context: Organisation, request: Request) -> Any:
    """Keep what the file says, all of it or nothing, and lead on to the page that asks for confirmation."""
    read, content = Read(), b""
    try:
        entering.ensure_open(request.db, context.organisation.code, *form.named(request), today=request.today)
        name, content = _sent(request)
        book = grids.read(content, name)
        go_on_writing(request)
        draft = form.drafted(request)
        read = reading.read(book, draft, chinese(request.registry))
        if read.errors:
            raise Invalid(read.errors)
        # What was written before it was refused must be gone when the form is shown.
        with request.db.begin_nested():
            entering.enter(
                request.db,
                draft.organisation,
                draft.template,
                draft.period,
                read.entries,
                author=context.reader.account,
                now=request.now,
            )
    except RendaError as error:
        refuse(request, error.status)
        draft = form.drafted(request)
        page = form.page(context, request, draft, read.typed, _errors(draft, error))
        return _with_marked(page, request, content, read)
    return saving.onward(context, request, check=True)


def _sent(request: Request) -> tuple[str, bytes]:
    sent = request.POST.get("file")
    if not getattr(sent, "filename", ""):
        raise Invalid({"file": _NO_FILE})
    return str(sent.filename), sent.file.read()


def _with_marked(page: dict[str, Any], request: Request, content: bytes, read: Read) -> dict[str, Any]:
    """The page, with the file that was given in it, its faulty cells marked: nothing of it is kept here."""
    if page["sheet"] is None or read.layout is None or not read.faults:
        return page
    translate = chinese(request.registry)
    made = marking.marked(content, read.layout, read.faults, translate)
    if len(made) > _LARGEST_MARKED:
        return page
    page["sheet"]["marked"] = {
        "href": f"data:{XLSX};base64,{base64.b64encode(made).decode()}",
        "name": marking.file_name(request.POST["file"].filename, translate),
        "note": marking.note(content),
    }
    return page


def _errors(draft: Draft, error: RendaError) -> Mapping[str, Message]:
    return saving.named(draft, error) if isinstance(error, Invalid) else {"file": error.sentence}
