"""Materialised folds: a row for each figure of an organisation that has children; a leaf has its cells."""

from sqlalchemy.orm import Mapped, mapped_column

from renda.database import Base
from renda_tiers.documents.models import Projected


class RollupCell(Projected, Base):
    """A figure folded over an organisation's subtree, its own report included.

    Attributes:
        meaning: hash of the definition; figures of different meaning are shown side by side.
        value: None where nothing was reported; of a distinct figure the number of its keys.
        holder: whose extreme it is, for low and high; of equals the smallest code.
        qualifier: the weakest of what was folded.
        reported, nil, not_applicable: how many organisations said so.
        late: how many of them after the due day.
        unendorsed: how many of them have a latest revision that is not the endorsed one.
    """

    __tablename__ = "tiers_rollup"

    organisation: Mapped[str] = mapped_column(primary_key=True)
    template: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    standing: Mapped[str] = mapped_column(primary_key=True)
    indicator: Mapped[str] = mapped_column(primary_key=True)
    dimension: Mapped[str] = mapped_column(primary_key=True)
    meaning: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    value: Mapped[int | None]
    holder: Mapped[str | None]
    qualifier: Mapped[int]
    reported: Mapped[int]
    nil: Mapped[int]
    not_applicable: Mapped[int]
    late: Mapped[int]
    unendorsed: Mapped[int]


class RollupKey(Projected, Base):
    """A member of a folded distinct figure."""

    __tablename__ = "tiers_rollup_key"

    organisation: Mapped[str] = mapped_column(primary_key=True)
    template: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    standing: Mapped[str] = mapped_column(primary_key=True)
    indicator: Mapped[str] = mapped_column(primary_key=True)
    dimension: Mapped[str] = mapped_column(primary_key=True)
    meaning: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[int] = mapped_column(primary_key=True)


class Expectation(Projected, Base):
    """How many organisations of a subtree owe a report for a period, itself included."""

    __tablename__ = "tiers_expectation"

    organisation: Mapped[str] = mapped_column(primary_key=True)
    template: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    expected: Mapped[int]
