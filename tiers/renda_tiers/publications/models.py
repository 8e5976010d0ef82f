"""What publications project to: which vintage there is of what. Its figures stay in its own bytes."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from renda.database import Base
from renda_tiers.documents.models import Projected


class Publication(Projected, Base):
    """A vintage of one organisation's roll-up of a template and period.

    Attributes:
        document: hash of the document, which is the vintage's identity.
        ends_on: last day of the period; the tree of that day decides whom it concerns.
        standing: which revisions it froze: latest or endorsed.
        number: a label; of a fork two vintages have the same.
        definition: hash of the template that the publisher had.
        predecessor: hash of the vintage that it follows, whose difference to it the document lists.
    """

    __tablename__ = "tiers_publication"
    __table_args__ = (Index(None, "organisation", "template", "period"),)

    document: Mapped[bytes] = mapped_column(primary_key=True)
    organisation: Mapped[str]
    template: Mapped[str]
    period: Mapped[str]
    ends_on: Mapped[date]
    standing: Mapped[str]
    number: Mapped[int]
    predecessor: Mapped[bytes | None]
    revision: Mapped[int]
    definition: Mapped[bytes]
    issued: Mapped[datetime]
