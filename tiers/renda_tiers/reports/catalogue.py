"""Which revision of a report template stands for whom, and for which period.

A revision may say from which day on it applies: to the periods that begin on that day or later, so that what
is being filled in goes on under the revision before. Of those that apply to a period, that of the highest
organisation stands, so that nobody below or beside replaces what was set above; then that of the highest
(revision, issue time, hash). Only where nobody above has set the code, it is one set below or beside.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from renda.i18n import _
from renda.indicators.periods import MONTHS, Period
from renda_tiers.documents.envelope import decode
from renda_tiers.documents.models import LedgerDocument
from renda_tiers.reports import standings, template
from renda_tiers.reports.models import Definition
from renda_tiers.reports.template import Template


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The templates of an organisation, read once.

    Attributes:
        revisions: of each code, those of all origins, the last said last.
        above: gives the organisation itself and those above it on a day, nearest first.
    """

    revisions: Mapping[str, Sequence[Template]]
    above: Callable[[date], Sequence[str]]

    @property
    def codes(self) -> list[str]:
        """Codes of all templates that this node holds."""
        return sorted(self.revisions)

    def every(self, day: date) -> list[Template]:
        """Of each code the revision that applies on a day, or one that will; by code."""
        found = (self.on(code, day) or self.newest(code) for code in self.codes)
        return [one for one in found if one is not None]

    def newest(self, code: str) -> Template | None:
        """What the highest organisation said last of a template, from whatever day on it applies."""
        return self._highest(self.revisions.get(code, ()), date.max)

    def of(self, code: str, period: Period) -> Template | None:
        """The revision that applies to a period; None where none does."""
        able = [one for one in self.revisions.get(code, ()) if one.applies_to(period)]
        return self._highest(able, period.end)

    def at(self, code: str) -> Callable[[Period], Template | None]:
        """`of` for one code."""
        return partial(self.of, code)

    def on(self, code: str, day: date) -> Template | None:
        """The revision that applies to the period which runs on a day; None where none does."""
        able = [one for one in self.revisions.get(code, ()) if _applies_on(one, day)]
        return self._highest(able, day)

    def _highest(self, able: Sequence[Template], day: date) -> Template | None:
        if not able:
            return None
        height = {origin: number for number, origin in enumerate(self.above(day), 1)}
        # The last of equals is the one that was said last.
        return max(enumerate(able), key=lambda one: (height.get(one[1].origin, 0), one[0]))[1]


def _applies_on(one: Template, day: date) -> bool:
    if one.period in MONTHS:
        return one.applies_to(Period.of(one.period, day))
    return one.since is None or one.since <= day


def read(session: Session, organisation: str, *of: ColumnElement[bool]) -> Catalogue:
    """The templates of an organisation; two statements, however many periods are asked about."""
    path = standings.ancestry(session, [organisation])
    rows = session.execute(
        select(Definition.code, LedgerDocument.payload)
        .join(LedgerDocument, LedgerDocument.hash == Definition.document)
        .where(*of)
        .order_by(Definition.revision, Definition.issued, Definition.document)
    )
    found: dict[str, list[Template]] = {}
    for row in rows:
        found.setdefault(row.code, []).append(parsed(row.payload))
    return Catalogue(found, lambda day: path(organisation, day))


@lru_cache(maxsize=256)
def parsed(payload: bytes) -> Template:
    """The template of a definition's payload; a document never changes, so each is parsed once."""
    return template.of(decode(payload))


Setters = Mapping[str, Sequence[tuple[str, date | None]]]
"""By the code of a template, who has set it: origin, and the day from which a revision applies."""


def setters(session: Session, codes: Collection[str]) -> Setters:
    """Who has set the templates of some codes."""
    found: dict[str, list[tuple[str, date | None]]] = {}
    rows: Iterable[Any] = session.execute(
        select(Definition.code, Definition.origin, Definition.since)
        .where(Definition.code.in_(codes))
        .distinct()
    )
    for row in rows:
        found.setdefault(row.code, []).append((row.origin, row.since))
    return found


def unfit(found: Setters, named: Template, period: Period, above: Sequence[str]) -> str:
    """Why an organisation may not report on a template for a period; "" where it may.

    It may on that of the highest above it who has set one that applies to the period, so that nobody sets
    due days or figures of their own under a code that is set above them. An older revision of it will do.

    Args:
        found: who has set the templates of its code.
        named: the template.
        period: the report's.
        above: the organisation itself and those above it on the period's last day, nearest first.
    """
    if named.origin not in above:
        return _("The report template was not set by this organisation or one above it.")
    able = {origin for origin, since in found.get(named.code, ()) if since is None or since <= period.start}
    if able & set(above[above.index(named.origin) + 1 :]):
        return _("A body further above has set this report's template.")
    return ""
