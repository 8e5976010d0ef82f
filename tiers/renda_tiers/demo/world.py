"""Bodies, persons, mandates, accounts and records of the demonstration, the same at every run."""

import random
import secrets
import string
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from renda.database import new_id
from renda.declarations import SampleScope
from renda.deputies import subjects
from renda.directory import divisions, persons, service
from renda.directory.divisions import Body
from renda.directory.models import DeputyGroup, Edge, GroupMember, Mandate, Organisation, Person
from renda.directory.terms import Term
from renda.indicators.periods import Period
from renda.security import accounts, grants
from renda.security.models import Account
from renda.types import Registry
from renda_tiers import founding
from renda_tiers.demo import plan
from renda_tiers.demo.chain import Chain
from renda_tiers.documents import issuing
from renda_tiers.documents.envelope import WHOLE_CHAIN
from renda_tiers.documents.issuing import Statement
from renda_tiers.reports import definitions, templates

SEED = 371700

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀英霞平刚桂兰玉萍红鹏华健俊文博建国志海波宁庆"


def found(session: Session, registry: Registry, now: datetime) -> None:
    """Found the chain on the city's node, and publish the training template.

    Place the bodies, and give each that is hosted here its key and documents.
    """
    apart = [place.code for place in plan.PLACES if place.above == plan.CITY]
    codes = service.place(session, divisions.bodies(divisions.shipped(), plan.CITY), plan.FOUNDED)
    here = [code for code in codes if not code.startswith(tuple(apart))]
    service.use_defaults(session, registry.profiles, here, plan.FOUNDED)
    founding.found(session, plan.CITY, now=now)
    founding.declare(session, codes, now=now, apart=apart)
    _publish(session, registry, now)


def _publish(session: Session, registry: Registry, now: datetime) -> None:
    """Set the training report as the city's profile has it, but for its lock."""
    said = templates.body(registry, plan.BIMONTH) | {"lock_days": plan.LOCK_DAYS}
    subject = f"{definitions.KIND}:{plan.BIMONTH}"
    statement = Statement(definitions.KIND, plan.CITY, subject, said, frozenset(WHOLE_CHAIN))
    issuing.issue(session, [statement], now=now)


Roster = Mapping[str, Sequence[tuple[str, str]]]
"""Deputies by congress, as (name, identity), by seat."""


def roster(bodies: Sequence[Body]) -> Roster:
    """Who sits in which congress; some deputies of a township sit in the county's, too."""
    chance = random.Random(SEED)  # noqa: S311 - invented data, the same at every run
    found: dict[str, list[tuple[str, str]]] = {}
    for body in bodies:
        wanted = plan.SEATS.get(body.kind, 0)
        shared = found.get(body.parent or "", [])[: wanted // 4] if body.kind in {"town", "township"} else []
        own = [(_name(chance), f"invented:{body.code}:{number}") for number in range(wanted - len(shared))]
        found[body.code] = [*shared, *own]
    return found


def populate(session: Session, bodies: Sequence[Body], sitting: Roster, now: datetime) -> None:
    """Terms, seats, persons and groups of bodies that one node hosts."""
    session.add_all(
        Term(
            organisation=body.code,
            state="entered",
            author=None,
            created_at=now,
            changed_at=now,
            number=plan.TERM,
            starts_on=plan.TERM_STARTS,
        )
        for body in bodies
        if body.congress
    )
    people = {body.code: persons.add_persons(session, sitting[body.code]) for body in bodies}
    mandates = [
        {
            "id": new_id(),
            "organisation": code,
            "person": person,
            "term": plan.TERM,
            "seat": seat,
            "constituency": "",
            "starts_on": plan.TERM_STARTS,
            "ended_on": None,
            "ended_because": "",
            "suspended_on": None,
        }
        for code, members in people.items()
        for seat, person in enumerate(members, 1)
    ]
    session.execute(insert(Mandate), mandates)
    _group(session, people)


def _name(chance: random.Random) -> str:
    return chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=chance.choice((1, 2, 2))))


