"""The figures of suggestions, and the yearly report: what is counted stands in `measures`."""

from collections.abc import Callable

from renda.declarations import Contributions, Indicator, Measure, ReportTemplate, Span
from renda.i18n import _
from renda.indicators.kinds import Kind
from renda.indicators.periods import PeriodKind
from renda_suggestions.measures import cosigners, days_between, dissatisfied, each, last, lead_deputies
from renda_suggestions.records import MOTION, SIGNATURE, SUGGESTIONS, Suggestion

_CLASS = last(Suggestion.outcome_class, Suggestion.final_class)
_ATTITUDE = last(Suggestion.attitude, Suggestion.final_attitude)
_RESULT = last(Suggestion.result, Suggestion.final_result)
_CONTENT = ("satisfied", "fairly")
_DAYS = days_between(Suggestion.assigned_on, Suggestion.replied_on)
_WORKED_ON = Suggestion.assigned_on.is_not(None)


def _sum(
    code: str,
    title: str,
    definition: str,
    measured: Callable[[Span], Contributions],
    *,
    unit: str = _("suggestion"),
    kind: Kind = Kind.SUM,
    records: str = SUGGESTIONS.name,
) -> Indicator:
    return Indicator(code, title, definition, unit, kind, measure=Measure(records, measured))


def _share(code: str, title: str, definition: str, of: str, among: str) -> Indicator:
    return Indicator(code, title, definition, "percent", None, numerator=of, denominator=among)


_MADE = Suggestion.made_on
_BY_CLASS = _(
    "Suggestions first replied to in the period whose last reply has this class; of the lead unit only."
)

