"""Bodies, persons, mandates, accounts and records of the demonstration, the same at every run."""

import random
import secrets
import string
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from renda.database import new_id
from renda.declarations import SampleScope
from renda.directory import divisions, persons, service
from renda.directory.divisions import Body
from renda.directory.models import DeputyGroup, GroupMember, Mandate, Organisation, Person
from renda.indicators.periods import Period
from renda.security import accounts, grants
from renda.types import Registry
from renda_tiers import founding
from renda_tiers.demo import plan
from renda_tiers.reports import templates

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀英霞平刚桂兰玉萍红鹏华健俊文博建国志海波宁庆"


def found(session: Session, registry: Registry, now: datetime) -> list[Body]:
    """Place the bodies, give each its key and documents, and publish the training template."""
    bodies = divisions.bodies(divisions.shipped(), plan.CITY)
    codes = service.place(session, bodies, plan.FOUNDED)
    service.use_defaults(session, registry.profiles, codes, plan.FOUNDED)
    founding.found(session, plan.CITY, now=now)
    founding.declare(session, codes, now=now)
    templates.publish(session, plan.CITY, plan.BIMONTH, now=now)
    return bodies


def populate(session: Session, bodies: list[Body], chance: random.Random) -> None:
    """Seats, persons and groups; some deputies of a township sit in the county's congress too."""
    people: dict[str, list[object]] = {}
    mandates: list[dict[str, object]] = []
    for body in bodies:
        wanted = plan.SEATS.get(body.kind, 0)
        shared = people.get(body.parent or "", [])[: wanted // 4] if body.kind in {"town", "township"} else []
        own = [(_name(chance), f"invented:{body.code}:{number}") for number in range(wanted - len(shared))]
        members = [*shared, *persons.add_persons(session, own)]
        people[body.code] = members
        mandates += [
            {
                "id": new_id(),
                "organisation": body.code,
                "person": person,
                "term": plan.TERM,
                "seat": seat,
                "constituency": "",
                "starts_on": plan.TERM_STARTS,
                "ended_on": None,
                "ended_because": "",
                "suspended_on": None,
            }
            for seat, person in enumerate(members, 1)
        ]
    session.execute(insert(Mandate), mandates)
    _group(session, people)


def _name(chance: random.Random) -> str:
    return chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=chance.choice((1, 2, 2))))


def _group(session: Session, people: dict[str, list[object]]) -> None:
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


def keep_records(
    session: Session,
    registry: Registry,
    *,
    bodies: list[Body],
    period: Period,
    chance: random.Random,
    now: datetime,
) -> None:
    """Every module's samples, for every body and one period."""
    everybody = {
        body.code: [
            person
            for code in _whose_deputies(body, bodies)
            for person in persons.in_office(session, code, period.end)
        ]
        for body in bodies
    }
    for body in bodies:
        for sample in registry.declared.samples.values():
            sample.make(
                SampleScope(
                    session=session,
                    organisation=body.code,
                    start=period.start,
                    end=period.end,
                    now=now,
                    random=chance,
                    persons=_some(everybody[body.code], chance),
                )
            )
    session.flush()


def _whose_deputies(body: Body, bodies: list[Body]) -> list[str]:
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


def open_accounts(session: Session, now: datetime) -> str:
    """The demonstration's accounts with one new password, which is returned."""
    letters = string.ascii_lowercase + string.digits
    password = "-".join("".join(secrets.choice(letters) for _each in range(4)) for _group in range(3))
    for login, name, organisation, role in plan.ACCOUNTS:
        place = session.scalar(select(Organisation.name).where(Organisation.code == organisation))
        account = accounts.create_account(
            session, login=login, name=f"{name}（{place}）", now=now, password=password
        )
        grants.grant(session, account=account, organisation=organisation, role=role, now=now)
    return password
