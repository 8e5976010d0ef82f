"""Sessions of a congress and meetings of its organs, who attended, and what follows from their number.

Which organs meet at an organisation says the profile of its tier. A street's work committee has meetings;
sessions, votes and elections it has none (组织法, art. 59).
"""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Mapped, Session

from renda.declarations import Fact, Participation, RecordType, State, Transition, Workflow
from renda.directory import rules
from renda.directory.kinds import kind_at, profile_of
from renda.directory.models import Mandate
from renda.directory.office import held
from renda.directory.organs import Kind
from renda.directory.terms import TERM
from renda.errors import Invalid
from renda.i18n import _
from renda.records import fields
from renda.records.models import Participant, Record

WORKFLOW = Workflow(
    states=(
        State("planned", _("Planned"), "todo"),
        State("held", _("Took place"), "done"),
        State("cancelled", _("Cancelled"), "stopped"),
    ),
    transitions=(
        Transition("hold", _("Mark as taken place"), ("planned",), "held"),
        Transition("cancel", _("Cancel what was planned"), ("planned",), "cancelled", needs_reason=True),
        Transition("reopen", _("Reopen"), ("held", "cancelled"), "planned", "decide", needs_reason=True),
    ),
)

ATTENDANCE = Participation(
    name="attendance",
    title=_("Attendance at meetings"),
    roles=(("member", _("Member")), ("observer", _("Observer"))),
    workflow=Workflow(
        states=(
            State("invited", _("Invited"), "todo"),
            State("attended", _("Present"), "done"),
            State("leave", _("On approved leave"), "stopped"),
            State("absent", _("Absent"), "stopped"),
        ),
        transitions=(
            Transition("attend", _("Present"), ("invited", "leave", "absent"), "attended"),
            Transition("excuse", _("On approved leave"), ("invited", "attended", "absent"), "leave"),
            Transition("miss", _("Absent"), ("invited", "attended", "leave"), "absent"),
        ),
    ),
)


class CongressMeeting(Record):
    """A session of the congress, or a meeting of another organ of a body."""

    __tablename__ = "core_meeting"

    title: Mapped[str] = fields.text(_("Title"), max_length=120)
    organ: Mapped[str] = fields.organ(_("Organ"))
    term: Mapped[int | None] = fields.ordinal(_("Term"), words=TERM)
    number: Mapped[int | None] = fields.ordinal(_("Number within the term"), words=_("Session ${number}"))
    opens_on: Mapped[date] = fields.day(_("Opens on"))
    closes_on: Mapped[date | None] = fields.day(_("Closes on"))
    place: Mapped[str | None] = fields.text(_("Place"), max_length=120)


def _nobody_meets(body: Kind) -> str:
    return "" if body.meeting else body.why_not


def _is_plenary(session: Session, meeting: CongressMeeting) -> bool:
    organ = kind_at(session, meeting.organisation).organs.get(meeting.organ)
    return organ is not None and organ.plenary


def _sound(session: Session, meeting: CongressMeeting) -> None:
    errors = {}
    if meeting.closes_on is not None and meeting.closes_on < meeting.opens_on:
        errors["closes_on"] = _("It closes before it opens.")
    if meeting.term is None and _is_plenary(session, meeting):
        errors["term"] = _("Say of which term it is; the deputies of that term make its quorum.")
    if errors:
        raise Invalid(errors)


def attendance(session: Session, meeting: CongressMeeting) -> tuple[int, int]:
    """Deputies of the meeting's term who are present, and those in office, on the day on which it opens.

    A guest who sits in another congress counts in neither, and nobody counts twice.
    """
    seats = select(Mandate.person).where(
        Mandate.organisation == meeting.organisation,
        Mandate.term == meeting.term,
        held(meeting.opens_on),
    )
    in_office = select(func.count(Mandate.person.distinct())).where(Mandate.person.in_(seats))
    present = select(func.count(Participant.person.distinct())).where(
        Participant.whole == meeting.id,
        Participant.type == f"{MEETINGS.name}_{ATTENDANCE.name}",
        Participant.role == "member",
        Participant.state == "attended",
        Participant.person.in_(seats),
    )
    return session.scalar(present) or 0, session.scalar(in_office) or 0


def _facts(session: Session, meeting: CongressMeeting) -> list[Fact]:
    """Quorum and majority of a session of all deputies that was held (组织法, art. 14 and 25)."""
    if meeting.state != "held" or not _is_plenary(session, meeting):
        return []
    law = profile_of(session, meeting.organisation).rules
    present, in_office = attendance(session, meeting)
    found = rules.quorum(present, in_office, law)
    deputies = _("deputies")
    said = [Fact(_("Deputies in office"), in_office, deputies)]
    if not in_office:
        return [*said, Fact(_("Quorum"), _("No deputies of this term are entered."), light="todo")]
    reached = ("done", _("Reached")) if found.reached else ("todo", _("Not reached"))
    base = in_office if law.majority_of == "all" else present
    return [
        *said,
        Fact(_("Deputies present"), present, deputies),
        Fact(_("Needed for the quorum"), found.needed, deputies),
        Fact(_("Quorum"), reached[1], light=reached[0]),
        Fact(
            _("Votes that a resolution needs"),
            _(
                "${votes} of ${base}",
                mapping={"votes": rules.votes_needed(present, in_office, law), "base": base},
            ),
        ),
    ]


MEETINGS = RecordType(
    CongressMeeting,
    title=_("Meetings"),
    workflow=WORKFLOW,
    columns=("title", "organ", "term", "number", "opens_on", "state"),
    search=("title", "place"),
    evidence=("title", "opens_on"),
    participation=ATTENDANCE,
    duty="meetings",
    barred=_nobody_meets,
    guard=_sound,
    facts=_facts,
)
