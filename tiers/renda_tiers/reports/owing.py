"""Which reports an organisation owes: by its tier, its modules and what directives ask for.

Its modules count as they were on the period's last day: of a period that ended before a module was enabled
nothing is owed, and what was owed when its period ended stays owed. Of one organisation that is told from
what was read, and of many by SQL.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from renda.directory import modules
from renda.directory.models import Organisation
from renda.indicators.periods import Period
from renda.slices import slices
from renda_tiers.reports import calendar, catalogue, demands
from renda_tiers.reports.catalogue import Catalogue
from renda_tiers.reports.template import Template


@dataclass(frozen=True, slots=True)
class Owing:
    """What says which reports one organisation owes, read once.

    Attributes:
        tier: the organisation's; None where there is no such organisation.
        asked: codes of the periods that directives ask it for, by code of the template.
        used: gives the names of the modules that it uses on a day.
    """

    tier: str | None
    asked: Mapping[str, Collection[str]]
    used: Callable[[date], Collection[str]]

    def fills(self, template: Template, period: Period) -> bool:
        """Whether the report is one of its tier, and it is asked for it where it must be."""
        asked = not template.asked or period.code in self.asked.get(template.code, ())
        return asked and self.tier in template.tiers

    def owes(self, template: Template, period: Period) -> bool:
        """Whether it owes the report."""
        return self.fills(template, period) and self._uses(template, period.end)

    def owes_on(self, template: Template, day: date) -> bool:
        """Whether it owes the report of a period that ends on a day, or any that directives ask it for."""
        asked = not template.asked or template.code in self.asked
        return asked and self.tier in template.tiers and self._uses(template, day)

    def open(self, held: Catalogue, template: Template, today: date) -> list[Period]:
        """The periods whose reports it owes and may fill in now; `held` are its templates."""
        at = held.at(template.code)
        asked = map(Period.parse, self.asked.get(template.code, ()))
        periods = asked if template.asked else calendar.offered(template, today, at)
        return [one for one in periods if self.owes(at(one) or template, one)]

    def _uses(self, template: Template, day: date) -> bool:
        return not template.module or template.module in self.used(day)


def of(session: Session, organisation: str) -> Owing:
    """What an organisation owes; five statements, however many reports are asked about."""
    tier = session.scalar(select(Organisation.tier).where(Organisation.code == organisation))
    if tier is None:
        return Owing(None, {}, lambda _day: ())
    on = modules.over_time(session, organisation)
    return Owing(tier, demands.of(session, organisation), lambda day: on(day).in_use)


def templates(owed: Owing, held: Catalogue, today: date) -> list[Template]:
    """The templates whose reports an organisation owes now, by code: as they are today, from above it."""
    above = held.above(today)
    return [
        one
        for one in held.every(today)
        if one.origin in above and (owed.owes_on(one, today) or owed.open(held, one, today))
    ]


def applying(session: Session, organisation: str, today: date) -> list[Template]:
    """The same, for an organisation of which nothing was read yet."""
    return templates(of(session, organisation), catalogue.read(session, organisation), today)


def conditions(
    session: Session, template: Template, code: Any, day: Any, period: Any
) -> list[ColumnElement[bool]]:
    """What says that organisations owe a template's report; for statements that select them by `code`.

    Args:
        session: of the node whose modules are installed.
        template: the revision that applies to the period.
        code: the column of the organisations' codes, beside `Organisation`.
        day: the period's last day, or what it is bound to.
        period: its code, likewise.
    """
    found: list[ColumnElement[bool]] = [Organisation.tier.in_(template.tiers)]
    if template.module:
        installed = session.info["registry"].declared.modules
        found.append(modules.uses(code, template.module, day, installed))
    if template.asked:
        found.append(demands.is_asked(code, template.code, period))
    return found


def among(session: Session, codes: Iterable[str], template: Template, period: Period) -> set[str]:
    """Those of some organisations that owe a report, as those above them count it."""
    owe = conditions(session, template, Organisation.code, period.end, period.code)
    owing = select(Organisation.code).where(*owe)
    return {
        code for some in slices(codes) for code in session.scalars(owing.where(Organisation.code.in_(some)))
    }
