"""The register of suggestions, criticisms and opinions of deputies, and of their motions."""

import uuid
from datetime import date
from itertools import pairwise

from sqlalchemy import func, select
from sqlalchemy.orm import Mapped, Session

from renda.declarations import Attachments, Fact, Participation, RecordType, State, Transition, Workflow
from renda.directory.kinds import profile_of
from renda.directory.models import Mandate
from renda.directory.office import IN_OFFICE, in_state
from renda.directory.organs import Kind
from renda.errors import Invalid
from renda.i18n import _
from renda.records import fields
from renda.records.models import Participant, Record
from renda_suggestions.course import COURSE, wrong_units

MOTION = "motion"
CATEGORIES = (("suggestion", _("Suggestion")), (MOTION, _("Motion")))
SUBJECTS = (
    ("economy", _("Finance and economy")),
    ("construction", _("Town and country construction")),
    ("transport", _("Transport")),
    ("agriculture", _("Agriculture and villages")),
    ("environment", _("Environment")),
    ("education", _("Education, science and culture")),
    ("health", _("Health and social security")),
    ("order", _("Law and public order")),
    ("other", _("Other")),
)
TIMES = (("session", _("During a session")), ("recess", _("Between sessions")))
CLASSES = (
    ("A", _("A: solved or adopted")),
    ("B", _("B: being solved or planned")),
    ("C", _("C: to be solved later")),
    ("D", _("D: kept for reference")),
)
"""Outcome classes, as the rules of the National People's Congress mean them."""
LEVELS = (
    ("satisfied", _("Satisfied")),
    ("fairly", _("Fairly satisfied")),
    ("dissatisfied", _("Dissatisfied")),
)
CHECKS = (("qualified", _("Qualified")), ("failed", _("Not qualified")))

COSIGNER = "cosigner"
SIGNATURES = Participation(
    name="signature",
    title=_("Cosigners"),
    roles=((COSIGNER, _("Cosigner")),),
    workflow=Workflow(
        states=(State("signed", _("Signed"), "done"), State("taken_back", _("Taken back"), "stopped")),
        transitions=(
            Transition("take_back", _("Take the signature back"), ("signed",), "taken_back"),
            Transition("sign", _("Sign again"), ("taken_back",), "signed"),
        ),
    ),
)


class Suggestion(Record):
    """What a deputy puts forward, from the first word to its closing.

    The first reply and rating stay as they are; what follows a reply that did not satisfy stands beside them.
    """

    __tablename__ = "suggestions_suggestion"

    title: Mapped[str] = fields.text(_("Title"), max_length=60)
    text: Mapped[str] = fields.paragraph(_("Text"))
    category: Mapped[str] = fields.choice(_("Category"), CATEGORIES)
    subject: Mapped[str] = fields.choice(_("Subject field"), SUBJECTS)
    raised_in: Mapped[str] = fields.choice(_("Raised"), TIMES)
    made_on: Mapped[date] = fields.day(_("Made on"))
    lead_deputy: Mapped[uuid.UUID] = fields.person(_("Lead deputy"))
    number: Mapped[str | None] = fields.text(_("Number"), max_length=20)
    is_key: Mapped[bool] = fields.flag(_("Key suggestion"))
    supervised_by: Mapped[str | None] = fields.text(
        _("Supervised by"), max_length=40, help=_("Of a key suggestion: the leader's post, not the name.")
    )
    is_public: Mapped[bool] = fields.flag(
        _("May be made public"), help=_("Text, reply and the lead deputy's name; nothing else of a deputy.")
    )
    lead_handler: Mapped[str | None] = fields.text(
        _("Lead handling unit"), max_length=80, help=_("As it is called in the list of handling units.")
    )
    co_handlers: Mapped[str | None] = fields.text(
        _("Co-handling units"), max_length=200, help=_("Several with 、 between them.")
    )
    is_difficult: Mapped[bool] = fields.flag(
        _("Wide or difficult"), help=_("Then the law gives more months for the reply (代表法第五十一条).")
    )
    assigned_on: Mapped[date | None] = fields.day(_("Assigned on"))
    due_on: Mapped[date | None] = fields.day(
        _("Reply due"), help=_("Left empty, the assignment sets it by law.")
    )
    replied_on: Mapped[date | None] = fields.day(_("Replied on"))
    outcome_class: Mapped[str | None] = fields.choice(_("Outcome class"), CLASSES)
    reply: Mapped[str | None] = fields.paragraph(_("Reply"))
    attitude: Mapped[str | None] = fields.choice(_("Handling attitude"), LEVELS)
    result: Mapped[str | None] = fields.choice(_("Handling result"), LEVELS)
    rated_on: Mapped[date | None] = fields.day(_("Rated on"))
    final_due_on: Mapped[date | None] = fields.day(_("Second reply due"))
    final_replied_on: Mapped[date | None] = fields.day(_("Replied again on"))
    final_class: Mapped[str | None] = fields.choice(_("Outcome class after rehandling"), CLASSES)
    final_reply: Mapped[str | None] = fields.paragraph(_("Second reply"))
    final_attitude: Mapped[str | None] = fields.choice(_("Handling attitude after rehandling"), LEVELS)
    final_result: Mapped[str | None] = fields.choice(_("Handling result after rehandling"), LEVELS)
    final_rated_on: Mapped[date | None] = fields.day(_("Rated again on"))
    checked_on: Mapped[date | None] = fields.day(_("Rechecked on"))
    check: Mapped[str | None] = fields.choice(_("Result of the recheck"), CHECKS)


