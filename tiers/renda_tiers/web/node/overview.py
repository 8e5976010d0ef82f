"""The node among others: every link with its state, what it waits for, and one link with what can be done."""

import json
from collections.abc import Mapping
from typing import Any

from renda.directory.models import Organisation as OrganisationRow
from renda.i18n import _
from renda.types import Request
from renda.web.contexts import Organisation
from renda_tiers.links import managing, state
from renda_tiers.links.models import CHILD, PARENT, Link, LinkTrail
from renda_tiers.links.node import this
from renda_tiers.links.state import LinkState, NodeState
from renda_tiers.web import links
from renda_tiers.web.node import said
from renda_tiers.web.words import receipt_number

_NOTHING = (0, b"")


def show(context: Organisation, request: Request) -> Mapping[str, Any]:
    """All links of this node; at an organisation that is not at its top, who looks after it."""
    code = context.organisation.code
    if this(request.db).organisation != code:
        host = state.host_of(request.db, code)
        row = request.db.get(OrganisationRow, host)
        return {"host": row.name if row else host, "away": host != this(request.db).organisation}
    found = state.of(request.db, request.now)
    acts = request.has_permission("administer_links", context)
    return {
        "host": None,
        "acts": acts,
        "recovering": found.recovering,
        "awaited": [_named(request, one) for one in found.links if one.holds_gate],
        "alarms": [_named(request, one) for one in found.links if one.alarm],
        "rows": [_row(request, one) for one in found.links],
        "counts": _counts(request, found),
        "invited": [
            {"name": one.name, "code": one.organisation, "until": said.instant(one.expires_at)}
            for one in found.invited
        ],
        "withdraw": links.to(request, "node-withdraw"),
        "fields": [_choice(request)] if acts else [],
        "invite": links.to(request, "node-invite"),
        "documents": links.to(request, "node-documents"),
        "flashes": said.flash(request, said.DONE),
    }


def _named(request: Request, one: LinkState) -> dict[str, Any]:
    """A link that a person has to look at."""
    return {
        "name": one.name,
        "text": said.message(one.alarm, request.translate),
        "can_waive": one.role == CHILD,
        "href": _address(request, one.peer),
    }


def _address(request: Request, peer: str) -> str:
    return links.to(request, "node-link", peer=peer)


def _row(request: Request, one: LinkState) -> dict[str, Any]:
    return {
        "name": one.name,
        "peer": one.peer,
        "href": _address(request, one.peer),
        "role": said.ROLES[one.role],
        "state": _state(request, one),
        "heard": said.instant(one.last_contact),
        "call": said.instant(one.next_call) if one.role == PARENT else request.translate(_("it calls here")),
        "waiting": one.waiting,
        "missing": one.missing,
        "software": one.software,
        "light": said.LIGHTS[one.state] if said.LIGHTS[one.state] == "bad" else "warn" if one.alarm else None,
    }


def _state(request: Request, one: LinkState) -> dict[str, Any]:
    """The state with its reason; a silent link says since when."""
    translate, shown = request.translate, said.link_state(one.state)
    if one.state == state.SILENT:
        since = {"since": said.instant(one.last_contact)}
        return {**shown, "text": translate(_("silent since ${since}", mapping=since)), **_note(request, one)}
    return {**shown, **_note(request, one)}


def _note(request: Request, one: LinkState) -> dict[str, str]:
    notes = [said.message(one.reason, request.translate)]
    if one.tries:
        notes.append(request.translate(_("${n} calls failed in a row", mapping={"n": one.tries})))
    if one.recovering:
        notes.append(request.translate(_("it was restored and is fetching what it said before")))
    text = " · ".join(filter(None, notes))
    return {"note": text, "note_light": "warn"} if text else {}


def _counts(request: Request, found: NodeState) -> list[dict[str, Any]]:
    documents = links.to(request, "node-documents")
    return [
        {"title": _("Parked"), "value": found.parked, "href": f"{documents}?outcome=parked"},
        {"title": _("Set aside"), "value": found.aside, "href": f"{documents}?outcome=aside"},
        {"title": _("Forks"), "value": found.forked, "href": links.to(request, "node-forks")},
    ]


