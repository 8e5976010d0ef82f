"""A directive issued anew: with another day, other words or other targets, as a new revision."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from renda.clock import local_day
from renda.errors import Conflict, Invalid, NotFound
from renda.i18n import _
from renda.notices import workdays
from renda_tiers.directives import bodies, bounds, held, orders, requirements, selections
from renda_tiers.directives.held import Held
from renda_tiers.directives.orders import Order
from renda_tiers.directives.selections import Selection
from renda_tiers.documents.envelope import Document
from renda_tiers.documents.issuing import Statement


def revise(
    session: Session,
    issuer: str,
    subject: str,
    changes: Mapping[str, Any],
    *,
    reason: str = "",
    actor: uuid.UUID | None,
    now: datetime,
) -> Held:
    """Issue a new version: `due`, `title`, `text`, `steps` and `targets` may be others.

    What targets have answered counts on as long as the same is asked (see `phases`). A break-down follows
    the parent as it stands now.

    Raises:
        NotFound: the issuer has set no such directive.
        Invalid: the new day is over, or a text is wrong.
        Conflict: it has ended, nothing changes, or it would not be within what it breaks down.
    """
    found = held.own(session, subject, issuer)
    found.ensure_open()
    body = {**found.body, "reason": orders.cleaned(orders.REASON, "reason", reason)}
    outer = _outer_now(session, issuer, found)
    above = bounds.above(found.current)
    if outer is not None:
        body |= _following(session, found, outer)
        above = outer.above
    body |= _changed(session, issuer, changes, local_day(now))
    if {**body, "reason": ""} == {**found.body, "reason": ""}:
        raise Conflict(_("Nothing of this directive would change."))
    if body["report"] is not None:
        requirements.follow(session, issuer, body["report"], due=body["due"], now=now)
    statement = Statement(
        bodies.DIRECTIVE,
        issuer,
        subject,
        body,
        frozenset(body["targets"]) | above,
        held.parts(session, found.call),
    )
    return orders.issued(session, statement, "directive.revise", actor=actor, now=now)


def _changed(session: Session, issuer: str, changes: Mapping[str, Any], today: date) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "due" in changes:
        due = orders.due_on(Order("", due=changes["due"]), today, workdays.of(session))
        found |= {"due": due.isoformat(), "days": None}
    for name, kind in (("title", orders.TITLE), ("text", orders.TEXT)):
        if name in changes:
            found[name] = orders.cleaned(kind, name, changes[name])
    if "steps" in changes:
        found["steps"] = [
            step for one in changes["steps"] if (step := orders.cleaned(orders.STEP, "steps", one))
        ]
    if "targets" in changes:
        named = Selection(bodies.LIST, codes=tuple(changes["targets"]))
        found["targets"] = selections.resolve(session, issuer, named, today)
    return found


def _outer_now(session: Session, issuer: str, found: Held) -> Held | None:
    """The parent of a break-down, as it stands now."""
    if found.body["parent"] is None:
        return None
    outer = held.find(session, _parent(session, found).subject, issuer)
    outer.ensure_open()
    return outer


def _parent(session: Session, found: Held) -> Document:
    """The revision that a break-down names."""
    carried = bounds.carried(found.current)
    if carried is not None:
        return carried[0]
    return held.document(session, bytes.fromhex(found.body["parent"]["document"]))


def _following(session: Session, found: Held, outer: Held) -> dict[str, Any]:
    """What a break-down says where it follows its parent: the parent's words and steps, then its own."""
    before, now, own = _parent(session, found).body, outer.body, found.body
    return {
        "parent": bounds.carrying(held.signed(session, outer.current), outer.current.hash),
        "due": min(own["due"], now["due"]),
        "text": now["text"] + own["text"].removeprefix(before["text"]),
        "steps": [
            *now["steps"],
            *(step for step in own["steps"] if step not in {*before["steps"], *now["steps"]}),
        ],
        "report": now["report"] if own["report"] == before["report"] else own["report"],
    }


def join(session: Session, issuer: str, subject: str, *, actor: uuid.UUID | None, now: datetime) -> Held:
    """Issue the directive anew for those, too, that its selection would choose now.

    Raises:
        NotFound, Conflict: see `revise`.
    """
    found = held.own(session, subject, issuer)
    targets = sorted({*found.body["targets"], *joining(session, found, local_day(now))})
    return revise(session, issuer, subject, {"targets": targets}, actor=actor, now=now)


def joining(session: Session, found: Held, today: date) -> list[str]:
    """Codes of those that a directive's selection would choose now and that it is not for."""
    selection = selections.of(found.body["selection"])
    if not found.open or (selection.rule == bodies.LIST and not selection.name):
        return []
    try:
        now = selections.matching(session, found.issuer, selection, today)
    except (Invalid, NotFound):
        return []
    return sorted(set(now) - set(found.body["targets"]))
