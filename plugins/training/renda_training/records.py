"""The register of training classes."""

from datetime import date

from sqlalchemy.orm import Mapped, Session

from renda.declarations import Attachments, Participation, RecordType, State, Transition, Workflow
from renda.errors import Invalid
from renda.i18n import _
from renda.records import fields
from renda.records.models import Record

KINDS = (
    ("full", _("Training of all deputies")),
    ("topic", _("Training on a topic")),
    ("study", _("Study visit")),
    ("self", _("Collective study")),
)

PLANNED_WORK = Workflow(
    states=(
        State("planned", _("Planned"), "todo"),
        State("held", _("Held"), "done"),
        State("cancelled", _("Cancelled"), "stopped"),
    ),
    transitions=(
        Transition("hold", _("Mark as held"), ("planned",), "held"),
        Transition("cancel", _("Cancel the class"), ("planned",), "cancelled", needs_reason=True),
        Transition("reopen", _("Reopen"), ("held", "cancelled"), "planned", "decide", needs_reason=True),
    ),
)

ATTENDANCE = Participation(
    name="attendance",
    title=_("Attendance"),
    roles=(("trainee", _("Trainee")), ("lecturer", _("Lecturer"))),
    workflow=Workflow(
        states=(
            State("invited", _("Invited"), "todo"),
            State("attended", _("Attended"), "done"),
            State("leave", _("On approved leave"), "stopped"),
            State("absent", _("Absent"), "stopped"),
        ),
        transitions=(
            Transition("attend", _("Attended"), ("invited", "leave", "absent"), "attended"),
            Transition("excuse", _("On approved leave"), ("invited", "attended", "absent"), "leave"),
            Transition("miss", _("Absent"), ("invited", "attended", "leave"), "absent"),
        ),
    ),
)


class TrainingClass(Record):
    """A course that a congress body runs for its deputies."""

    __tablename__ = "training_class"

    title: Mapped[str] = fields.text(_("Title"), max_length=120)
    kind: Mapped[str] = fields.choice(_("Kind"), KINDS)
    starts_on: Mapped[date] = fields.day(_("Starts on"))
    ends_on: Mapped[date | None] = fields.day(_("Ends on"))
    place: Mapped[str | None] = fields.text(_("Place"), max_length=120)
    budget: Mapped[int | None] = fields.money(_("Budget"), unit=_("yuan"))
    summary: Mapped[str | None] = fields.paragraph(_("Summary"))


def _in_order(_session: Session, one: TrainingClass) -> None:
    if one.ends_on is not None and one.ends_on < one.starts_on:
        raise Invalid({"ends_on": _("The class ends before it starts.")})


CLASSES = RecordType(
    TrainingClass,
    title=_("Training classes"),
    workflow=PLANNED_WORK,
    columns=("title", "kind", "starts_on", "place", "state"),
    search=("title", "place", "summary"),
    evidence=("title", "kind", "starts_on"),
    participation=ATTENDANCE,
    attachments=Attachments(),
    duty="training",
    guard=_in_order,
)
