"""Petitions: a stranger's module, against the public contract alone."""

from datetime import date

from sqlalchemy import literal, null, select
from sqlalchemy.orm import Mapped

from renda import hookimpl
from renda.declarations import (
    Indicator,
    Measure,
    MenuEntry,
    Module,
    RecordType,
    ReportTemplate,
    State,
    Transition,
    Workflow,
)
from renda.indicators.periods import PeriodKind
from renda.records import fields
from renda.records.models import Record


class Petition(Record):
    """What a resident asks for."""

    __tablename__ = "petitions_petition"
    title: Mapped[str] = fields.text("事项", max_length=80)
    received_on: Mapped[date] = fields.day("收到日期")


@hookimpl
def register_module():
    return Module("信访", grants={"clerk": ("read", "write", "export")})


@hookimpl
def register_record_types():
    states = (State("open", "办理中"), State("closed", "已办结", "done"))
    steps = (Transition("close", "办结", ("open",), "closed"),)
    return [
        RecordType(
            Petition,
            "信访台账",
            Workflow(states, steps),
            ("title", "received_on", "state"),
            evidence=("title",),
        )
    ]


@hookimpl
def register_slots():
    return [MenuEntry("opinions", "信访台账", "r/petitions_petition", "petitions:read")]


@hookimpl
def register_indicators():
    def received(span):
        columns = (Petition.id.label("record"), literal(1).label("value"), null().label("key"))
        return select(*columns).where(
            Petition.organisation == span.organisation, Petition.received_on.between(span.start, span.end)
        )

    return [
        Indicator(
            "X01", "信访受理", "收到的信访件数", "case", measure=Measure("petitions_petition", received)
        )
    ]


@hookimpl
def register_report_templates():
    return [
        ReportTemplate(
            "petitions-month", "信访月报", PeriodKind.MONTH, ("city", "county", "township"), ("X01",)
        )
    ]
