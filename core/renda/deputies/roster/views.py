"""The pages of rosters: template, upload, preview with its questions, marked file, and the roster itself."""

from collections.abc import Iterator
from datetime import date
from types import SimpleNamespace
from typing import Any

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPSeeOther
from pyramid.response import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.app import go_on_writing
from renda.deputies import listing
from renda.deputies.fields import SEALED, SEAT
from renda.deputies.listing import Wanted
from renda.deputies.pages import base, require_congress, wanted
from renda.deputies.roster import writing
from renda.deputies.roster.form import ROSTER
from renda.directory.models import Mandate, Person
from renda.directory.terms import TERM
from renda.errors import Conflict, Invalid, NotFound, RendaError
from renda.excel import asking, marking, preview, template, uploads
from renda.excel.models import Upload
from renda.excel.template import Place
from renda.i18n import _
from renda.records import export
from renda.records.ordinals import ordinal
from renda.security import audit
from renda.types import Request
from renda.web.contexts import Organisation
from renda.web.downloads import download
from renda.web.errors import refuse

GIVE = "renda:web/templates/register/import.jinja2"
LOOK = "renda:web/templates/register/imported.jinja2"
_TITLE = _("Import a roster")
_WHO = _("Who is meant")
_WHO_TEXT = _(
    "These rows may be about persons who are known here already. "
    "Say who each of them is; until then they are left out."
)
_WHO_COLUMNS = [{"title": title, "kind": "text"} for title in (_("Row"), _("Name"), _("Person"))]


def _address(request: Request) -> str:
    return f"{base(request)}/import"


def send_template(context: Organisation, request: Request) -> Response:
    """An empty roster to fill."""
    require_congress(context)
    place = Place(context.organisation.code, context.organisation.name)
    made = template.write(request.db, ROSTER, place, request.translate)
    name = export.file_name(
        ROSTER, f"{place.name}-{request.translate(_('template'))}", request.today.year, request.translate
    )
    return download(made.file, name, plain="roster-template.xlsx")


def send_roster(context: Organisation, request: Request) -> Response:
    """The deputies that the list's address finds, as a roster that comes back; what is sealed is masked."""
    place = Place(context.organisation.code, context.organisation.name)
    rows = list(_rows(request.db, place.code, request.today, wanted(request)))
    made = template.write(request.db, ROSTER, place, request.translate, rows=rows)
    audit.record(
        request.db,
        actor=context.reader.account,
        organisation=place.code,
        action="roster.export",
        target=place.code,
        now=request.now,
        detail={"rows": made.rows},
    )
    name = export.file_name(ROSTER, place.name, request.today.year, request.translate)
    return download(made.file, name, plain="roster.xlsx")


def _rows(session: Session, organisation: str, day: date, asked: Wanted) -> Iterator[SimpleNamespace]:
    """Seats with their persons as rows of the form."""
    for one in listing.everybody(session, organisation, day, asked):
        values = {name: getattr(one.person, name, None) for name in ROSTER.fields if name not in SEAT}
        values |= {name: getattr(one.mandate, name, None) or None for name in SEAT}
        values |= {name: one.masked.get(name) for name in SEALED}
        values["group"] = next(iter(one.groups), None)
        yield SimpleNamespace(id=one.mandate.id, **values)


def _giving(request: Request, error: str = "") -> dict[str, Any]:
    return {
        "title": _TITLE,
        "back": {"title": _("Deputies"), "href": base(request)},
        "actions": [
            {"title": _("Download the template"), "href": f"{base(request)}/template.xlsx"},
        ],
        "fields": [preview.file_field(error)],
        "errors": {"file": error} if error else {},
        "action": _address(request),
        "cancel_href": base(request),
    }


def show_form(context: Organisation, request: Request) -> dict[str, Any]:
    """The form that takes a roster."""
    require_congress(context)
    return _giving(request)


def give(context: Organisation, request: Request) -> Any:
    """Keep a roster and lead to its preview; one that is refused as a whole is not kept."""
    require_congress(context)
    sent = request.POST.get("file")
    if not getattr(sent, "filename", ""):
        refuse(request, Invalid.status)
        return _giving(request, _("Choose a file."))
    place, content = context.organisation.code, sent.file.read()
    try:
        uploads.opened(request.registry, ROSTER, place, content, name=str(sent.filename))
    except RendaError as error:
        refuse(request, error.status)
        return _giving(request, error.sentence)
    go_on_writing(request)
    row = uploads.keep(
        request.db,
        ROSTER,
        place,
        context.reader.account,
        name=str(sent.filename),
        content=content,
        now=request.now,
    )
    return HTTPSeeOther(f"{_address(request)}/{row.id}")


def _upload(context: Organisation, request: Request) -> Upload:
    return uploads.find_upload(
        request.db,
        ROSTER,
        context.organisation.code,
        context.reader.account,
        identifier=request.matchdict["upload"],
        now=request.now,
    )


def show_upload(context: Organisation, request: Request) -> dict[str, Any]:
    """What a roster would do, or did, and whom the user has to tell apart."""
    row = _upload(context, request)
    return _looking(request, row, writing.reopened(request.registry, row))


