"""The pages of a register's spreadsheets: template, upload, preview with its columns, and the marked file."""

from typing import Any

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPSeeOther
from pyramid.response import Response

from renda.app import go_on_writing
from renda.declarations import RecordType
from renda.errors import Conflict, Invalid, NotFound, RendaError
from renda.excel import asking, marking, preview, template, uploads
from renda.excel.models import Upload
from renda.excel.template import Place
from renda.i18n import _, thaw
from renda.records import export, passing
from renda.records.engine import PART_OF_NOTHING
from renda.records.persons import offered
from renda.types import Request
from renda.web.contexts import Register
from renda.web.downloads import download
from renda.web.errors import refuse

GIVE = "renda:web/templates/register/import.jinja2"
LOOK = "renda:web/templates/register/imported.jinja2"
_NO_FILE = _("Choose a file.")
_EVERY = {
    "alike.change": {"twins": False, "own": False},
    "alike.new": {"twins": False, "own": True},
    "twins.new": {"twins": True, "own": True},
}
"""Buttons that answer at once for all rows that are like records, or equal others; see `asking.of_all`."""


def _base(context: Register, request: Request) -> str:
    path: str = request.route_path("register", org=context.organisation.code, type=context.type.name)
    return path


def _require_kept(context: Register) -> None:
    if reason := context.barred(context.type):
        raise Conflict(reason)
    if context.type.part_of:
        raise Conflict(PART_OF_NOTHING)


def _workbook(context: Register, request: Request, *, filled: bool) -> Response:
    kind, place = context.type, context.organisation
    who = Place(place.code, place.name, offered(request.db, place.code, request.today))
    made = template.write(request.db, kind, who, request.translate, filled=filled)
    word = request.translate(_("records") if filled else _("template"))
    name = export.file_name(kind, f"{place.name}-{word}", request.today.year, request.translate)
    if filled:
        passing.exported(
            request.db, kind, place.code, made.rows, now=request.now, actor=context.reader.account
        )
    return download(made.file, name, plain=f"{kind.name}.xlsx")


def send_template(context: Register, request: Request) -> Response:
    """An empty workbook to fill."""
    _require_kept(context)
    return _workbook(context, request, filled=False)


def send_records(context: Register, request: Request) -> Response:
    """All records in a workbook that can be changed and given back."""
    _require_kept(context)
    return _workbook(context, request, filled=True)


def _giving(context: Register, request: Request, error: str = "") -> dict[str, Any]:
    kind, base = context.type, _base(context, request)
    actions = [{"title": _("Download the template"), "href": f"{base}/template.xlsx"}]
    if request.has_permission("export", context):
        actions.append({"title": _("Download all records to change them"), "href": f"{base}/records.xlsx"})
    return {
        "title": _("Import: ${register}", mapping={"register": request.translate(kind.title)}),
        "back": {"title": kind.title, "href": base},
        "actions": actions,
        "fields": [preview.file_field(error)],
        "errors": {"file": error} if error else {},
        "action": f"{base}/import",
        "cancel_href": base,
    }


def show_form(context: Register, request: Request) -> dict[str, Any]:
    """The form that takes a file, and the template to fill."""
    _require_kept(context)
    return _giving(context, request)


def give(context: Register, request: Request) -> Any:
    """Keep a file and lead to its preview; one that is refused as a whole is not kept."""
    _require_kept(context)
    sent = request.POST.get("file")
    if not getattr(sent, "filename", ""):
        refuse(request, Invalid.status)
        return _giving(context, request, _NO_FILE)
    kind, place, content = context.type, context.organisation.code, sent.file.read()
    try:
        uploads.opened(request.registry, kind, place, content, name=str(sent.filename))
    except RendaError as error:
        refuse(request, error.status)
        return _giving(context, request, error.message)
    go_on_writing(request)
    row = uploads.keep(
        request.db,
        kind,
        place,
        context.reader.account,
        name=str(sent.filename),
        content=content,
        now=request.now,
    )
    return HTTPSeeOther(f"{_base(context, request)}/import/{row.id}")


def _upload(context: Register, request: Request) -> Upload:
    return uploads.find_upload(
        request.db,
        context.type,
        context.organisation.code,
        context.reader.account,
        identifier=request.matchdict["upload"],
        now=request.now,
    )


def _looking(
    context: Register, request: Request, row: Upload, file: uploads.Opened, error: str = ""
) -> dict[str, Any]:
    kind, base = context.type, _base(context, request)
    found = uploads.judged(request.db, request.registry, kind, row, file, now=request.now)
    asked = preview.questions(request.db, kind, found, base, request.translate)
    return {
        **_frame(context, request, row),
        **preview.page(request.db, kind, found, request.translate),
        "questions": asked if row.state == uploads.OPEN else [],
        "errors": {"": error} if error else {},
        "flashes": asking.flashes(request.GET, request.translate),
        "action": f"{base}/import/{row.id}",
        "marked_href": f"{base}/import/{row.id}/marked.xlsx" if found.faulty else None,
        "marked_note": marking.note(row.content) if found.faulty else "",
        "again_href": f"{base}/import",
    }


