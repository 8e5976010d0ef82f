"""A small module that only these tests use: visits, their stops, and who came along."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from sys import path
from typing import Any

from sqlalchemy.orm import Mapped, Session

from renda import hookimpl
from renda.declarations import Attachments, Module, Participation, RecordType, State, Transition, Workflow
from renda.errors import Conflict
from renda.records import fields
from renda.records.models import Part, Record

KINDS = (("village", "Village"), ("school", "School"))


def not_to_the_moon(session: Session, visit: Any) -> None:
    if "moon" in visit.title:
        raise Conflict("Nobody goes to the moon.")


PLANNED = Workflow(
    states=(
        State("planned", "Planned", "todo"),
        State("held", "Held", "done"),
        State("cancelled", "Cancelled", "stopped"),
    ),
    transitions=(
        Transition("hold", "Mark as held", ("planned",), "held", guard=not_to_the_moon),
        Transition("cancel", "Cancel", ("planned",), "cancelled", needs_reason=True),
        Transition("reopen", "Reopen", ("held", "cancelled"), "planned", "decide", needs_reason=True),
    ),
)
COMPANY = Participation(
    name="company",
    title="Company",
    roles=(("guest", "Guest"), ("host", "Host")),
    workflow=Workflow(
        states=(
            State("invited", "Invited", "todo"),
            State("came", "Came", "done"),
            State("absent", "Absent", "stopped"),
        ),
        transitions=(
            Transition("come", "Came", ("invited", "absent"), "came"),
            Transition("miss", "Absent", ("invited",), "absent", "decide"),
        ),
    ),
)


class Visit(Record):
    """A visit to a place."""

    __tablename__ = "probe_visit"

    title: Mapped[str] = fields.text("Title", max_length=40)
    kind: Mapped[str] = fields.choice("Kind", KINDS)
    starts_on: Mapped[date] = fields.day("Starts on")
    ends_on: Mapped[date | None] = fields.day("Ends on")
    budget: Mapped[int | None] = fields.money("Budget", unit="yuan")
    urgent: Mapped[bool] = fields.flag("Urgent")
    phone: Mapped[str | None] = fields.text("Phone", personal=True)
    guide: Mapped[uuid.UUID | None] = fields.person("Guide")
    notes: Mapped[str | None] = fields.paragraph("Notes")


class Stop(Part, Record):
    """A place that a visit stops at."""

    __tablename__ = "probe_stop"

    place: Mapped[str] = fields.text("Place")
    minutes: Mapped[int] = fields.integer("Minutes", unit="minutes", least=1)


VISITS = RecordType(
    Visit,
    title="Visits",
    workflow=PLANNED,
    columns=("title", "kind", "starts_on", "ends_on", "budget", "urgent", "phone", "guide", "notes", "state"),
    search=("title", "notes"),
    evidence=("title", "state"),
    participation=COMPANY,
    attachments=Attachments(kinds=("pdf", "png", "jpeg", "docx", "xlsx"), limit=1, most=4),
)
STOPS = RecordType(
    Stop, title="Stops", workflow=PLANNED, columns=("place", "minutes", "state"), part_of="probe_visit"
)


@hookimpl
def register_module() -> Module:
    return Module(
        title="Probe",
        grants={
            "clerk": ("read", "write", "export"),
            "leader": ("read", "decide"),
            "auditor": ("read",),
        },
    )


@hookimpl
def register_record_types() -> list[RecordType]:
    return [VISITS, STOPS]


@contextmanager
def installed(folder: Path) -> Iterator[None]:
    """Let this package be found as an installed distribution, as pip would."""
    metadata = folder / "renda_probe-1.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: renda-probe\nVersion: 1\n")
    (metadata / "entry_points.txt").write_text(f"[renda.plugins]\nprobe = {__name__}\n")
    path.append(str(folder))
    try:
        yield
    finally:
        path.remove(str(folder))
