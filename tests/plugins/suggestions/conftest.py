"""A county that keeps suggestions, with two deputies, a cosigner, units, and an account for each."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from renda.app import unit_of_work
from renda.deputies import subjects
from renda.deputies.registers import HandlingUnit
from renda.directory.models import Mandate, Person
from renda.records import engine, workflow
from renda.security import grants
from renda.security.models import Account
from renda.testing import world
from renda.testing.contract.node import enter
from renda_suggestions.records import SUGGESTIONS, Suggestion

COUNTY, NEIGHBOUR = world.COUNTY, world.NEIGHBOUR
WANG, LI, ZHAO, FAR = "wang", "li", "zhao", "far"
ROADS, SCHOOLS, FAR_ROADS = "roads", "schools", "far-roads"
DEPUTIES = ((WANG, "王小明", COUNTY), (LI, "李梅", COUNTY), (ZHAO, "赵强", COUNTY), (FAR, "孙远", NEIGHBOUR))
UNITS = (
    (ROADS, "交通运输局", COUNTY),
    (SCHOOLS, "教育局", COUNTY),
    (FAR_ROADS, "交通运输局", NEIGHBOUR),
)
VERBS = frozenset(f"suggestions:{verb}" for verb in ("read", "write", "decide"))
MINE = f"/o/{COUNTY}/m/suggestions/mine"
NEW = f"/o/{COUNTY}/m/suggestions/new"
HANDLING = f"/o/{COUNTY}/m/suggestions/handling"
REGISTER = f"/o/{COUNTY}/r/suggestions_suggestion"


def build(session: Any, declared: Any, now: Any) -> None:
    """The bodies of `renda.testing.world` with the accounts above, each played for somebody."""
    world.build(session, declared, now)
    for number, (login, name, place) in enumerate(DEPUTIES, 1):
        if number > 2:
            person = Person(name=name, key=number)
            session.add(person)
            session.flush()
            seat = {"term": 19, "seat": number, "starts_on": world.SINCE}
            session.add(Mandate(organisation=place, person=person.id, **seat))
        _account(session, login, name, now)
    for login, name, place in UNITS:
        session.add(
            HandlingUnit(
                organisation=place, name=name, state="in_use", created_at=now, changed_at=now, author=None
            )
        )
        _account(session, login, name, now)
    session.flush()
    for several, role in ((DEPUTIES, subjects.DEPUTY), (UNITS, subjects.HANDLER)):
        for login, name, place in several:
            account = session.scalars(select(Account).where(Account.login == login)).one()
            subject = subjects.find(session, place, role, name, now)
            grants.grant(session, account=account, organisation=place, role=role, now=now, subject=subject)


def _account(session: Any, login: str, name: str, now: datetime) -> None:
    session.add(Account(login=login, name=name, created_at=now))


def token(page: Any) -> str:
    """What the forms of a page send back."""
    return str(page.html.find("input", {"name": "csrf_token"})["value"])


@dataclass
class Desk:
    """The county's suggestions, as programs and pages use them."""

    app: Any
    registry: Any
    work: Any
    clock: Any

    def enter(self, login: str) -> Any:
        """The application, used by an account from now on."""
        enter(self.app, self.registry, self.work, login)
        return self.app

    def person(self, name: str) -> uuid.UUID:
        """Id of a person."""
        with self.work() as session:
            return session.scalars(select(Person.id).where(Person.name == name)).one()

    def make(self, *steps: str, lead: str = "王小明", place: str = COUNTY, **values: Any) -> uuid.UUID:
        """A suggestion that has taken these steps today, with what they need."""
        with self.work() as session:
            said = {
                "title": "关于修复乡村道路的建议",
                "text": "路面破损。",
                "category": "suggestion",
                "subject": "transport",
                "raised_in": "recess",
                "made_on": "2026-05-06",
                "lead_deputy": str(session.scalars(select(Person.id).where(Person.name == lead)).one()),
                **values,
            }
            row = engine.create(session, SUGGESTIONS, place, said, now=self.clock(), author=None)
        for step in steps:
            self.step(row.id, step)
        return row.id

    def step(self, one: uuid.UUID, name: str, reason: str = "现场查看", **values: Any) -> None:
        """Let a suggestion take a step, after these values were filled in, by default what it needs."""
        needed = {
            "assign": {"lead_handler": "交通运输局"},
            "reply": {"outcome_class": "A", "reply": "已修复。"},
            "reply_again": {"final_class": "A", "final_reply": "再次修复。"},
        }
        with self.work() as session:
            row = self.row(session, one)
            who = {"now": self.clock(), "actor": None}
            engine.update(session, SUGGESTIONS, row, {**needed.get(name, {}), **values}, lock=row.lock, **who)
            workflow.move(session, SUGGESTIONS, row, name, reason, permissions=VERBS, **who)

    def rate(self, one: uuid.UUID, attitude: str, result: str, *, final: bool = False) -> None:
        """Rate the last reply."""
        prefix = "final_" if final else ""
        step = "dissatisfy" if "dissatisfied" in {attitude, result} else "satisfy"
        self.step(one, step, **{f"{prefix}attitude": attitude, f"{prefix}result": result})

    def row(self, session: Any, one: uuid.UUID) -> Suggestion:
        """A suggestion."""
        return session.scalars(select(Suggestion).where(Suggestion.id == one)).one()

    def read(self, one: uuid.UUID, *names: str) -> Any:
        """The state of a suggestion, or the values of fields."""
        with self.work() as session:
            row = self.row(session, one)
            found = tuple(getattr(row, name) for name in names or ("state",))
            return found if len(found) > 1 else found[0]

    def count(self) -> int:
        """How many suggestions there are."""
        with self.work() as session:
            return len(session.scalars(select(Suggestion.id)).all())

    def go_to(self, day: date) -> None:
        """Let the clock be at nine in the morning of a day."""
        self.clock.now += timedelta(days=(day - date(2026, 5, 6)).days)


@pytest.fixture
def desk(scene, app, registry, work, clock):
    scene("suggestions", lambda session: build(session, registry.declared, clock()))
    return Desk(app, registry, lambda: unit_of_work(registry), clock)
