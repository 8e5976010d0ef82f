"""Issuing directives: to a selection of those below, and as the break-down of one from above."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from renda.clock import local_day
from renda.database import new_id
from renda.errors import Forbidden, Invalid
from renda.i18n import _
from renda.notices import workdays
from renda.notices.workdays import Workdays
from renda.records.fields import Paragraph, Rejected, Text
from renda.security import audit
from renda_tiers.directives import bodies, bounds, held, requirements, selections
from renda_tiers.directives.bodies import MOST_REASON, MOST_STEP, MOST_STEPS, MOST_TEXT, MOST_TITLE
from renda_tiers.directives.files import File, as_parts
from renda_tiers.directives.held import Held
from renda_tiers.directives.requirements import Requirement
from renda_tiers.directives.selections import Selection
from renda_tiers.documents import issuing
from renda_tiers.documents.envelope import Part, PartReference
from renda_tiers.documents.issuing import Statement

TITLE = Text(_("Title"), max_length=MOST_TITLE)
TEXT = Paragraph(_("Text"), required=False, max_length=MOST_TEXT)
STEP = Text(_("Step"), max_length=MOST_STEP)
REASON = Paragraph(_("Reason"), required=False, max_length=MOST_REASON)

Parts = Sequence[tuple[PartReference, Part]]


@dataclass(frozen=True, slots=True)
class Order:
    """What an issuer says.

    Attributes:
        due: the last day; or `days`, as many working days from today.
        steps: what every target must do, in order.
        report: the report that it asks for.
    """

    title: str
    text: str = ""
    due: date | None = None
    days: int | None = None
    steps: tuple[str, ...] = ()
    report: Requirement | None = None
    selection: Selection = field(default_factory=Selection)


def inherited(outer: Held, selection: Selection, *, due: date | None = None, text: str = "") -> Order:
    """The plainest order that breaks a directive down: its words, steps, day and report, for others.

    `text` is added to what it says.
    """
    body = outer.body
    asked = body["report"]
    return Order(
        body["title"],
        f"{body['text']}\n{text}" if text else body["text"],
        due=due or outer.due,
        steps=tuple(body["steps"]),
        report=asked and Requirement(asked["period"], template=asked["template"]),
        selection=selection,
    )


def cleaned(kind: Text | Paragraph, name: str, text: str) -> str:
    """A text as it is kept, "" for none.

    Raises:
        Invalid: it is missing, too long, or has characters that nobody types.
    """
    try:
        return kind.clean(text) or ""
    except Rejected as error:
        raise Invalid({name: error.message}, error.message) from None


def cleaned_steps(texts: Iterable[str]) -> list[str]:
    """The steps as they are kept, empty lines left out.

    Raises:
        Invalid: one is wrong, one stands twice, or there are too many.
    """
    steps = [step for one in texts if one.strip() and (step := cleaned(STEP, "steps", one.strip()))]
    message = ""
    if len(steps) > MOST_STEPS:
        message = _("A directive has at most ${most} steps.", mapping={"most": MOST_STEPS})
    elif len(set(steps)) < len(steps):
        message = _("A step stands twice.")
    if message:
        raise Invalid({"steps": message}, message)
    return steps


def due_on(order: Order, today: date, days: Workdays) -> date:
    """The last day of an order.

    Raises:
        Invalid: none or both of day and working days are given, or the day is over.
    """
    if (order.due is None) == (order.days is None):
        message = _("Say until when: a day, or a number of working days.")
        raise Invalid({"due": message}, message)
    due = order.due or days.after(today, order.days or 0)
    if due < today:
        message = _("The last day is over already.")
        raise Invalid({"due": message}, message)
    return due


def issue(
    session: Session,
    issuer: str,
    order: Order,
    files: Sequence[File] = (),
    *,
    parent: str = "",
    actor: uuid.UUID | None,
    now: datetime,
) -> Held:
    """Set those below a task; with the subject of a `parent`, break that directive down.

    Raises:
        Invalid: what is wrong, by field.
        NotFound: a target does not stand below the issuer; there is no such parent, template or saved list.
        Forbidden: the parent is not for the issuer.
        Conflict: the parent has ended, or this would not be within it.
    """
    today = local_day(now)
    outer = _outer(session, issuer, parent) if parent else None
    said = draft(session, issuer, order, today)
    attached: Parts = as_parts(files)
    above: frozenset[str] = frozenset()
    if outer is not None:
        said["parent"] = bounds.carrying(held.signed(session, outer.current), outer.current.hash)
        above = outer.above
        attached = _with_files_of(session, outer, attached)
    name = new_id().hex
    if order.report is not None:
        said["report"] = requirements.settle(
            session, issuer, order.report, name=name, title=said["title"], due=said["due"], now=now
        )
    statement = Statement(
        bodies.DIRECTIVE,
        issuer,
        bodies.subject(issuer, name),
        said,
        frozenset(said["targets"]) | above,
        attached,
    )
    return issued(session, statement, "directive.issue", actor=actor, now=now)


def _outer(session: Session, issuer: str, parent: str) -> Held:
    outer = held.find(session, parent, issuer)
    outer.ensure_open()
    if issuer not in outer.body["targets"]:
        raise Forbidden(_("Only a target of a directive breaks it down."))
    return outer


def _with_files_of(session: Session, outer: Held, attached: Parts) -> Parts:
    """The parent's attachments, and those of the child; a name that both have is refused."""
    inherited = [one for one in held.parts(session, outer.call) if one[1].content is not None]
    names = {reference.name for reference, _part in inherited}
    if any(reference.name in names for reference, _part in attached):
        message = _("Two of these files have the same name.")
        raise Invalid({"files": message}, message)
    return [*inherited, *attached]


def draft(session: Session, issuer: str, order: Order, today: date) -> dict[str, Any]:
    """What a directive's body would say, but for its report and what it breaks down; nothing is issued.

    Raises:
        Invalid: what is wrong, by field.
        NotFound: a target does not stand below the issuer; there is no such template or saved list.
    """
    steps = cleaned_steps(order.steps)
    due = due_on(order, today, workdays.of(session))
    targets = selections.resolve(session, issuer, order.selection, today)
    if order.report is not None:
        requirements.check(session, issuer, order.report, targets)
    return {
        "title": cleaned(TITLE, "title", order.title),
        "text": cleaned(TEXT, "text", order.text),
        "due": due.isoformat(),
        "days": order.days,
        "steps": steps,
        "report": None,
        "selection": order.selection.said,
        "targets": targets,
        "parent": None,
        "state": bodies.OPEN,
        "of": None,
        "reason": "",
    }


def issued(
    session: Session, statement: Statement, action: str, *, actor: uuid.UUID | None, now: datetime
) -> Held:
    """Sign a revision, note who did it, and give what stands then.

    Raises:
        Conflict: it would not be applied.
    """
    (document,) = issuing.issue(session, [statement], now=now)
    audit.record(
        session,
        actor=actor,
        organisation=statement.origin,
        action=action,
        target=document.hex(),
        now=now,
        detail={"directive": statement.subject, "targets": len(statement.body["targets"])},
    )
    return held.own(session, statement.subject, statement.origin)
