"""A report template as its `definition` document fixed it: which figures, for whom, for which periods."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from renda.errors import NotFound
from renda.i18n import _
from renda.indicators.kinds import Basis, Kind
from renda.indicators.periods import Period, PeriodKind
from renda_tiers.documents.envelope import Document


def in_words(words: Mapping[str, str], locale: str) -> str:
    """The words of a definition in a language, or in the one that it has."""
    return words.get(locale) or next(iter(words.values()), "")


@dataclass(frozen=True, slots=True)
class Line:
    """A figure of a template, as the document fixed it.

    Attributes:
        titles, texts: its name and what it counts, by locale.
        units: the unit in words, by locale; empty where `unit` says it all.
        kind: how it folds; None where it is divided from two others.
        typed: entered by hand even where records could be counted, since they do not reach back so far.
        negative: whether its values may lie below zero; a count cannot.
    """

    indicator: str
    titles: Mapping[str, str]
    texts: Mapping[str, str]
    kind: Kind | None
    basis: Basis
    unit: str
    scale: int
    numerator: str
    denominator: str
    meaning: str
    typed: bool = False
    negative: bool = False
    units: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Template:
    """A report template, as one `definition` document fixed it.

    Attributes:
        asked: owed by those alone whom a directive asks for it, see `renda_tiers.reports.demands`.
        since: the first day of the first period that it applies to; None for all periods.
    """

    document: bytes
    origin: str
    code: str
    titles: Mapping[str, str]
    module: str
    period: PeriodKind
    tiers: tuple[str, ...]
    due_days: int | None
    lock_days: int | None
    lines: tuple[Line, ...]
    asked: bool = False
    since: date | None = None

    def applies_to(self, period: Period) -> bool:
        """Whether reports of a period may be made by it."""
        return self.period is period.kind and (self.since is None or self.since <= period.start)

    def line(self, indicator: str) -> Line:
        """The line of an indicator.

        Raises:
            NotFound: the template has no such line.
        """
        for line in self.lines:
            if line.indicator == indicator:
                return line
        raise NotFound(_("This report has no figure ${code}.", mapping={"code": indicator}))

    @cached_property
    def extras(self) -> Mapping[str, type | None]:
        """What a reported cell of each figure has as its sixth item; None where it has none."""
        more = {Kind.DISTINCT: list, Kind.TEXT: str}
        return {line.indicator: more.get(line.kind) for line in self.lines if line.kind is not None}

    @cached_property
    def signed(self) -> frozenset[str]:
        """Figures that may be below zero."""
        return frozenset(line.indicator for line in self.lines if line.negative)

    @property
    def cells(self) -> tuple[Line, ...]:
        """The lines that hold cells: all but the derived ones."""
        return tuple(line for line in self.lines if line.kind is not None)


def of(document: Document) -> Template:
    """The template that a `definition` document fixes."""
    body = document.body
    return Template(
        document=document.hash,
        origin=document.origin,
        code=body["code"],
        titles=body["titles"],
        module=body["module"],
        period=PeriodKind(body["period"]),
        tiers=tuple(body["tiers"]),
        due_days=body["due_days"],
        lock_days=body["lock_days"],
        lines=tuple(
            Line(
                **{
                    **line,
                    "kind": Kind(line["kind"]) if line["kind"] else None,
                    "basis": Basis(line["basis"]),
                }
            )
            for line in body["lines"]
        ),
        asked=body.get("asked", False),
        since=date.fromisoformat(body["since"]) if "since" in body else None,
    )
