"""What people tell their deputies: taken down or scanned in, handled within days, answered, rated."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Mapped, Session, mapped_column

from renda.declarations import Attachments, Fact, Limit, Link, RecordType, State, Transition, Workflow
from renda.declarations.personal import held
from renda.errors import Invalid
from renda.i18n import Translate, _
from renda.records import fields
from renda.records.kinds import Paragraph, Text
from renda.records.models import Record
from renda_liaison.stations import Station

BY_CODE = "station_code"
SOURCES = (
    (BY_CODE, _("QR code of a station")),
    ("reception_day", _("Reception day")),
    ("deputy", _("Deputy")),
    ("hotline", _("Hotline")),
)
KINDS = (
    ("traffic", _("Roads and traffic")),
    ("environment", _("Environment and sanitation")),
    ("housing", _("Housing and property management")),
    ("education", _("Education")),
    ("health", _("Health and medical care")),
    ("welfare", _("Employment and social security")),
    ("farming", _("Farming and water")),
    ("safety", _("Public safety")),
    ("service", _("Government services")),
    ("other", _("Other")),
)
DISSATISFIED = "dissatisfied"
RATINGS = (
    ("satisfied", _("Satisfied")),
    ("fairly", _("Fairly satisfied")),
    (DISSATISFIED, _("Dissatisfied")),
)
RECEIVED, ASSIGNED, ANSWERED, CLOSED, DECLINED = "received", "assigned", "answered", "closed", "declined"
HANDLED = frozenset({ANSWERED, CLOSED})
"""States in which the reply is there, for whoever has the receipt code."""
LONGEST, SUBJECT = 2000, 80
"""Characters of somebody's words or a reply, and of what lists call an opinion."""
_WHY = _("Handling what people tell their deputies (代表法 on keeping in touch with the people)")


@dataclass(frozen=True)
class Words(Paragraph):
    """Somebody's own words, in which anything may stand: those who may read the register read them in full.

    As personal text they are left out of search, history, the audit trail and evidence.
    """

    personal: bool = True

    def show(self, value: object, translate: Translate) -> str:
        """See `Field`."""
        del translate
        return "" if value is None else str(value)


class PublicOpinionItem(Record):
    """What somebody wants, in their words, and what became of it.

    Attributes:
        station: where it was scanned in, or None.
        receipt: SHA-256 of the receipt code, so that reading this table opens nothing; None for what came
            otherwise.
        rating: what whoever holds the code thinks of the reply, said once; no form of the staff has it.
    """

    __tablename__ = "liaison_public_opinion_item"

    subject: Mapped[str] = fields.text(
        _("Subject"), max_length=SUBJECT, help=_("A few words for lists; no names and no addresses.")
    )
    source: Mapped[str] = fields.choice(_("Source"), SOURCES)
    kind: Mapped[str | None] = fields.choice(_("Kind"), KINDS)
    received_on: Mapped[date] = fields.day(_("Received on"))
    place: Mapped[str | None] = fields.text(_("Station or place"), max_length=120)
    deputy: Mapped[uuid.UUID | None] = fields.person(_("Deputy who brought it"))
    content: Mapped[str] = mapped_column(
        info={"field": Words(_("Opinion"), max_length=LONGEST), **held(_WHY, "record", sensitive=True)}
    )
    phone: Mapped[str | None] = mapped_column(
        info={
            "field": Text(_("Phone"), personal=True, max_length=20),
            **held(_("Calling back whoever gave an opinion"), "record"),
        }
    )
    handler: Mapped[str | None] = fields.text(
        _("Handling unit"), max_length=80, help=_("Shown to whoever has the receipt code.")
    )
    reply: Mapped[str | None] = fields.paragraph(
        _("Reply"), max_length=LONGEST, help=_("Shown to whoever has the receipt code, once it is answered.")
    )
    station: Mapped[uuid.UUID | None] = mapped_column(index=True)
    receipt: Mapped[bytes | None] = mapped_column(unique=True)
    rating: Mapped[str | None]
    rated_at: Mapped[datetime | None]


def _says_who(_session: Session, item: PublicOpinionItem) -> None:
    if item.handler is None:
        raise Invalid({"handler": _("Enter first which unit handles it, or to whom it is handed on.")})


def _says_what(_session: Session, item: PublicOpinionItem) -> None:
    if item.reply is None:
        raise Invalid({"reply": _("Write the reply first.")})


def _facts(session: Session, item: PublicOpinionItem) -> list[Fact]:
    """Where it was scanned in, and what whoever gave it thinks of the reply."""
    found = []
    if item.station is not None:
        station = session.get(Station, item.station)
        found.append(Fact(_("QR code of"), station.name if station is not None else "—"))
    if item.rating is not None:
        found.append(Fact(_("Rating by whoever gave it"), dict(RATINGS)[item.rating]))
    return found


OPINIONS = RecordType(
    PublicOpinionItem,
    title=_("Public opinion items"),
    workflow=Workflow(
        states=(
            State(RECEIVED, _("Received"), "todo", Limit(working_days=3, remind=(1,))),
            State(ASSIGNED, _("Assigned"), "doing", Limit(working_days=15)),
            State(ANSWERED, _("Answered"), "doing", Limit(working_days=10)),
            State(CLOSED, _("Closed"), "done"),
            State(DECLINED, _("Not accepted"), "stopped"),
        ),
        transitions=(
            Transition("assign", _("Assign or hand on"), (RECEIVED,), ASSIGNED, guard=_says_who),
            Transition("answer", _("Answer"), (RECEIVED, ASSIGNED), ANSWERED, guard=_says_what),
            Transition("close", _("Reply was fed back: close"), (ANSWERED,), CLOSED),
            Transition("return", _("Returned by the unit"), (ASSIGNED,), RECEIVED, needs_reason=True),
            Transition(
                "decline",
                _("Do not accept (whoever has the code reads the reason)"),
                (RECEIVED, ASSIGNED),
                DECLINED,
                "decide",
                needs_reason=True,
            ),
            Transition(
                "reopen",
                _("Handle again"),
                (ANSWERED, CLOSED, DECLINED),
                RECEIVED,
                "decide",
                needs_reason=True,
            ),
        ),
    ),
    columns=("subject", "kind", "source", "place", "received_on", "handler", "state"),
    search=("subject", "place", "handler", "reply"),
    evidence=("source", "kind", "received_on"),
    attachments=Attachments(),
    facts=_facts,
    links=(Link(_("Open the phone number"), "opinions/{id}/phone", "open"),),
)
