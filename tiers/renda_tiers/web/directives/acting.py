"""What an issuer does: verify, return, remind, issue anew, close out, cancel."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther

from renda.errors import Invalid, NotFound
from renda.i18n import _
from renda.types import Request
from renda.web.contexts import Organisation
from renda.web.errors import refuse
from renda_tiers.directives import boards, bodies, decisions, endings, nudges, phases, versions
from renda_tiers.directives.boards import Row
from renda_tiers.web import given
from renda_tiers.web.directives import address, board

_NONE_SELECTED = _("Select at least one organisation that this can be done for.")


def _back(request: Request, said: str) -> HTTPSeeOther:
    return HTTPSeeOther(address.to(request, "directive", address.subject(request), {"said": said}))


def _refused(context: Organisation, request: Request, error: Invalid, **typed: str) -> Any:
    """The page again, with the errors at the fields of this form."""
    refuse(request, error.status)
    return board.page(context, request, typed, error.errors)


def decide(context: Organisation, request: Request) -> Any:
    """Verify or return what the ticked targets say is done, or remind those that are not."""
    subject, do = address.subject(request), given.text(request.POST, "do")
    reason = given.text(request.POST, "reason")
    ticked = given.texts(request.POST, "organisation")
    shown = boards.board(request.db, context.organisation.code, subject, request.today).rows
    rows = [row for row in shown if row.organisation in ticked]
    try:
        if do == "nudge":
            return _back(request, _nudge(context, request, subject, rows))
        decisions.decide(
            request.db,
            context.organisation.code,
            subject,
            _done(request, rows),
            do,
            reason=reason,
            actor=context.reader.account,
            now=request.now,
        )
    except Invalid as error:
        return _refused(context, request, error, reason=reason)
    return _back(request, do)


def _nudge(context: Organisation, request: Request, subject: str, rows: Sequence[Row]) -> str:
    wanted = [row.organisation for row in rows if row.phase in phases.PENDING]
    _ensure(wanted)
    reminded = nudges.nudge(
        request.db,
        context.organisation.code,
        subject,
        wanted,
        actor=context.reader.account,
        now=request.now,
    )
    return "nudged" if reminded else "again"


def _done(request: Request, rows: Sequence[Row]) -> list[bytes]:
    """The responses that say that all is done, as the page showed them: a newer one refuses the whole."""
    found = [row.response for row in rows if row.response and row.phase == phases.DONE]
    _ensure(found)
    if not {one.hex() for one in found} <= given.texts(request.POST, "response"):
        message = _("A newer response has come in. Decide about that one.")
        raise Invalid({"response": message}, message)
    return found


def _ensure(found: Sequence[Any]) -> None:
    if not found:
        raise Invalid({"organisation": _NONE_SELECTED}, _NONE_SELECTED)


def end(context: Organisation, request: Request) -> Any:
    """Close a directive with evidence, or cancel it."""
    subject, reason = address.subject(request), given.text(request.POST, "end_reason")
    code, state = context.organisation.code, given.text(request.POST, "do")
    acts: dict[str, Any] = {"reason": reason, "actor": context.reader.account, "now": request.now}
    if state not in (bodies.CLOSED, bodies.CANCELLED):
        raise NotFound
    try:
        if state == bodies.CLOSED:
            endings.close(request.db, code, subject, files=given.files(request.POST, "files"), **acts)
        else:
            endings.cancel(request.db, code, subject, **acts)
    except Invalid as error:
        named = Invalid({_END.get(name, name): text for name, text in error.errors.items()}, error.message)
        return _refused(context, request, named, end_reason=reason)
    return _back(request, state)


_END = {"reason": "end_reason", "files": "end_files"}


def revise(context: Organisation, request: Request) -> Any:
    """Issue a new version: with another day, for those who joined, or after what the level above says now."""
    subject, do = address.subject(request), given.text(request.POST, "do")
    code = context.organisation.code
    acts: dict[str, Any] = {"actor": context.reader.account, "now": request.now}
    day, reason = given.text(request.POST, "due"), given.text(request.POST, "revise_reason")
    try:
        if do == "join":
            versions.join(request.db, code, subject, **acts)
        elif do == "renew":
            versions.revise(request.db, code, subject, {}, **acts)
        else:
            versions.revise(request.db, code, subject, {"due": _day(day)}, reason=reason, **acts)
    except Invalid as error:
        named = Invalid({_REVISE.get(name, name): text for name, text in error.errors.items()}, error.message)
        return _refused(context, request, named, due=day, revise_reason=reason)
    return _back(request, "revised")


_REVISE = {"reason": "revise_reason"}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = _("Write the day like 2026-05-20.")
        raise Invalid({"due": message}, message) from None