def _group(session: Session, people: Mapping[str, Sequence[object]]) -> None:
    groups = [
        {
            "id": new_id(),
            "organisation": code,
            "name": "第一代表小组",
            "starts_on": plan.TERM_STARTS,
            "ended_on": None,
        }
        for code, members in people.items()
        if members
    ]
    session.execute(insert(DeputyGroup), groups)
    session.execute(
        insert(GroupMember),
        [
            {"group": group["id"], "person": person, "convenor": number == 0}
            for group in groups
            for number, person in enumerate(people[str(group["organisation"])][:6])
        ],
    )


def keep_records(session: Session, chain: Chain, body: Body, period: Period, now: datetime) -> None:
    """What the modules of the body's node have as samples, for one period."""
    registry: Registry = session.info["registry"]
    people = [
        person
        for code in _whose_deputies(body, chain.bodies)
        for person in persons.in_office(session, code, period.end)
    ]
    chance = random.Random(f"{SEED} {body.code} {period.code}")  # noqa: S311 - as above
    for sample in registry.declared.samples.values():
        sample.make(
            SampleScope(
                session=session,
                organisation=body.code,
                start=period.start,
                end=period.end,
                now=now,
                random=chance,
                persons=_some(people, chance),
            )
        )
    session.flush()


def _whose_deputies(body: Body, bodies: Sequence[Body]) -> list[str]:
    """A street has no deputies of its own and trains its county's; a development zone those of its towns."""
    if body.congress:
        return [body.code]
    above = next(one for one in bodies if one.code == body.parent)
    zone = body if body.kind == "development_zone" else above
    if zone.congress:
        return [zone.code]
    return [one.code for one in bodies if one.parent == zone.code and one.congress]


def _some(people: list[Person], chance: random.Random) -> list[Person]:
    return chance.sample(people, min(len(people), 12))


def new_password() -> str:
    """A password for all accounts of one demonstration."""
    letters = string.ascii_lowercase + string.digits
    return "-".join("".join(secrets.choice(letters) for _each in range(4)) for _group in range(3))


def open_accounts(chain: Chain, password: str, now: datetime) -> None:
    """The demonstration's accounts, each on the node that hosts its organisation."""
    for login, name, organisation, role, _try in plan.ACCOUNTS:
        with chain.work(organisation) as session:
            place = session.scalar(select(Organisation.name).where(Organisation.code == organisation))
            account = accounts.create_account(
                session, login=login, name=f"{name}（{place}）", now=now, password=password
            )
            subject = _subject(session, organisation, role, now)
            grants.grant(
                session, account=account, organisation=organisation, role=role, now=now, subject=subject
            )
            if login == plan.OPENS_RECORDS[0]:
                _open_records(session, account, now)


def _subject(session: Session, organisation: str, role: str, now: datetime) -> uuid.UUID | None:
    """The handling unit that an account is, or a deputy who has something to do with a record."""
    if role == subjects.HANDLER:
        return subjects.find(session, organisation, role, plan.HANDLES, now)
    if role != subjects.DEPUTY:
        return None
    register, deputy, state = plan.PROPOSES
    kind = session.info["registry"].declared.record_types[register]
    chosen = select(kind.column(deputy)).where(
        kind.column("organisation") == organisation, kind.column("state") == state
    )
    found: uuid.UUID | None = session.scalars(chosen.order_by(kind.column("id")).limit(1)).first()
    return found


def _open_records(session: Session, account: Account, now: datetime) -> None:
    """Let an account of the city read in one county and in the towns below it."""
    _login, role, county = plan.OPENS_RECORDS
    towns = session.scalars(select(Edge.child).where(Edge.parent == county).order_by(Edge.child))
    for code in (county, *towns):
        grants.grant(session, account=account, organisation=code, role=role, now=now)
