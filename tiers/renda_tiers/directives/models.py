"""What directives, responses and verifications project to; all but `Selection` follow from the ledger."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from renda.database import Base, Scoped
from renda_tiers.documents.models import Projected


class Directive(Projected, Base):
    """One revision of a directive.

    Attributes:
        subject: what it is a revision of.
        state: open, cancelled or closed.
        call: the revision that targets answer: this one, or of an ended directive the last open one.
        task: digest of what is asked, whoever is asked and until when.
        steps: how many must-do steps it has.
        template, period: codes of the report that it asks for, or "".
        parent: revision of the directive that it breaks down.
    """

    __tablename__ = "tiers_directive"

    document: Mapped[bytes] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(index=True)
    origin: Mapped[str]
    revision: Mapped[int]
    issued: Mapped[datetime]
    state: Mapped[str]
    call: Mapped[bytes]
    task: Mapped[bytes]
    title: Mapped[str]
    due: Mapped[date]
    steps: Mapped[int]
    template: Mapped[str]
    period: Mapped[str]
    parent: Mapped[bytes | None] = mapped_column(index=True)


class Target(Projected, Base):
    """That a revision of a directive is for an organisation."""

    __tablename__ = "tiers_directive_target"

    directive: Mapped[bytes] = mapped_column(primary_key=True)
    organisation: Mapped[str] = mapped_column(primary_key=True)


class Response(Projected, Base):
    """What a target said of a directive.

    Attributes:
        subject: of the directive.
        directive: hash of the revision that it answers.
        state: received, acknowledged, progress or done.
    """

    __tablename__ = "tiers_response"
    __table_args__ = (Index(None, "subject", "organisation"),)

    document: Mapped[bytes] = mapped_column(primary_key=True)
    subject: Mapped[str]
    directive: Mapped[bytes]
    organisation: Mapped[str]
    revision: Mapped[int]
    issued: Mapped[datetime]
    state: Mapped[str]


class Verification(Projected, Base):
    """The issuer's decision on one exact response; the highest (revision, issue time, hash) stands."""

    __tablename__ = "tiers_verification"

    document: Mapped[bytes] = mapped_column(primary_key=True)
    response: Mapped[bytes] = mapped_column(index=True)
    decision: Mapped[str]
    revision: Mapped[int]
    issued: Mapped[datetime]


class DirectiveStanding(Projected, Base):
    """The revision of a directive that stands: of the highest (revision, issue time, hash)."""

    __tablename__ = "tiers_directive_standing"

    subject: Mapped[str] = mapped_column(primary_key=True)
    document: Mapped[bytes] = mapped_column(index=True)


class TargetProgress(Projected, Base):
    """Where one target of a standing directive is.

    Attributes:
        phase: see `renda_tiers.directives.phases`.
        response: hash of its last word, also where that answers an older revision.
        verification: hash of what the issuer decided on that very response.
        round: 1, and 1 more for each response that was returned.
        spoken: when the last word was signed, of either side.
    """

    __tablename__ = "tiers_directive_progress"

    subject: Mapped[str] = mapped_column(primary_key=True)
    organisation: Mapped[str] = mapped_column(primary_key=True, index=True)
    phase: Mapped[str]
    response: Mapped[bytes | None]
    verification: Mapped[bytes | None]
    round: Mapped[int]
    spoken: Mapped[datetime | None]


class Selection(Scoped, Base):
    """A list of organisations that a body keeps under a name, to set them tasks again."""

    __tablename__ = "tiers_selection"

    organisation: Mapped[str] = mapped_column(ForeignKey("core_organisation.code"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    codes: Mapped[str]
