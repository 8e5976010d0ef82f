"""The pages of deputies: what is theirs, a new suggestion, its progress, and their rating of the reply."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPSeeOther
from pyramid.response import Response
from sqlalchemy import select

from renda.errors import Conflict, Invalid, TooLarge
from renda.i18n import _
from renda.records import parts, workflow
from renda.records.models import Participant
from renda.types import Request
from renda.web.contexts import Organisation
from renda.web.errors import refuse
from renda_suggestions import acting, making, shown, whose
from renda_suggestions.course import DISSATISFIED, rehandled
from renda_suggestions.records import LEVELS, SIGNATURE, SUGGESTIONS, Suggestion

_TEMPLATES = "renda_suggestions:templates"
OPEN = ("draft", "returned")
"""States in which the lead deputy may still change it."""
_MAY_WITHDRAW = next(one for one in SUGGESTIONS.workflow.transitions if one.name == "withdraw").sources
_DRAFT = _("Nothing is submitted before you confirm it. Until then it is a draft, which the staff can read.")
_SAID = {
    "submit": _("It was submitted. Here you see what becomes of it."),
    "rate": _("Your rating was recorded. Thank you."),
    "withdraw": _("It was withdrawn."),
}


def _self(request: Request) -> uuid.UUID:
    return whose.required(whose.deputy(request))


def _own(request: Request, *, states: tuple[str, ...] = ()) -> Suggestion:
    """The suggestion of the address, which the reader leads; in one of these states, where they matter.

    Raises:
        NotFound: it is somebody else's.
        Conflict: it is in another state.
    """
    row = whose.found(request, Suggestion.lead_deputy == _self(request))
    if states and row.state not in states:
        raise Conflict(workflow.UNREACHABLE, state=row.state)
    return row


def mine(context: Organisation, request: Request) -> Mapping[str, Any]:
    """What the reader leads or has cosigned."""
    found = whose.listed(request.db, context.organisation.code, whose.of_deputy(_self(request)))
    return {
        "title": _("My suggestions"),
        "columns": shown.COLUMNS,
        "rows": shown.rows(request, found, "one"),
        "new": shown.address(request, "new"),
        "empty": _("You have made no suggestion yet."),
    }


def _form(
    request: Request,
    values: Mapping[str, Any],
    errors: Mapping[str, str],
    row: Suggestion | None = None,
) -> dict[str, Any]:
    own = _self(request)
    return {
        "title": _("Make a suggestion") if row is None else _("Change the draft"),
        "back": {"title": _("My suggestions"), "href": shown.address(request, "mine")},
        "fields": making.fields(request, own, values, errors),
        "note": _DRAFT,
        "signed": making.signed(request, row, values),
        "errors": errors,
        "cancel": shown.address(request, "mine") if row is None else shown.address(request, "one", id=row.id),
    }


def show_new(_context: Organisation, request: Request) -> Mapping[str, Any]:
    """The empty form."""
    if reason := request.context.barred(SUGGESTIONS):
        raise Conflict(reason)
    return _form(request, making.usual(), {})


def show_edit(_context: Organisation, request: Request) -> Mapping[str, Any]:
    """The form of a draft, or of what was returned."""
    row = _own(request, states=OPEN)
    return _form(request, making.present(row), {}, row)


def create(_context: Organisation, request: Request) -> Any:
    """Keep a draft and lead to its confirmation."""
    return _save(request, None)


def edit(_context: Organisation, request: Request) -> Any:
    """Keep the changed draft and lead to its confirmation."""
    return _save(request, _own(request, states=OPEN))


def _save(request: Request, row: Suggestion | None) -> Any:
    typed = making.typed(request)
    own = {"lead_deputy": str(_self(request)), "made_on": request.today.isoformat()}
    try:
        made = making.save(request, typed if row is not None else typed | own, row)
    except (Invalid, TooLarge) as error:
        refuse(request, error.status)
        return _form(request, typed, making.wrong(request, error), row)
    return HTTPSeeOther(shown.address(request, "confirm", id=made.id))


def show_confirm(_context: Organisation, request: Request) -> Mapping[str, Any]:
    """The last look before it is submitted."""
    row = _own(request, states=OPEN)
    return {
        **shown.particulars(request, row, "file"),
        "who": shown.name(request, row.lead_deputy),
        "row": row,
        "back": {"title": _("My suggestions"), "href": shown.address(request, "mine")},
        "edit": shown.address(request, "edit", id=row.id),
    }


def confirm(_context: Organisation, request: Request) -> Any:
    """Submit it; what was a draft until now is made today."""
    row = _own(request, states=OPEN)
    if row.state == OPEN[0]:
        acting.change(request, row, {"made_on": request.today.isoformat()}, lock=row.lock)
    acting.move(request, row, "submit")
    return _to(request, row, "submit")


def _to(request: Request, row: Suggestion, said: str) -> HTTPSeeOther:
    return HTTPSeeOther(f"{shown.address(request, 'one', id=row.id)}?said={said}")


def show(_context: Organisation, request: Request) -> Mapping[str, Any]:
    """A suggestion and what became of it."""
    row = whose.found(request, whose.of_deputy(_self(request)))
    return _page(request, row, {}, {})


def _page(
    request: Request, row: Suggestion, typed: Mapping[str, str], errors: Mapping[str, str]
) -> dict[str, Any]:
    leads = row.lead_deputy == _self(request)
    said = _SAID.get(request.GET.get("said", ""))
    return {
        **shown.particulars(request, row, "file"),
        "row": row,
        "back": {"title": _("My suggestions"), "href": shown.address(request, "mine")},
        "actions": [
            {"title": _("Continue"), "href": shown.address(request, "edit", id=row.id), "primary": True}
        ]
        if leads and row.state in OPEN
        else [],
        "ratings": _ratings(row, typed, errors) if leads and row.state == "replied" else [],
        "leads": leads,
        "may_withdraw": leads and row.state in _MAY_WITHDRAW,
        "reason": typed.get("reason", ""),
        "errors": errors,
        "flashes": [{"light": "ok", "text": request.translate(said)}] if said else [],
    }


def _ratings(row: Suggestion, typed: Mapping[str, str], errors: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "label": SUGGESTIONS.fields[name].label,
            "choices": LEVELS,
            "value": typed.get(name, ""),
            "error": errors.get(name, ""),
        }
        for name in _targets(row)
    ]


def _targets(row: Suggestion) -> dict[str, str]:
    """The fields that the two ratings of the form go to."""
    final = "final_" if rehandled(row) else ""
    return {name: f"{final}{name}" for name in ("attitude", "result")}


def act(_context: Organisation, request: Request) -> Any:
    """Rate the reply, withdraw the suggestion, or take one's signature under another's back."""
    do = acting.text(request, "do")
    row = whose.found(request, whose.of_deputy(_self(request)))
    acts: dict[str, Callable[[Request, Suggestion], None]] = {
        "rate": _rate,
        "withdraw": _withdraw,
        "unsign": _unsign,
    }
    if do not in acts:
        raise Invalid({"do": _("Rate the reply, or withdraw the suggestion.")})
    try:
        acts[do](request, row)
    except Invalid as error:
        refuse(request, error.status)
        typed = {name: acting.text(request, name) for name in ("attitude", "result", "reason")}
        names = {target: name for name, target in _targets(row).items()}
        errors = {names.get(field, field): said for field, said in error.errors.items()}
        return _page(request, row, typed, errors)
    if do == "unsign":
        return HTTPSeeOther(shown.address(request, "mine"))
    return _to(request, row, do)


def _rate(request: Request, row: Suggestion) -> None:
    row = _own(request, states=("replied",))
    values = {target: acting.text(request, name) for name, target in _targets(row).items()}
    if missing := {name: _("Choose one.") for name, value in values.items() if not value}:
        raise Invalid(missing)
    acting.change(request, row, values)
    acting.move(request, row, "dissatisfy" if DISSATISFIED in values.values() else "satisfy")


def _withdraw(request: Request, _row: Suggestion) -> None:
    acting.move(request, _own(request), "withdraw", acting.text(request, "reason"))


def _unsign(request: Request, row: Suggestion) -> None:
    kind = request.registry.declared.record_types[SIGNATURE]
    signed = request.db.scalars(
        select(Participant.id).where(
            Participant.whole == row.id, Participant.type == SIGNATURE, Participant.person == _self(request)
        )
    ).all()
    who: dict[str, Any] = {"now": request.now, "actor": request.context.reader.account}
    parts.mark(request.db, kind, row, signed, "taken_back", permissions=acting.OWN, **who)


def file(_context: Organisation, request: Request) -> Response:
    """An attachment of what the reader leads or has cosigned."""
    return shown.file(request, whose.found(request, whose.of_deputy(_self(request))))


def includeme(config: Configurator) -> None:
    """Mount the pages of deputies."""
    form, confirmation = f"{_TEMPLATES}/make.jinja2", f"{_TEMPLATES}/confirm.jinja2"
    page, one = f"{_TEMPLATES}/suggestion.jinja2", "mine/{id}"
    verb, sent = "propose", {"request_method": "POST", "judges_text": True}
    add = config.add_page
    add("mine", "mine", mine, verb, renderer=f"{_TEMPLATES}/list.jinja2")
    add("new", "new", show_new, verb, renderer=form)
    add("new", "new", create, verb, renderer=form, files=True, **sent)
    add("edit", f"{one}/edit", show_edit, verb, renderer=form)
    add("edit", f"{one}/edit", edit, verb, renderer=form, files=True, **sent)
    add("confirm", f"{one}/confirm", show_confirm, verb, renderer=confirmation)
    add("confirm", f"{one}/confirm", confirm, verb, renderer=confirmation, **sent)
    add("file", f"{one}/files/{{file}}", file, verb)
    add("one", one, show, verb, renderer=page)
    add("one", one, act, verb, renderer=page, **sent)