_ORDER = ("made_on", "assigned_on", "replied_on", "rated_on", "final_replied_on", "final_rated_on")
_SET_TOGETHER = (
    ("replied_on", "reply"),
    ("replied_on", "outcome_class"),
    ("final_replied_on", "final_reply"),
    ("final_replied_on", "final_class"),
    ("attitude", "result"),
    ("result", "attitude"),
    ("final_attitude", "final_result"),
    ("final_result", "final_attitude"),
    ("checked_on", "check"),
    ("check", "checked_on"),
)
"""Where the first of two is given, the second must be."""
_NEEDED = {"assigned": "due_on", "rehandling": "final_due_on"}
"""The last day without which nobody would be reminded, by state."""
_NO_SEAT = _("This deputy holds no seat of this congress on that day, or it is suspended.")
_EARLIER = _("This lies before what comes first.")
_BOTH = _("One of the two is missing: fill in both, or neither.")
_NO_LAST_DAY = _("A last day is needed as long as it is being handled.")


def _sound(session: Session, row: Suggestion) -> None:
    """A deputy in office puts it forward (代表法, art. 24, 36 and 61), and one thing follows another."""
    errors = {}
    if not _holds_seat(session, row):
        errors["lead_deputy"] = _NO_SEAT
    known = [(name, day) for name in _ORDER if (day := getattr(row, name)) is not None]
    errors |= {name: _EARLIER for (_n, first), (name, day) in pairwise(known) if day < first}
    if row.due_on is not None and row.due_on < (row.assigned_on or row.made_on):
        errors["due_on"] = _EARLIER
    errors |= {
        second: _BOTH
        for first, second in _SET_TOGETHER
        if getattr(row, first) is not None and getattr(row, second) is None
    }
    if name := _NEEDED.get(row.state, ""):
        errors |= wrong_units(session, row)
        if getattr(row, name) is None:
            errors[name] = _NO_LAST_DAY
    if errors:
        raise Invalid(errors)


def _holds_seat(session: Session, row: Suggestion) -> bool:
    seats = select(Mandate.id).where(
        Mandate.organisation == row.organisation,
        Mandate.person == row.lead_deputy,
        in_state(IN_OFFICE, row.made_on),
    )
    return session.scalars(seats.limit(1)).first() is not None


def _no_congress(body: Kind) -> str:
    return "" if body.congress else body.why_not


def _facts(session: Session, row: Suggestion) -> list[Fact]:
    """Whether enough deputies have signed a motion (代表法, art. 15): people decide what becomes of it."""
    if row.category != MOTION:
        return []
    needed = profile_of(session, row.organisation).rules.motion_cosigners
    signed = 1 + (
        session.scalar(
            select(func.count(Participant.person.distinct())).where(
                Participant.whole == row.id,
                Participant.type == SIGNATURE,
                Participant.state == "signed",
                Participant.person != row.lead_deputy,
            )
        )
        or 0
    )
    enough = ("done", _("Reached")) if signed >= needed else ("todo", _("Not reached"))
    deputies = _("deputies")
    return [
        Fact(_("Deputies who have signed"), signed, deputies),
        Fact(_("Needed for a motion"), needed, deputies),
        Fact(_("Number of signatures"), enough[1], light=enough[0]),
    ]


SUGGESTIONS = RecordType(
    Suggestion,
    title=_("Suggestions and motions"),
    workflow=COURSE,
    columns=(
        "title",
        "category",
        "lead_deputy",
        "made_on",
        "lead_handler",
        "due_on",
        "outcome_class",
        "result",
        "state",
    ),
    search=(
        "title",
        "number",
        "text",
        "reply",
        "final_reply",
        "lead_handler",
        "co_handlers",
        "supervised_by",
    ),
    evidence=("title", "category", "subject", "made_on", "outcome_class"),
    participation=SIGNATURES,
    attachments=Attachments(),
    duty="suggestions",
    barred=_no_congress,
    guard=_sound,
    facts=_facts,
)
SIGNATURE = f"{SUGGESTIONS.name}_{SIGNATURES.name}"
