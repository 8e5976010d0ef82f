"""One matter: what is asked, where it stands, its course, and what can be done with it now."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.response import Response

from renda.clock import local_minute
from renda.errors import Invalid, NotFound
from renda.i18n import _
from renda.types import Request
from renda.web import downloads
from renda.web.contexts import Organisation
from renda.web.errors import refuse
from renda_tiers.documents.parts import Held
from renda_tiers.matters import answering, handing, identity, reading
from renda_tiers.matters.answering import Reply
from renda_tiers.matters.arrival import NOTE, TEXT
from renda_tiers.matters.reading import Said, Shown
from renda_tiers.matters.state import ACCEPT, ANSWER, CLOSE, HAND, RATE, RETURN
from renda_tiers.web import given, links, matter_forms, matter_words

DONE = {
    HAND: _("The matter was handed over."),
    ACCEPT: _("The matter is accepted."),
    ANSWER: _("The answer was sent."),
    RETURN: _("The matter was given back."),
    RATE: _("The rating was sent."),
    CLOSE: _("The matter is closed."),
    "erase": _("Who asks was erased."),
}
"""What the page says after a step that its address names."""


def show(context: Organisation, request: Request) -> Mapping[str, Any]:
    """The case as this organisation may see it."""
    return _page(context, request, {}, {})


def _case(request: Request) -> bytes:
    return links.document(request.matchdict["case"])


def _page(
    context: Organisation,
    request: Request,
    typed: Mapping[str, str],
    errors: Mapping[str, str],
    who: identity.Identity | None = None,
) -> dict[str, Any]:
    shown = reading.shown(request.db, context.organisation.code, _case(request))
    hand, standing = shown.found.hand, shown.found.standing
    codes = {one.event.origin for one in shown.said} | {one.event.receiver for one in shown.said}
    named = matter_words.names(request.db, {hand.source, hand.about, standing.holder, *codes} - {""})
    said = DONE.get(request.GET.get("said", ""))
    forms = matter_forms.possible(context, request, shown, typed, errors)
    return {
        "title": hand.title,
        "state": matter_words.standing(standing.state),
        "facts": _facts(request, shown, named),
        "text": _words(request, shown.text),
        "asks": shown.identity,
        "who": who,
        "course": [_entry(request, one, named) for one in reversed(shown.said)],
        "forms": forms,
        "fields": [one for form in forms.values() for one in form],
        "errors": errors,
        "addresses": {
            name: links.to(request, f"matter.{name}", case=_case(request))
            for name in ("answer", "pass", "rate", "identity", "erase")
        },
        "back": links.to(request, "matters"),
        "flashes": [{"light": "ok", "text": request.translate(said)}] if said else [],
    }


def _facts(request: Request, shown: Shown, named: Mapping[str, str]) -> list[dict[str, Any]]:
    translate = request.translate
    hand, standing = shown.found.hand, shown.found.standing
    facts: list[dict[str, Any]] = [
        {"label": _("Category"), "value": translate(matter_words.CATEGORIES[hand.category])},
        {"label": _("Handed over by"), "value": named.get(hand.source, hand.source)},
    ]
    if standing.holder:
        since = translate(_("since ${when}", mapping={"when": local_minute(standing.since)}))
        holder = named.get(standing.holder, standing.holder)
        facts.append({"label": _("Now with"), "value": {"text": holder, "note": since}})
    if standing.due:
        facts.append({"label": _("Due"), "value": matter_words.due(request, standing)})
    if hand.about:
        facts.append({"label": _("Body complained of"), "value": named.get(hand.about, hand.about)})
    return facts


def _words(request: Request, part: Held | None) -> str:
    """The text of a part, or why there is none."""
    if part is None:
        return ""
    if part.content is not None:
        return part.content.decode()
    if part.withheld:
        return request.translate(_("withheld"))
    return request.translate(_("erased") if part.erased else _("not delivered yet"))


def _entry(request: Request, one: Said, named: Mapping[str, str]) -> dict[str, Any]:
    translate, event = request.translate, one.event
    if event.step == HAND:
        receiver = named.get(event.receiver, event.receiver)
        light, title = "busy", translate(_("Handed to ${receiver}", mapping={"receiver": receiver}))
        words = _words(request, one.parts.get(NOTE))
    else:
        light, message = _said(event.satisfied) if event.step == RATE else matter_words.STEPS[event.step]
        title, words = translate(message), _words(request, one.parts.get(TEXT))
    if not one.counts:
        light, title = (
            "off",
            translate(_("${title} (crossed with another; does not count)", mapping={"title": title})),
        )
    return {
        "when": local_minute(event.issued),
        "who": named.get(event.origin, event.origin),
        "title": title,
        "light": light,
        "text": words,
        "files": [
            {
                "name": name,
                "href": links.to(request, "matter.file", case=_case(request), document=event.hash, name=name),
            }
            for name, part in one.parts.items()
            if name not in {TEXT, NOTE} and part.content is not None
        ],
    }


def _said(satisfied: bool | None) -> tuple[str, str]:  # noqa: FBT001 - a rating is a flag
    return ("ok", _("Satisfied")) if satisfied else ("warn", _("Not satisfied"))


def _done(
    context: Organisation,
    request: Request,
    said: str,
    act: Callable[[Mapping[str, str]], Any],
    renamed: Mapping[str, str],
) -> Any:
    """Do what a form asks and show the case again, with what is wrong at the form's own fields."""
    typed = {name: given.text(request.POST, name) for name in matter_forms.NAMES}
    try:
        act(typed)
    except Invalid as error:
        refuse(request, error.status)
        errors = {renamed.get(name, name): text for name, text in error.errors.items()}
        return _page(context, request, typed, errors)
    return HTTPSeeOther(links.to(request, "matter", {"said": said}, case=_case(request)))


