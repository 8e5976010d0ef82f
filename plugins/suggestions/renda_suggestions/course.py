"""The course of a suggestion, from the deputy's draft to its closing: what each step needs and sets."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from renda.clock import local_day
from renda.declarations import Limit, State, Transition, Workflow
from renda.directory.kinds import profile_of
from renda.errors import Invalid
from renda.i18n import _
from renda.notices import kinds
from renda.notices.limits import months_later
from renda_suggestions import telling

DISSATISFIED = "dissatisfied"
REHANDLE_MONTHS = 2
"""Months for a second reply; the law sets none, local rules give one or two. The clerk may change the day."""


def rehandled(row: Any) -> bool:
    """Whether there is a second reply, so that ratings are the final ones."""
    return row.final_replied_on is not None


def _missing(row: Any, *names: str) -> dict[str, str]:
    return {name: _("Fill this in before you take this step.") for name in names if not getattr(row, name)}


def _refuse(errors: dict[str, str]) -> None:
    if errors:
        raise Invalid(errors)


def wrong_units(session: Session, row: Any) -> dict[str, str]:
    """What is wrong with the units that are to handle a suggestion, by field."""
    co_handlers = telling.names_of(row.co_handlers)
    known = telling.units(session, row)
    errors = _missing(row, "lead_handler")
    if row.lead_handler and row.lead_handler not in known:
        errors["lead_handler"] = _("There is no handling unit of this name in use.")
    if unknown := [name for name in co_handlers if name not in known]:
        errors["co_handlers"] = _(
            "There is no handling unit in use called ${name}.", mapping={"name": unknown[0]}
        )
    elif row.lead_handler in co_handlers:
        errors["co_handlers"] = _("The lead handling unit is no co-handling unit as well.")
    return errors


def _assignable(session: Session, row: Any) -> None:
    _refuse(wrong_units(session, row))


def _replied(_session: Session, row: Any) -> None:
    _refuse(_missing(row, "outcome_class", "reply"))


def _replied_again(_session: Session, row: Any) -> None:
    _refuse(_missing(row, "final_class", "final_reply"))


def _ratings(row: Any) -> tuple[str, str]:
    return ("final_attitude", "final_result") if rehandled(row) else ("attitude", "result")


def _satisfied(_session: Session, row: Any) -> None:
    names = _ratings(row)
    _refuse(_missing(row, *names))
    wrong = _("Who is dissatisfied with one of the two has the suggestion handled again.")
    _refuse({name: wrong for name in names if getattr(row, name) == DISSATISFIED})


def _dissatisfied(_session: Session, row: Any) -> None:
    names = _ratings(row)
    _refuse(_missing(row, *names))
    if all(getattr(row, name) != DISSATISFIED for name in names):
        raise Invalid({names[1]: _("Neither of the two ratings says dissatisfied.")})


def _closable(_session: Session, row: Any) -> None:
    """What still dissatisfies after it was handled again may be closed with an explanation, not before."""
    if row.state == "dissatisfied" and not row.final_result:
        raise Invalid({"state": _("It has to be handled again before it can be closed.")})


def _assign(session: Session, row: Any, now: datetime) -> None:
    """The months of the reply run from the day of assignment (代表法, art. 51)."""
    rules = profile_of(session, row.organisation).rules
    row.assigned_on = row.assigned_on or local_day(now)
    months = rules.reply_months_difficult if row.is_difficult else rules.reply_months
    row.due_on = row.due_on or months_later(row.assigned_on, months)
    telling.tell_units(session, row, now, "assign")


def _unassign(_session: Session, row: Any, _now: datetime) -> None:
    row.assigned_on = row.due_on = None


def _reply(session: Session, row: Any, now: datetime) -> None:
    row.replied_on = row.replied_on or local_day(now)
    telling.tell_deputy(session, row, now, "reply", kinds.TASK)


def _reply_again(session: Session, row: Any, now: datetime) -> None:
    row.final_replied_on = row.final_replied_on or local_day(now)
    telling.tell_deputy(session, row, now, "reply_again", kinds.TASK)


def _rate(_session: Session, row: Any, now: datetime) -> None:
    name = "final_rated_on" if rehandled(row) else "rated_on"
    setattr(row, name, getattr(row, name) or local_day(now))


def _rehandle(session: Session, row: Any, now: datetime) -> None:
    """A second round; of several the last one stands, and the first reply and rating stay as they are."""
    if rehandled(row):
        row.final_due_on = row.final_replied_on = row.final_class = row.final_reply = None
        row.final_attitude = row.final_result = row.final_rated_on = None
    row.final_due_on = row.final_due_on or months_later(local_day(now), REHANDLE_MONTHS)
    telling.tell_units(session, row, now, "rehandle")


def _submit(session: Session, row: Any, now: datetime) -> None:
    telling.tell_clerks(session, row, now)


def _accept(session: Session, row: Any, now: datetime) -> None:
    telling.tell_deputy(session, row, now, "accept", kinds.DONE)


def _send_back(session: Session, row: Any, now: datetime) -> None:
    telling.tell_deputy(session, row, now, "send_back", kinds.RETURNED)


def _decline(session: Session, row: Any, now: datetime) -> None:
    telling.tell_deputy(session, row, now, "decline", kinds.RETURNED)


COURSE = Workflow(
    states=(
        State("draft", _("Draft"), "todo"),
        State("submitted", _("Submitted"), "todo"),
        State("returned", _("Returned to the deputy"), "todo"),
        State("accepted", _("Accepted"), "doing"),
        State("assigned", _("Being handled"), "doing", Limit(field="due_on")),
        State("replied", _("Replied, to be rated"), "doing"),
        State("dissatisfied", _("Rated as dissatisfying"), "todo"),
        State("rehandling", _("Being handled again"), "doing", Limit(field="final_due_on")),
        State("rated", _("Rated"), "doing"),
        State("closed", _("Closed"), "done"),
        State("declined", _("Not accepted"), "stopped"),
        State("withdrawn", _("Withdrawn"), "stopped"),
    ),
    transitions=(
        Transition("submit", _("Submit"), ("draft", "returned"), "submitted", effect=_submit),
        Transition("accept", _("Accept"), ("submitted",), "accepted", "decide", effect=_accept),
        Transition(
            "send_back",
            _("Return to the deputy"),
            ("submitted",),
            "returned",
            "decide",
            needs_reason=True,
            effect=_send_back,
        ),
        Transition(
            "decline",
            _("Do not accept"),
            ("submitted",),
            "declined",
            "decide",
            needs_reason=True,
            effect=_decline,
        ),
        Transition(
            "assign", _("Assign"), ("accepted",), "assigned", "decide", guard=_assignable, effect=_assign
        ),
        Transition(
            "unassign",
            _("Take the assignment back"),
            ("assigned",),
            "accepted",
            "decide",
            needs_reason=True,
            effect=_unassign,
        ),
        Transition("reply", _("Send the reply"), ("assigned",), "replied", guard=_replied, effect=_reply),
        Transition("satisfy", _("Rate as satisfying"), ("replied",), "rated", guard=_satisfied, effect=_rate),
        Transition(
            "dissatisfy",
            _("Rate as dissatisfying"),
            ("replied",),
            "dissatisfied",
            guard=_dissatisfied,
            effect=_rate,
        ),
        Transition(
            "rehandle",
            _("Have it handled again"),
            ("dissatisfied",),
            "rehandling",
            "decide",
            effect=_rehandle,
        ),
        Transition(
            "reply_again",
            _("Send the second reply"),
            ("rehandling",),
            "replied",
            guard=_replied_again,
            effect=_reply_again,
        ),
        Transition(
            "close",
            _("Close with evidence"),
            ("rated", "dissatisfied"),
            "closed",
            "decide",
            needs_reason=True,
            guard=_closable,
        ),
        Transition("reopen", _("Reopen"), ("closed",), "rated", "decide", needs_reason=True),
        Transition(
            "withdraw",
            _("Withdraw"),
            ("draft", "submitted", "returned", "accepted", "assigned"),
            "withdrawn",
            needs_reason=True,
        ),
    ),
)
"""The verbs are those of the clerks, who may take every step for somebody on paper.

Deputies and handling units take theirs on pages of their own, which ask whose the suggestion is.
"""
