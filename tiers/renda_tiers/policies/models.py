"""The received policies."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from renda.database import Base
from renda_tiers.documents.models import Projected


class Policy(Projected, Base):
    """One revision of what an issuer says of a module.

    Attributes:
        document: its hash.
        rule: require, forbid, or release, which takes back what was said before.
        tiers: for which tiers below it holds, with a blank between; empty for all.
        since: the day from which it holds.
    """

    __tablename__ = "tiers_policy"
    __table_args__ = (Index(None, "issuer", "module"),)

    document: Mapped[bytes] = mapped_column(primary_key=True)
    issuer: Mapped[str]
    module: Mapped[str]
    revision: Mapped[int]
    issued: Mapped[datetime]
    rule: Mapped[str]
    tiers: Mapped[str]
    since: Mapped[date]
    reason: Mapped[str]