def _choice(request: Request) -> dict[str, Any]:
    """Whom a one-time code can be made for."""
    return {
        "name": "organisation",
        "label": _("Organisation below"),
        "widget": "choice",
        "required": True,
        "value": "",
        "choices": [(code, f"{name} {code}") for code, name in managing.invitable(request.db).items()],
    }


def link(context: Organisation, request: Request) -> Mapping[str, Any]:
    """One link, with all that is known of the other node and what can be done."""
    said.ensure_top(request)
    found = managing.find(request.db, request.matchdict["peer"])
    node = state.of(request.db, request.now)
    shown = next(one for one in node.links if one.peer == found.peer)
    able = managing.possible(request.db, found) if request.has_permission("administer_links", context) else []
    return {
        "name": shown.name,
        "state": said.link_state(shown.state),
        "alarm": said.message(shown.alarm, request.translate),
        "forks": links.to(request, "node-forks") if node.forked else None,
        "facts": _facts(request, shown, found),
        "buttons": [{"name": one, "title": said.ACTS[one][0], "look": said.ACTS[one][1]} for one in able],
        "can_close": managing.CLOSE in able,
        "back": links.to(request, "node"),
        "flashes": said.flash(request, said.DONE),
    }


def _facts(request: Request, one: LinkState, found: Link) -> list[dict[str, Any]]:
    translate = request.translate
    calls = said.instant(one.next_call) if one.role == PARENT else translate(_("it calls here"))
    return [
        {"label": _("Code"), "value": one.peer},
        {"label": _("Side"), "value": translate(said.ROLES[one.role])},
        {"label": _("Address"), "value": one.address or translate(_("cannot be called"))},
        {"label": _("Last contact"), "value": said.instant(one.last_contact)},
        {"label": _("Next call"), "value": calls},
        {"label": _("Failed calls"), "value": one.tries, "kind": "number"},
        {"label": _("To send"), "value": one.waiting, "kind": "number"},
        {"label": _("To fetch"), "value": one.missing, "kind": "number"},
        {"label": _("Software version"), "value": one.software},
        {"label": _("Waited for"), "value": translate(_awaited(one, found))},
        {"label": _("Kinds that it does not know"), "value": _unknown(request, found), "kind": "paragraph"},
        *_trails(request, one.peer),
        {"label": _("Reason"), "value": said.message(one.reason, translate), "kind": "paragraph"},
    ]


def _trails(request: Request, peer: str) -> list[dict[str, Any]]:
    """Up to where each of the two nodes vouches for the other's audit trail."""
    kept = request.db.get(LinkTrail, peer)
    here = (kept.number, kept.digest) if kept else _NOTHING
    there = (kept.held_number, kept.held_digest) if kept else _NOTHING
    return [
        {"label": _("Its audit trail, as vouched for here"), "value": _point(request, *here)},
        {"label": _("Our audit trail, as vouched for there"), "value": _point(request, *there)},
    ]


def _point(request: Request, number: int, digest: bytes) -> str:
    """A number of entries, with the beginning of the digest that both nodes can read to one another."""
    if not number:
        return ""
    entries = request.translate(_("${n} entries", mapping={"n": f"{number:,}"}))
    return f"{entries} · {receipt_number(digest)}"


def _awaited(one: LinkState, found: Link) -> str:
    if one.holds_gate:
        return _("this node signs nothing until it is level with it")
    return _("waived") if found.waived else _("no")


def _unknown(request: Request, found: Link) -> str:
    """Kinds of document of this node that the other does not know, or only in an older version.

    What it does not know it parks and forwards. Nothing is known of a node that has not been heard.
    """
    theirs: dict[str, int] = json.loads(found.kinds)
    own = request.registry.declared.document_kinds
    lacking = [name for name, one in own.items() if theirs.get(name, 0) < one.schema] if theirs else []
    return "、".join(request.translate(said.kind(name)) for name in lacking)
