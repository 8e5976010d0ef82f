"""The projections of matters: what was handed on, what was replied, and where each case stands."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from renda.database import Base
from renda_tiers.documents.models import Projected


class Matter(Projected, Base):
    """A document that hands a matter to somebody: the first of a case, or one that passes it on.

    Attributes:
        document: its hash.
        case: hash of the first document of the case; its own where it is the first.
        number: place in the case's sequence, from 1.
        after: hash of the document before it in the case; None for the first.
        forwards: hash of the matter that it passes on; None for the first.
        source: code of the organisation where the case began, and where it counts.
        origin: who hands it on; `receiver` is to handle it.
        about: code of the body complained of, or "".
        parties: everybody who has or had the case, with a blank between.
        due: the last day for the answer, where there is one.
    """

    __tablename__ = "tiers_matter"
    __table_args__ = (Index(None, "case"), Index(None, "origin"), Index(None, "receiver"))

    document: Mapped[bytes] = mapped_column(primary_key=True)
    case: Mapped[bytes]
    number: Mapped[int]
    after: Mapped[bytes | None]
    forwards: Mapped[bytes | None]
    source: Mapped[str]
    origin: Mapped[str]
    receiver: Mapped[str]
    category: Mapped[str]
    title: Mapped[str]
    about: Mapped[str]
    parties: Mapped[str]
    due: Mapped[date | None]
    issued: Mapped[datetime]


class MatterReply(Projected, Base):
    """A document that says what became of a matter.

    Attributes:
        matter: hash of the matter that it answers.
        step: accept, answer, return, rate or close.
        satisfied: of a rating.
        due: until when an answer that does not satisfy is to be given anew.
    """

    __tablename__ = "tiers_matter_reply"
    __table_args__ = (Index(None, "case"),)

    document: Mapped[bytes] = mapped_column(primary_key=True)
    case: Mapped[bytes]
    matter: Mapped[bytes]
    number: Mapped[int]
    after: Mapped[bytes]
    step: Mapped[str]
    origin: Mapped[str]
    satisfied: Mapped[bool | None]
    due: Mapped[date | None]
    issued: Mapped[datetime]


class MatterCase(Projected, Base):
    """Where a case stands.

    Attributes:
        case: hash of its first document.
        state: see `matters.state`.
        holder: code of the organisation whose turn it is, or "" where the case is closed.
        since: when it became its turn.
        due: until when, where there is a last day.
        matter: hash of the matter in hand.
        tip: hash of the latest document that counts; the next one names it.
        number: place of that document.
        rounds: how often the case was answered.
        opened: when it was handed over first, as far as this node knows.
    """

    __tablename__ = "tiers_matter_case"
    __table_args__ = (Index(None, "holder"), Index(None, "source", "opened"))

    case: Mapped[bytes] = mapped_column(primary_key=True)
    source: Mapped[str]
    category: Mapped[str]
    title: Mapped[str]
    opened: Mapped[datetime]
    state: Mapped[str]
    holder: Mapped[str]
    since: Mapped[datetime]
    due: Mapped[date | None]
    matter: Mapped[bytes]
    tip: Mapped[bytes]
    number: Mapped[int]
    rounds: Mapped[int]
    satisfied: Mapped[bool | None]
