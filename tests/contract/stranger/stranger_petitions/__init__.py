"""Petitions: a stranger's module, against the public contract alone."""

from datetime import date

from sqlalchemy import literal, null, select
from sqlalchemy.orm import Mapped

from renda import declarations as say
from renda import hookimpl
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
    return say.Module("信访", grants={"clerk": ("read", "write", "export")})


@hookimpl
def register_record_types():
    states = (say.State("open", "办理中"), say.State("closed", "已办结", "done"))
    work = say.Workflow(states, (say.Transition("close", "办结", ("open",), "closed"),))
    columns = ("title", "received_on", "state")
    return [say.RecordType(Petition, "信访台账", work, columns, evidence=("title",))]


@hookimpl
def register_slots():
    return [say.MenuEntry("opinions", "信访台账", "r/petitions_petition", "petitions:read")]


def received(span):
    columns = (Petition.id.label("record"), literal(1).label("value"), null().label("key"))
    days = Petition.received_on.between(span.start, span.end)
    return select(*columns).where(Petition.organisation == span.organisation, days)


@hookimpl
def register_indicators():
    measure = say.Measure("petitions_petition", received)
    return [say.Indicator("X01", "信访受理", "收到的信访件数", "case", measure=measure)]


@hookimpl
def register_report_templates():
    owing = ("city", "county", "township")
    return [say.ReportTemplate("petitions-month", "信访月报", PeriodKind.MONTH, owing, ("X01",))]
