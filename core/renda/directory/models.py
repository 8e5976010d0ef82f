"""Who is who: organisations in their tree, persons, mandates, deputy groups, and modules in use."""

import uuid
from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from renda.database import Base, Scoped, new_id


class Organisation(Base):
    """A body in the tree.

    Attributes:
        code: its identity for ever: the division code (6 or 9 digits), or that code with a suffix for
            stations and units.
        kind: province, city, prefecture, county, town, township, street or development_zone.
        tier: province, city, county or township.
        congress: whether it has a people's congress; a prefecture, a street and a development zone have none.
    """

    __tablename__ = "core_organisation"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    tier: Mapped[str]
    congress: Mapped[bool]


class Edge(Base):
    """Whose child an organisation was, from one day up to and not including another.

    Edges are never rewritten: a move closes one and opens the next, so that a report of any day folds
    along the tree of that day.
    """

    __tablename__ = "core_edge"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="order"),
        Index(None, "parent", "child"),
    )

    child: Mapped[str] = mapped_column(ForeignKey("core_organisation.code"), primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    parent: Mapped[str] = mapped_column(ForeignKey("core_organisation.code"))
    valid_to: Mapped[date | None]


class ModuleUse(Base):
    """That an organisation chose to use a module, from one day up to and not including another."""

    __tablename__ = "core_module_use"

    organisation: Mapped[str] = mapped_column(ForeignKey("core_organisation.code"), primary_key=True)
    module: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[date] = mapped_column(primary_key=True)
    until: Mapped[date | None]


class ModuleRule(Base):
    """What a body above an organisation says of a module, from one day up to and not including another.

    Who says it, and how, is not the core's business: a chain fills this table. An organisation's own choice
    (`ModuleUse`) stays beside it and counts again when the rule ends.

    Attributes:
        rule: `modules.REQUIRE` or `modules.FORBID`.
        by: code of the body above.
        reason: its words.
    """

    __tablename__ = "core_module_rule"

    organisation: Mapped[str] = mapped_column(ForeignKey("core_organisation.code"), primary_key=True)
    module: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[date] = mapped_column(primary_key=True)
    until: Mapped[date | None]
    rule: Mapped[str]
    by: Mapped[str]
    reason: Mapped[str]


class Person(Base):
    """A human being, once, whatever mandates they hold.

    Attributes:
        name: personal data.
        key: signed 64-bit keyed hash of the person; the same at every node of a chain, so that the same
            deputy at two tiers is counted once, while nobody can read who it is.
    """

    __tablename__ = "core_person"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(index=True)
    key: Mapped[int] = mapped_column(BigInteger, unique=True)


class PersonReading(Base):
    """A way to type a person's name in pinyin (`renda.directory.readings`)."""

    __tablename__ = "core_person_reading"

    person: Mapped[uuid.UUID] = mapped_column(ForeignKey("core_person.id"), primary_key=True)
    reading: Mapped[str] = mapped_column(primary_key=True, index=True)


class Mandate(Scoped, Base):
    """A seat that a person holds in one congress for one term (代表法, art. 2 and 62).

    Attributes:
        organisation: the congress.
        term: number of the term, such as 19.
        seat: number of the seat within the term.
        ended_on: the first day on which it no longer counts; `ended_because` is the statutory reason.
        suspended_on: since when performance is suspended (代表法, art. 61), a flag that people set.
    """

    __tablename__ = "core_mandate"
    __table_args__ = (Index(None, "organisation", "term", "seat", unique=True),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person: Mapped[uuid.UUID] = mapped_column(ForeignKey("core_person.id"), index=True)
    term: Mapped[int]
    seat: Mapped[int]
    constituency: Mapped[str] = mapped_column(default="")
    starts_on: Mapped[date]
    ended_on: Mapped[date | None]
    ended_because: Mapped[str] = mapped_column(default="")
    suspended_on: Mapped[date | None]


class DeputyGroup(Scoped, Base):
    """A group in which deputies work between sessions (代表法, art. 26)."""

    __tablename__ = "core_group"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    starts_on: Mapped[date]
    ended_on: Mapped[date | None]


class GroupMember(Base):
    """That a person belongs to a group; `convenor` calls it together (召集人)."""

    __tablename__ = "core_group_member"

    group: Mapped[uuid.UUID] = mapped_column(ForeignKey("core_group.id"), primary_key=True)
    person: Mapped[uuid.UUID] = mapped_column(ForeignKey("core_person.id"), primary_key=True)
    convenor: Mapped[bool] = mapped_column(default=False)
