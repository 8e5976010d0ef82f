"""What reports, reviews and definitions project to.

All but `Entry` and `Nudge` can be rebuilt from the ledger.
"""

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from renda.database import Base, Scoped, new_id
from renda_tiers.documents.models import Projected

LATEST = "latest"
ENDORSED = "endorsed"
STANDINGS = (LATEST, ENDORSED)


class Definition(Projected, Base):
    """One revision of a report template, as a `definition` document fixed it.

    Attributes:
        document: hash of the document; reports name it.
        module: whose organisations owe the report; "" for everybody of the tiers.
        due_days, lock_days: days after the period's end; None for never late, never locked.
        since: the first day of the first period that it applies to; None for all periods.
    """

    __tablename__ = "tiers_definition"

    document: Mapped[bytes] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(index=True)
    origin: Mapped[str]
    revision: Mapped[int]
    issued: Mapped[datetime]
    module: Mapped[str]
    period: Mapped[str]
    due_days: Mapped[int | None]
    lock_days: Mapped[int | None]
    since: Mapped[date | None]


class DefinitionTier(Projected, Base):
    """A tier whose organisations owe the report."""

    __tablename__ = "tiers_definition_tier"

    definition: Mapped[bytes] = mapped_column(ForeignKey("tiers_definition.document"), primary_key=True)
    tier: Mapped[str] = mapped_column(primary_key=True)


class DefinitionLine(Projected, Base):
    """A line of a template: which figure, how it folds, and the hash of what it means."""

    __tablename__ = "tiers_definition_line"

    definition: Mapped[bytes] = mapped_column(ForeignKey("tiers_definition.document"), primary_key=True)
    indicator: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    kind: Mapped[str]
    basis: Mapped[str]
    meaning: Mapped[str]


class Report(Projected, Base):
    """A revision of one organisation's report.

    Attributes:
        ends_on: last day of the period; the tree of that day decides where it folds.
        late: issued, by the origin's signed time, after it was due.
    """

    __tablename__ = "tiers_report"
    __table_args__ = (
        Index(None, "organisation", "template", "period"),
        Index(None, "template", "period"),
    )

    document: Mapped[bytes] = mapped_column(primary_key=True)
    organisation: Mapped[str]
    template: Mapped[str]
    period: Mapped[str]
    ends_on: Mapped[date]
    definition: Mapped[bytes]
    revision: Mapped[int]
    issued: Mapped[datetime]
    late: Mapped[bool]


class ReportCell(Projected, Base):
    """Indicator × dimension of a report.

    Attributes:
        status: reported, nil or not_applicable.
        value: in the indicator's smallest unit; the number of keys of a distinct cell.
        qualifier: 0 exact, 1 at least, 2 about.
        words: the remark of a text cell.
    """

    __tablename__ = "tiers_cell"

    report: Mapped[bytes] = mapped_column(primary_key=True)
    indicator: Mapped[str] = mapped_column(primary_key=True)
    dimension: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str]
    value: Mapped[int | None]
    qualifier: Mapped[int]
    words: Mapped[str | None]


class ReportCellKey(Projected, Base):
    """A member of a distinct cell: a keyed hash, never an id."""

    __tablename__ = "tiers_cell_key"

    report: Mapped[bytes] = mapped_column(primary_key=True)
    indicator: Mapped[str] = mapped_column(primary_key=True)
    dimension: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[int] = mapped_column(primary_key=True)


class Review(Projected, Base):
    """A direct parent's decision on one exact report; the highest (revision, issue time, hash) stands."""

    __tablename__ = "tiers_review"

    document: Mapped[bytes] = mapped_column(primary_key=True)
    report: Mapped[bytes] = mapped_column(index=True)
    reviewer: Mapped[str]
    decision: Mapped[str]
    revision: Mapped[int]
    issued: Mapped[datetime]


class Standing(Projected, Base):
    """Which revision counts: the highest received, and the highest whose exact hash is endorsed.

    The only row that a correction moves.
    """

    __tablename__ = "tiers_standing"
    __table_args__ = (Index(None, "template", "period", "standing"),)

    organisation: Mapped[str] = mapped_column(primary_key=True)
    template: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    standing: Mapped[str] = mapped_column(primary_key=True)
    report: Mapped[bytes]


class Demand(Projected, Base):
    """That a directive asks an organisation for a report; templates that are `asked` are owed by these alone.

    Attributes:
        directive: subject of the directive.
    """

    __tablename__ = "tiers_demand"

    template: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    organisation: Mapped[str] = mapped_column(primary_key=True, index=True)
    directive: Mapped[str] = mapped_column(primary_key=True, index=True)


class Entry(Scoped, Base):
    """What a clerk typed for a report that is not submitted: a figure no record holds, or an explanation.

    Attributes:
        status, value, qualifier, words: as in `ReportCell`; status "" for an explanation alone.
        explanation: why a figure differs from what one would expect.
    """

    __tablename__ = "tiers_entry"

    organisation: Mapped[str] = mapped_column(ForeignKey("core_organisation.code"), primary_key=True)
    template: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    indicator: Mapped[str] = mapped_column(primary_key=True)
    dimension: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str]
    value: Mapped[int | None]
    qualifier: Mapped[int]
    words: Mapped[str | None]
    explanation: Mapped[str]
    changed_at: Mapped[datetime]
    author: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("core_account.id"))


class Nudge(Base):
    """That a body reminded one below it of a report, or of another `Topic`; shown to both.

    Attributes:
        template, period: of the report; of another topic its two words.
        organisation: who is reminded.
        by: who reminds.
    """

    __tablename__ = "tiers_nudge"
    __table_args__ = (Index(None, "organisation", "template", "period"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    organisation: Mapped[str] = mapped_column(ForeignKey("core_organisation.code"))
    template: Mapped[str]
    period: Mapped[str]
    by: Mapped[str] = mapped_column(ForeignKey("core_organisation.code"))
    at: Mapped[datetime]
    actor: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("core_account.id"))