def _frame(context: Register, request: Request, row: Upload) -> dict[str, Any]:
    kind = context.type
    return {
        "title": _("Import: ${register}", mapping={"register": request.translate(kind.title)}),
        "back": {"title": kind.title, "href": _base(context, request)},
        "file_name": row.name,
        "state": row.state,
        "written": row.written,
        "trouble": thaw(row.trouble) if row.trouble else "",
    }


def show_upload(context: Register, request: Request) -> dict[str, Any]:
    """What a file would do, how far its writing is, or what it did."""
    row = _upload(context, request)
    if row.state in {uploads.OPEN, uploads.WRITTEN}:
        return _looking(context, request, row, uploads.reopened(request.registry, context.type, row))
    return {**_frame(context, request, row), "again_href": f"{_base(context, request)}/import"}


def decide(context: Register, request: Request) -> Any:
    """Take a correction of the columns, answers, the confirmation, or the withdrawal of a file."""
    wanted, base = request.POST.get("do", ""), _base(context, request)
    kind, given = context.type, _upload(context, request)
    reading = wanted == "confirm" or wanted in _EVERY
    file = uploads.reopened(request.registry, kind, given) if reading else None
    go_on_writing(request)
    row = _upload(context, request)
    if wanted == "discard" and row.state != uploads.WAITING:
        request.db.delete(row)
        return HTTPSeeOther(f"{base}/import")
    if wanted == "map" and row.state == uploads.OPEN:
        try:
            asking.correct(row, asking.columns(request.POST, kind, request.translate))
        except Invalid as error:
            refuse(request, error.status)
            seen = uploads.reopened(request.registry, kind, row)
            return _looking(context, request, row, seen, error.message)
    elif row.state == uploads.OPEN and _answered(request, kind, row, file):
        # What was said beside a confirmation changes what is confirmed: it is shown first.
        return HTTPSeeOther(asking.again(f"{base}/import/{row.id}", wanted))
    elif file is not None and wanted == "confirm":
        try:
            # What was written before a row was refused must be gone when the file is judged again.
            with request.db.begin_nested():
                shown = request.POST.get("shown", "")
                uploads.confirm(request.db, request.registry, kind, row, file, shown=shown, now=request.now)
        except RendaError as error:
            refuse(request, error.status)
            return _looking(context, request, _upload(context, request), file, error.message)
    else:
        raise Conflict
    return HTTPSeeOther(f"{base}/import/{row.id}")


def _answered(request: Request, kind: RecordType, row: Upload, file: uploads.Opened | None) -> bool:
    """Keep what was said of rows; whether the page is to be shown again for that."""
    wanted, new = request.POST.get("do", ""), asking.answer(row, asking.said(request.POST))
    if file is not None and wanted in _EVERY:
        found = uploads.judged(request.db, request.registry, kind, row, file, now=request.now)
        asking.answer(row, asking.of_all(found.verdicts, **_EVERY[wanted]))
    return new or wanted == "answer" or wanted in _EVERY


def send_marked(context: Register, request: Request) -> Response:
    """The file with its faulty cells marked."""
    row = _upload(context, request)
    file = uploads.reopened(request.registry, context.type, row)
    found = uploads.judged(request.db, request.registry, context.type, row, file, now=request.now)
    if not found.faulty:
        raise NotFound
    made = marking.mark(row.content, context.type, found.layout, found.verdicts, request.translate)
    return download(
        made, marking.file_name(row.name, request.translate), plain=f"{context.type.name}-marked.xlsx"
    )


def includeme(config: Configurator) -> None:
    """Mount the pages, before the one that takes any word below a register for the id of a record."""
    at = "/o/{org}/r/{type}"
    config.add_route("excel", at + r"/{page:template\.xlsx|records\.xlsx|import}", factory=Register)
    config.add_route("excel_upload", at + "/import/{upload}", factory=Register)
    config.add_route("excel_marked", at + "/import/{upload}/marked.xlsx", factory=Register)
    config.registry.traced_pages.add(("excel", "records.xlsx"))
    config.registry.reading_first |= {("excel", "import"), ("excel_upload", "")}
    config.registry.__dict__.setdefault("pages_with_files", set()).add("excel")
    page = {"route_name": "excel", "request_method": "GET"}
    config.add_view(send_template, match_param="page=template.xlsx", permission="write", **page)
    config.add_view(send_records, match_param="page=records.xlsx", permission="export", **page)
    config.add_view(show_form, match_param="page=import", permission="write", renderer=GIVE, **page)
    post = {"request_method": "POST", "permission": "write"}
    config.add_view(give, route_name="excel", match_param="page=import", renderer=GIVE, **post)
    seen = {"permission": "write", "request_method": "GET"}
    config.add_view(show_upload, route_name="excel_upload", renderer=LOOK, **seen)
    config.add_view(decide, route_name="excel_upload", renderer=LOOK, **post)
    config.add_view(send_marked, route_name="excel_marked", **seen)
