"""Person-times, persons and coverage of training: three figures that are never one another."""

from typing import Any

from sqlalchemy import literal, null, select

from renda.declarations import Contributions, Indicator, Measure, ReportTemplate, Span
from renda.directory.models import Person
from renda.i18n import _
from renda.indicators.kinds import Kind
from renda.indicators.periods import PeriodKind
from renda.records.models import Participant
from renda_training.records import TrainingClass

ATTENDANCE = "training_class_attendance"


def _held(span: Span) -> tuple[Any, ...]:
    return (
        TrainingClass.organisation == span.organisation,
        TrainingClass.state == "held",
        TrainingClass.starts_on.between(span.start, span.end),
    )


def classes(span: Span) -> Contributions:
    """Each class counts once, where and when it began."""
    return select(TrainingClass.id.label("record"), literal(1).label("value"), null().label("key")).where(
        *_held(span)
    )


def _attended(span: Span, *columns: Any) -> Contributions:
    return (
        select(Participant.id.label("record"), literal(1).label("value"), *columns)
        .join(TrainingClass, TrainingClass.id == Participant.whole)
        .where(
            *_held(span),
            Participant.type == ATTENDANCE,
            Participant.role == "trainee",
            Participant.state == "attended",
        )
    )


def person_times(span: Span) -> Contributions:
    """A deputy who attended two classes counts twice."""
    return _attended(span, null().label("key"))


def persons(span: Span) -> Contributions:
    """A deputy who attended two classes, here or elsewhere, counts once."""
    return _attended(span, Person.key.label("key")).join(Person, Person.id == Participant.person)


INDICATORS = [
    Indicator(
        "T01",
        _("Training classes held"),
        _("Classes that this body ran itself and that began in the period; a class counts once."),
        unit=_("class"),
        measure=Measure("training_class", classes),
    ),
    Indicator(
        "T02",
        _("Person-times trained"),
        _("Attendance of deputies at classes of T01; a deputy at two classes counts twice."),
        unit=_("person_time"),
        measure=Measure(ATTENDANCE, person_times),
    ),
    Indicator(
        "T03",
        _("Deputies trained"),
        _("Deputies who attended at least one class of T01, each person counted once."),
        unit=_("person"),
        kind=Kind.DISTINCT,
        measure=Measure(ATTENDANCE, persons),
    ),
    Indicator(
        "T04",
        _("Training coverage"),
        _("Deputies trained (T03) among deputies in office (R02), divided after both are counted."),
        unit="percent",
        kind=None,
        numerator="T03",
        denominator="R02",
    ),
]

TEMPLATES = [
    ReportTemplate(
        "training-bimonth",
        _("Bimonthly report on training"),
        PeriodKind.BIMONTH,
        tiers=("city", "county", "township"),
        lines=("T01", "T02", "T03", "R02", "T04"),
    )
]
