"""The report that a directive asks for: one that is reported anyway, or figures of its own.

Figures of its own become a `definition` that only those owe whom a directive asks, so that they are filled
in, folded, covered and opened like those of every other report.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.declarations import meaning_of
from renda.directory.divisions import TIERS
from renda.directory.models import Organisation
from renda.errors import Invalid
from renda.i18n import LOCALES, _
from renda.indicators.kinds import Basis, Kind
from renda.indicators.periods import Period
from renda.records.fields import Paragraph, Rejected, Text
from renda_tiers.documents import issuing
from renda_tiers.documents.envelope import WHOLE_CHAIN
from renda_tiers.documents.issuing import Statement
from renda_tiers.reports import definitions, owing, standings
from renda_tiers.reports.template import Template

MOST_FIGURES = 30
_TITLE = Text(_("Figure"), max_length=120)
_UNIT = Text(_("Unit"), max_length=20)
_WHAT = Paragraph(_("What it counts"), required=False, max_length=1000)
KINDS = (Kind.SUM, Kind.STOCK, Kind.TEXT)
"""What a figure that is typed may be."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that a directive asks for.

    Attributes:
        title: its name.
        unit: what it is counted in; a text has none.
        what: what it counts, and what not.
        kind: one of `KINDS`.
    """

    title: str
    unit: str = ""
    what: str = ""
    kind: str = Kind.SUM


@dataclass(frozen=True, slots=True)
class Requirement:
    """A report that a directive asks for.

    Attributes:
        period: code of the period that it is about.
        template: code of a template that stands; "" for the figures.
        figures: of its own.
    """

    period: str
    template: str = ""
    figures: tuple[Figure, ...] = ()


def check(session: Session, issuer: str, asked: Requirement, targets: Sequence[str]) -> None:
    """Whether an issuer may ask the targets for a report.

    Raises:
        Invalid: neither or both of template and figures, a wrong figure or period, or a target that does not
            owe the template's report.
        NotFound: there is no such template.
    """
    period = Period.parse(asked.period)
    if bool(asked.template) == bool(asked.figures):
        raise _refused(_("Ask for a report that stands, or for figures of your own."))
    if asked.figures:
        _lines(asked.figures)
        return
    template = definitions.current(session, asked.template, issuer)
    _ensure_fits(session, issuer, template, period, targets)


def settle(
    session: Session, issuer: str, asked: Requirement, *, name: str, title: str, due: str, now: datetime
) -> dict[str, str]:
    """What a directive's body says of a checked report; figures of its own are defined first.

    Args:
        session: the transaction that issues it.
        issuer: who asks.
        asked: what for.
        name: of the directive, which becomes the template's code.
        title: of the directive, which becomes the template's.
        due: last day of the directive, which becomes the report's.
        now: when.
    """
    if not asked.figures:
        return {"template": asked.template, "period": asked.period}
    code, period = f"ask-{name}", Period.parse(asked.period)
    said = {
        "code": code,
        "titles": _in_all(title),
        "module": "",
        "period": str(period.kind),
        "tiers": list(TIERS),
        "due_days": _days(period, date.fromisoformat(due)),
        "lock_days": None,
        "lines": _lines(asked.figures),
        "asked": True,
    }
    _define(session, issuer, said, now)
    return {"template": code, "period": period.code}


def _ensure_fits(
    session: Session, issuer: str, template: Template, period: Period, targets: Sequence[str]
) -> None:
    if template.origin not in standings.ancestors_on(session, issuer, period.end):
        raise _refused(_("This report was not set by you or a body above you."))
    if period.kind is not template.period:
        raise _refused(_("The report is for another kind of period."))
    if template.asked:
        return
    free = sorted(set(targets) - owing.among(session, targets, template, period))
    if free:
        named = select(Organisation.name).where(Organisation.code.in_(free[:5])).order_by(Organisation.code)
        names = "、".join(session.scalars(named))
        raise _refused(
            _("These organisations do not fill in this report: ${names}.", mapping={"names": names})
        )


def follow(session: Session, issuer: str, report: Mapping[str, str], *, due: str, now: datetime) -> None:
    """Let the report that a directive of the issuer defined be due when the directive is."""
    template = definitions.current(session, report["template"], issuer)
    if not template.asked or template.origin != issuer:
        return
    said = dict(definitions.said(session, template.document))
    said["due_days"] = _days(Period.parse(report["period"]), date.fromisoformat(due))
    if said["due_days"] != template.due_days:
        _define(session, issuer, said, now)


def _days(period: Period, due: date) -> int:
    return (due - period.end).days


def _define(session: Session, issuer: str, said: Mapping[str, Any], now: datetime) -> None:
    subject = f"{definitions.KIND}:{said['code']}"
    issuing.issue(
        session,
        [Statement(definitions.KIND, issuer, subject, said, frozenset(WHOLE_CHAIN))],
        now=now,
    )


def _lines(figures: Sequence[Figure]) -> list[dict[str, Any]]:
    if len(figures) > MOST_FIGURES:
        raise _refused(_("A directive asks for at most ${most} figures.", mapping={"most": MOST_FIGURES}))
    return [_line(f"Q{number}", one) for number, one in enumerate(figures, 1)]


def _in_all(text: str) -> dict[str, str]:
    # What a person typed is said as it is, in whatever language it is read.
    return dict.fromkeys(LOCALES, text)


def _line(code: str, one: Figure) -> dict[str, Any]:
    if one.kind not in KINDS:
        raise _refused(_("A figure is a number of the period, a number at its end, or a text."))
    try:
        title = str(_TITLE.clean(one.title))
        unit = "" if one.kind == Kind.TEXT else str(_UNIT.clean(one.unit))
        what = _WHAT.clean(one.what) or title
    except Rejected:
        raise _refused(_("Give each figure a short name and a unit; a text has no unit.")) from None
    facts = {
        "kind": str(one.kind),
        "basis": str(Basis.CUMULATIVE if one.kind == Kind.STOCK else Basis.INCREMENT),
        "unit": unit,
        "scale": 1,
        "numerator": "",
        "denominator": "",
    }
    meaning = meaning_of(code=code, definition=what, **facts)  # type: ignore[arg-type] # one of each
    return {"indicator": code, "titles": _in_all(title), "texts": _in_all(what), "meaning": meaning, **facts}


def _refused(message: str) -> Invalid:
    return Invalid({"report": message}, message)
