"""Who is who: organisations in their tree, persons, mandates, deputy groups, and modules in use."""

import uuid
from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from renda.database import Base, Scoped, new_id
from renda.declarations.personal import held
from renda.i18n import _

_ROLL = _("The roll of deputies: who represents whom, published by law (代表法, art. 58)")
_FINDING = _("Finding a deputy by pinyin")
_CREDENTIALS = _("Examining credentials and telling persons apart (代表法, art. 63)")
_SEAT = _("Who holds which seat, and why it was suspended or ended (代表法, art. 61 to 63)")


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
        erased_at: when the personal data were erased; the row stays, because seats and figures name it.
    """

    __tablename__ = "core_person"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(index=True, info=held(_ROLL, "person", label=_("Person: name")))
    key: Mapped[int] = mapped_column(
        BigInteger,
        unique=True,
        info=held(
            _("Counting a deputy of several tiers once"),
            "figure",
            label=_("Person: mark by which figures count them once"),
        ),
    )
    gender: Mapped[str | None] = mapped_column(info=held(_ROLL, "person", label=_("Person: gender")))
    ethnicity: Mapped[str | None] = mapped_column(info=held(_ROLL, "person", label=_("Person: ethnicity")))
    born_on: Mapped[date | None] = mapped_column(
        info=held(_CREDENTIALS, "person", label=_("Person: day of birth"))
    )
    party: Mapped[str | None] = mapped_column(
        info=held(_ROLL, "person", label=_("Person: political affiliation"))
    )
    position: Mapped[str | None] = mapped_column(
        info=held(_ROLL, "person", label=_("Person: workplace and post"))
    )
    erased_at: Mapped[datetime | None]


class PersonReading(Base):
    """A way to type a person's name in pinyin (`renda.directory.readings`)."""

    __tablename__ = "core_person_reading"

    person: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("core_person.id"),
        primary_key=True,
        info=held(_FINDING, "person", label=_("Pinyin of names: whose")),
    )
    reading: Mapped[str] = mapped_column(
        primary_key=True,
        index=True,
        info=held(_FINDING, "person", label=_("Pinyin of names: how one is typed")),
    )


class PersonSecret(Scoped, Base):
    """What only a logged purpose opens: an identity number, a phone or a home address of a person.

    It belongs to the organisation that collected it; another one that needs it asks the person itself.

    Attributes:
        field: which of them, by its name in `renda.deputies.fields.SEALED`.
        sealed: the value as `renda.security.vault.seal` stores it.
        masked: what is shown of it without a purpose: 371****001X.
    """

    __tablename__ = "core_person_secret"

    organisation: Mapped[str] = mapped_column(ForeignKey("core_organisation.code"), primary_key=True)
    person: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("core_person.id"),
        primary_key=True,
        info=held(
            _CREDENTIALS, "contact", label=_("Identity number, phone and address: whose"), sensitive=True
        ),
    )
    field: Mapped[str] = mapped_column(primary_key=True)
    sealed: Mapped[bytes] = mapped_column(
        info=held(
            _CREDENTIALS, "contact", label=_("Identity number, phone and address: sealed"), sensitive=True
        )
    )
    masked: Mapped[str] = mapped_column(
        info=held(
            _CREDENTIALS, "contact", label=_("Identity number, phone and address: masked"), sensitive=True
        )
    )


class Mandate(Scoped, Base):
    """A seat that a person holds in one congress for one term (代表法, art. 2 and 62).

    Attributes:
        organisation: the congress.
        term: number of the term, such as 19.
        seat: number of the seat within the term.
        by_election: whether it was filled between general elections (选举法, art. 57).
        ended_on: the first day on which it no longer counts; `ended_because` is the statutory reason, one of
            `renda.deputies.reasons.ENDINGS`.
        suspended_on: since when performance is suspended (代表法, art. 61), a flag that people set;
            `suspended_because` is one of `renda.deputies.reasons.SUSPENSIONS`.
        decision: the decision or notice by which it was last suspended, resumed or ended.
    """

    __tablename__ = "core_mandate"
    __table_args__ = (Index(None, "organisation", "term", "seat", unique=True),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("core_person.id"), index=True, info=held(_SEAT, "mandate", label=_("Seat: who holds it"))
    )
    term: Mapped[int]
    seat: Mapped[int]
    constituency: Mapped[str] = mapped_column(default="")
    delegation: Mapped[str] = mapped_column(default="")
    by_election: Mapped[bool] = mapped_column(default=False)
    starts_on: Mapped[date]
    ended_on: Mapped[date | None]
    ended_because: Mapped[str] = mapped_column(
        default="", info=held(_SEAT, "mandate", label=_("Seat: why it ended"), sensitive=True)
    )
    suspended_on: Mapped[date | None]
    suspended_because: Mapped[str] = mapped_column(
        default="", info=held(_SEAT, "mandate", label=_("Seat: why it was suspended"), sensitive=True)
    )
    decision: Mapped[str] = mapped_column(default="")


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
    person: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("core_person.id"),
        primary_key=True,
        info=held(
            _("Working in groups between sessions (代表法, art. 26)"),
            "mandate",
            label=_("Group of deputies: member"),
        ),
    )
    convenor: Mapped[bool] = mapped_column(default=False)


class PublicField(Scoped, Base):
    """That an organisation shows one field of a deputy to everybody; without such a row nothing is shown."""

    __tablename__ = "core_public_field"

    organisation: Mapped[str] = mapped_column(ForeignKey("core_organisation.code"), primary_key=True)
    person: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("core_person.id"),
        primary_key=True,
        info=held(
            _("Publishing a deputy's particulars (代表法, art. 58)"),
            "person",
            label=_("Public page of a deputy: whose"),
        ),
    )
    field: Mapped[str] = mapped_column(primary_key=True)


class Erasure(Scoped, Base):
    """That somebody asked to erase a person's data, and what became of it.

    Attributes:
        person: whose.
        what: `person` for all at every organisation of the node, `contact` for what this one has sealed.
        reason: why, in the words of who asked; no personal data.
        asked_by: who asked; `decided_by` is who erased or declined, somebody else where the profile keeps
            administrators apart.
        erased: whether it was done; None as long as nobody has decided.
    """

    __tablename__ = "core_erasure"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("core_person.id"),
        index=True,
        info=held(_("Proof that data were erased"), "audit", label=_("Erasing of personal data: whose")),
    )
    what: Mapped[str]
    reason: Mapped[str]
    asked_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("core_account.id"))
    asked_at: Mapped[datetime]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("core_account.id"))
    decided_at: Mapped[datetime | None]
    erased: Mapped[bool | None]
