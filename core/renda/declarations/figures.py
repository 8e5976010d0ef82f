"""Figures: measures, indicators and report templates."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import Select

from renda.declarations.modules import Message
from renda.indicators.kinds import Basis, Kind
from renda.indicators.periods import PeriodKind

Contributions = Select[*tuple[Any, ...]]
"""A SELECT of (record: uuid, value: int, key: int or NULL)."""


@dataclass(frozen=True)
class Span:
    """Whose records of which days a measure counts; both days belong to it."""

    organisation: str
    start: date
    end: date


@dataclass(frozen=True)
class Measure:
    """How records become a figure: a SELECT of contributions, whose fold is the cell.

    Attributes:
        records: name of the record type that the contributions come from.
        select: gives, for a span, a SELECT of (record: uuid, value: int, key: int or NULL); `key` is the
            64-bit hash of what a distinct figure counts once.
    """

    records: str
    select: Callable[[Span], Contributions]


@dataclass(frozen=True)
class Indicator:
    """A defined figure.

    Attributes:
        code: such as T01; unique over all modules.
        title: its name.
        definition: what is counted and what is not, in words; part of its meaning.
        unit: smallest unit of its integers, such as `person_time`; marked for translation.
        kind: how cells fold; None for a derived indicator.
        basis: what a value covers; values of different bases never mix.
        measure: where the figure comes from; None for what only a person knows.
        numerator, denominator: codes of the two figures of a derived indicator.
        scale: what a derived figure is multiplied by before it is rounded to an integer (10000 shows
            hundredths of a per cent).
    """

    code: str
    title: Message
    definition: Message
    unit: str
    kind: Kind | None = Kind.SUM
    basis: Basis = Basis.INCREMENT
    measure: Measure | None = None
    numerator: str = ""
    denominator: str = ""
    scale: int = 10_000

    @property
    def derived(self) -> bool:
        """Whether it is divided from two others when it is shown."""
        return self.kind is None

    @cached_property
    def meaning(self) -> str:
        """SHA-256 of what the figure means; two figures add up only where it is equal."""
        return meaning_of(
            code=self.code,
            definition=str(self.definition),
            unit=self.unit,
            kind=self.kind,
            basis=self.basis,
            numerator=self.numerator,
            denominator=self.denominator,
            scale=self.scale,
        )


def meaning_of(
    *,
    code: str,
    definition: str,
    unit: str,
    kind: str | None,
    basis: str,
    numerator: str,
    denominator: str,
    scale: int,
) -> str:
    """SHA-256, in hex, of what a figure means; the scale counts for derived figures alone (kind None)."""
    said = [code, definition, unit, kind, basis, numerator, denominator, scale if kind is None else None]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True)
class ReportTemplate:
    """A periodic report that a module offers.

    Attributes:
        code: identifier such as `training-bimonth`.
        title: its name.
        period: kind of period that it is filled for.
        tiers: tiers whose organisations owe it where the module is enabled.
        lines: codes of its indicators, in order.
        module: set by the registry.
    """

    code: str
    title: Message
    period: PeriodKind
    tiers: tuple[str, ...]
    lines: tuple[str, ...]
    module: str = ""