INDICATORS = [
    _sum(
        "S01",
        _("Suggestions"),
        _("Suggestions made in the period, not withdrawn or refused; a joint one counts once."),
        each(_MADE, Suggestion.category != MOTION),
    ),
    _sum(
        "S02",
        _("Motions"),
        _("Motions made in the period, not withdrawn or refused; a joint one counts once."),
        each(_MADE, Suggestion.category == MOTION),
        unit=_("motion"),
    ),
    _sum(
        "S03",
        _("Deputies who made suggestions"),
        _("Lead deputies of S01 and S02, each person counted once; cosigners are not among them."),
        lead_deputies,
        unit=_("person"),
        kind=Kind.DISTINCT,
    ),
    _share(
        "S04",
        _("Participation in suggestions"),
        _("Lead deputies (S03) among deputies in office (R02), divided after both are counted."),
        "S03",
        "R02",
    ),
    _sum(
        "S23",
        _("Deputies who cosigned"),
        _("Cosigners of S01 and S02, each person counted once; their own suggestions are not asked about."),
        cosigners,
        unit=_("person"),
        kind=Kind.DISTINCT,
        records=SIGNATURE,
    ),
    _sum(
        "S06D",
        _("Replies due"),
        _("Suggestions whose last day for the reply lies in the period; what is not yet due is not counted."),
        each(Suggestion.due_on),
    ),
    _sum(
        "S06N",
        _("Replied in time"),
        _("Suggestions of S06D whose first reply came on the last day or before."),
        each(Suggestion.due_on, Suggestion.replied_on <= Suggestion.due_on),
    ),
    _share("S06", _("Replies in time"), _("S06N among S06D (代表法, art. 51)."), "S06N", "S06D"),
    *(
        _sum(code, title, _BY_CLASS, each(Suggestion.replied_on, _CLASS.in_((one,))))
        for code, one, title in (
            ("S07", "A", _("Class A: solved or adopted")),
            ("S08", "B", _("Class B: being solved or planned")),
            ("S09", "C", _("Class C: to be solved later")),
            ("S10", "D", _("Class D: kept for reference")),
        )
    ),
    _sum(
        "S12D",
        _("Suggestions rated"),
        _("Suggestions that the lead deputy first rated in the period."),
        each(Suggestion.rated_on),
    ),
    _sum(
        "S12N",
        _("Satisfied or fairly so with the attitude"),
        _("Suggestions of S12D whose last rating of the handling attitude is satisfied or fairly satisfied."),
        each(Suggestion.rated_on, _ATTITUDE.in_(_CONTENT)),
    ),
    _share("S12", _("Satisfaction with the attitude"), _("S12N among S12D."), "S12N", "S12D"),
    _sum(
        "S13N",
        _("Satisfied or fairly so with the result"),
        _("Suggestions of S12D whose last rating of the handling result is satisfied or fairly satisfied."),
        each(Suggestion.rated_on, _RESULT.in_(_CONTENT)),
    ),
    _share("S13", _("Satisfaction with the result"), _("S13N among S12D."), "S13N", "S12D"),
    _sum(
        "S14",
        _("Dissatisfied at first"),
        _("Suggestions first rated in the period, with dissatisfied for the attitude or the result."),
        each(Suggestion.rated_on, dissatisfied(Suggestion.attitude, Suggestion.result)),
    ),
    _sum(
        "S15",
        _("Still dissatisfied after rehandling"),
        _("Suggestions rated again in the period, with dissatisfied for the attitude or the result."),
        each(Suggestion.final_rated_on, dissatisfied(Suggestion.final_attitude, Suggestion.final_result)),
    ),
    _sum(
        "S16D",
        _("Suggestions assigned"),
        _("Suggestions assigned in the period."),
        each(Suggestion.assigned_on),
    ),
    _sum(
        "S16N",
        _("Suggestions closed"),
        _("Suggestions of S16D that are closed with evidence."),
        each(Suggestion.assigned_on, Suggestion.state == "closed"),
    ),
    _share("S16", _("Closing rate"), _("S16N among S16D."), "S16N", "S16D"),
    _sum(
        "S17",
        _("Key suggestions"),
        _("Suggestions and motions made in the period that a leader supervises."),
        each(_MADE, Suggestion.is_key.is_(True)),
    ),
    _sum(
        "S19D",
        _("First replies"),
        _("Suggestions first replied to in the period."),
        each(Suggestion.replied_on, _WORKED_ON),
    ),
    _sum(
        "S19N",
        _("Days to the first replies"),
        _("Days from assignment to the first reply, added over S19D."),
        each(Suggestion.replied_on, _WORKED_ON, value=_DAYS),
        unit=_("day"),
    ),
    Indicator(
        "S19",
        _("Mean days to reply"),
        _("S19N divided by S19D, so that every reply weighs the same."),
        unit=_("day"),
        kind=None,
        numerator="S19N",
        denominator="S19D",
        scale=10,
    ),
    _sum(
        "S20",
        _("Longest time to a reply"),
        _("The most days from assignment to the first reply of one suggestion of S19D."),
        each(Suggestion.replied_on, _WORKED_ON, value=_DAYS),
        unit=_("day"),
        kind=Kind.HIGH,
    ),
    _sum(
        "S21",
        _("Suggestions rechecked"),
        _("Suggestions whose handling was looked at again in the period."),
        each(Suggestion.checked_on),
    ),
    _sum(
        "S21N",
        _("Rechecked and qualified"),
        _("Suggestions of S21 whose handling was as it had been said."),
        each(Suggestion.checked_on, Suggestion.check == "qualified"),
    ),
    _share("S22", _("Recheck pass rate"), _("S21N among S21."), "S21N", "S21"),
]

TEMPLATES = [
    ReportTemplate(
        "suggestions-year",
        _("Yearly report on suggestions"),
        PeriodKind.YEAR,
        tiers=("city", "county", "township"),
        lines=(
            *("S01", "S02", "S03", "R02", "S04", "S23", "S17"),
            *("S16D", "S06D", "S06N", "S06", "S07", "S08", "S09", "S10"),
            *("S12D", "S12N", "S12", "S13N", "S13", "S14", "S15"),
            *("S16N", "S16", "S19D", "S19N", "S19", "S20", "S21", "S21N", "S22"),
        ),
    )
]