def answer(context: Organisation, request: Request) -> Any:
    """Accept, answer or give back."""
    step = given.text(request.POST, "do")
    if step not in {ACCEPT, ANSWER, RETURN}:
        raise Invalid({"do": _("A matter is accepted, answered or given back.")})
    return _done(
        context, request, step, lambda typed: _reply(context, request, Reply(step, typed["text"])), {}
    )


def _reply(context: Organisation, request: Request, said: Reply) -> bytes:
    return answering.reply(
        request.db,
        context.organisation.code,
        _case(request),
        said,
        actor=context.reader.account,
        now=request.now,
    )


def rate(context: Organisation, request: Request) -> Any:
    """Rate the answer, or close the case without one."""
    if given.text(request.POST, "do") == CLOSE:
        return _done(
            context,
            request,
            CLOSE,
            lambda typed: _reply(context, request, Reply(CLOSE, typed["closing"])),
            {"text": "closing"},
        )

    def act(typed: Mapping[str, str]) -> bytes:
        satisfied = {"yes": True, "no": False}.get(typed["satisfied"])
        said = Reply(RATE, typed["words"], satisfied=satisfied, due=_day(typed["again"], "due"))
        return _reply(context, request, said)

    return _done(context, request, RATE, act, {"text": "words", "due": "again"})


def _day(text: str, name: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid({name: _("Enter a day.")}) from None


def pass_on(context: Organisation, request: Request) -> Any:
    """Pass it on to another."""

    def act(typed: Mapping[str, str]) -> bytes:
        return handing.pass_on(
            request.db,
            context.organisation.code,
            _case(request),
            typed["receiver"],
            note=typed["note"],
            due=_day(typed["due"], "due"),
            reveal=typed["reveal"] == "true",
            actor=context.reader.account,
            now=request.now,
        )

    return _done(context, request, HAND, act, {})


def identify(context: Organisation, request: Request) -> Any:
    """Show who asks, once, for the purpose that was given."""
    purpose = given.text(request.POST, "purpose")
    try:
        who = identity.open_identity(
            request.db,
            context.organisation.code,
            _case(request),
            purpose=purpose,
            actor=context.reader.account,
            now=request.now,
        )
    except Invalid as error:
        refuse(request, error.status)
        return _page(context, request, {"purpose": purpose}, error.errors)
    return _page(context, request, {}, {}, who)


def erase(context: Organisation, request: Request) -> Any:
    """Order that who asks is erased everywhere."""

    def act(typed: Mapping[str, str]) -> list[bytes]:
        return identity.erase(
            request.db,
            context.organisation.code,
            _case(request),
            reason=typed["why"],
            actor=context.reader.account,
            now=request.now,
        )

    return _done(context, request, "erase", act, {"reason": "why"})


def download(context: Organisation, request: Request) -> Response:
    """A piece of evidence."""
    shown = reading.shown(request.db, context.organisation.code, _case(request))
    document, name = links.document(request.matchdict["document"]), request.matchdict["name"]
    found = next((one.parts.get(name) for one in shown.said if one.event.hash == document), None)
    if found is None or found.content is None:
        raise NotFound
    return downloads.download(found.content, name, media_type=downloads.ANYTHING)