def _looking(request: Request, row: Upload, file: uploads.Opened, error: str = "") -> dict[str, Any]:
    here = f"{_address(request)}/{row.id}"
    found = writing.assess(request.db, request.registry, row, file, request.now)
    return {
        **preview.page(request.db, ROSTER, found.judged, request.translate),
        "title": _TITLE,
        "back": {"title": _("Deputies"), "href": base(request)},
        "file_name": row.name,
        "state": row.state,
        "written": row.written,
        "trouble": "",
        "shown": found.shown,
        "later": False,
        "questions": _questions(request, row, found) if row.state == uploads.OPEN else [],
        "errors": {"": error} if error else {},
        "flashes": asking.flashes(request.GET, request.translate),
        "action": here,
        "marked_href": f"{here}/marked.xlsx" if found.judged.faulty else None,
        "marked_note": marking.note(row.content) if found.judged.faulty else "",
        "again_href": _address(request),
    }


def _questions(request: Request, row: Upload, found: writing.Roster) -> list[dict[str, Any]]:
    """The rows of which the user has to say, or has said, who is meant, as one group."""
    said = asking.answers_of(row)
    persons = {one.id for plan in found.plans for one in plan.candidates}
    told = _told(request, persons)
    shown = []
    for plan in found.plans:
        if plan.candidates:
            line = plan.verdict.line
            choices = [(str(one.id), told[one.id]) for one in plan.candidates]
            control = asking.control(
                line,
                _("Who row ${line} is about", mapping={"line": line}),
                [*choices, (asking.OF_ITS_OWN, _("Somebody else, who is new"))],
                value=said.get(line, ""),
                required=False,
                empty=_("Leave out"),
            )
            shown.append({"cells": [line, plan.candidates[0].name, {"field": control}]})
    group = {"id": "questions", "title": _WHO, "text": _WHO_TEXT, "columns": _WHO_COLUMNS, "rows": shown}
    return [group] if shown else []


def _told(request: Request, persons: set[Any]) -> dict[Any, str]:
    """What tells persons of one name apart: birth, post, and their last seat here."""
    rows = request.db.execute(
        select(Person, Mandate)
        .join(Mandate, Mandate.person == Person.id)
        .where(Mandate.organisation == request.context.organisation.code, Person.id.in_(persons))
        .order_by(Mandate.term)
    )
    found = {}
    for person, seat in rows:
        term = ordinal(TERM, seat.term, request.translate)
        facts = (person.name, person.born_on, person.position, term, seat.constituency)
        found[person.id] = "，".join(str(one) for one in facts if one)
    return found


def decide(context: Organisation, request: Request) -> Any:
    """Take a correction of the columns, answers, the confirmation, or the withdrawal of a roster."""
    do, given = request.POST.get("do", ""), _upload(context, request)
    file = writing.reopened(request.registry, given) if do == "confirm" else None
    go_on_writing(request)
    row = _upload(context, request)
    if do == "discard":
        request.db.delete(row)
        return HTTPSeeOther(_address(request))
    if do == "map" and row.state == uploads.OPEN:
        try:
            asking.correct(row, asking.columns(request.POST, ROSTER, request.translate))
        except Invalid as error:
            refuse(request, error.status)
            return _looking(request, row, writing.reopened(request.registry, row), error.message)
    elif row.state == uploads.OPEN and (asking.answer(row, asking.said(request.POST)) or do == "answer"):
        # What was said beside a confirmation changes what is confirmed: it is shown first.
        return HTTPSeeOther(asking.again(f"{_address(request)}/{row.id}", do))
    elif file is not None:
        try:
            with request.db.begin_nested():
                shown = str(request.POST.get("shown", ""))
                writing.confirm(request.db, request.registry, row, file, shown, now=request.now)
        except RendaError as error:
            refuse(request, error.status)
            return _looking(request, _upload(context, request), file, error.sentence)
    else:
        raise Conflict
    return HTTPSeeOther(f"{_address(request)}/{row.id}")


def send_marked(context: Organisation, request: Request) -> Response:
    """The roster with its faulty cells marked."""
    row = _upload(context, request)
    file = writing.reopened(request.registry, row)
    found = writing.assess(request.db, request.registry, row, file, request.now).judged
    if not found.faulty:
        raise NotFound
    made = marking.mark(row.content, ROSTER, found.layout, found.verdicts, request.translate)
    return download(made, marking.file_name(row.name, request.translate), plain="roster-marked.xlsx")


def includeme(config: Configurator) -> None:
    """Mount the pages."""
    add, upload = config.add_page, "deputies/import/{upload}"
    add("roster_template", "deputies/template.xlsx", send_template, "write")
    add("roster", "deputies/roster.xlsx", send_roster, "export")
    config.registry.traced_pages.add(("core.roster", ""))
    config.registry.reading_first |= {("core.roster_import", ""), ("core.roster_upload", "")}
    post: dict[str, Any] = {"request_method": "POST"}
    add("roster_import", "deputies/import", show_form, "write", renderer=GIVE, files=True)
    add("roster_import", "deputies/import", give, "write", renderer=GIVE, files=True, **post)
    add("roster_upload", upload, show_upload, "write", renderer=LOOK)
    add("roster_upload", upload, decide, "write", renderer=LOOK, **post)
    add("roster_marked", f"{upload}/marked.xlsx", send_marked, "write")
