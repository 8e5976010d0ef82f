"""A county with a town and a neighbour, an open station with its QR code, and who works there."""

from dataclasses import dataclass

import pytest
from webtest import Upload

from renda.records import engine, parts, workflow
from renda.testing import world
from renda.testing.contract.node import enter
from renda_liaison.limits import Limits
from renda_liaison.opinions import OPINIONS, PublicOpinionItem
from renda_liaison.stations import DAYS, ON_DUTY, STATIONS

COUNTY = world.COUNTY
CODE = "abcdefgh234567ab"
VERBS = frozenset(f"liaison:{verb}" for verb in ("read", "write", "decide", "export"))
TODAY = "2026-05-06"


@pytest.fixture(autouse=True)
def fresh_limits(registry):
    """Each test counts from nothing."""
    registry.__dict__["liaison_limits"] = Limits()


@pytest.fixture
def place(work, registry, clock):
    """The world, and a station that people can scan; gives its id."""
    with work() as session:
        world.build(session, registry.declared, clock())
        return station(session, clock).id


def station(session, clock, *, name="庄寨代表联络站", code=CODE, organisation=COUNTY, **more):
    """An open station with a code."""
    values = {"name": name, "kind": "liaison_station", "opened_on": "2024-03-01", **more}
    row = engine.create(session, STATIONS, organisation, values, now=clock(), author=None)
    workflow.move(session, STATIONS, row, "open", now=clock(), actor=None, permissions=VERBS)
    row.code = code
    session.flush()
    return row


def reception(session, clock, whole, *steps, persons=(), **values):
    """A reception day that took steps, with persons on duty."""
    registry, who = session.info["registry"], {"now": clock(), "actor": None}
    said = {"held_on": TODAY, **values}
    row = engine.create(session, DAYS, whole.organisation, said, now=clock(), author=None, whole=whole)
    duty = registry.declared.record_types[ON_DUTY]
    if persons:
        parts.add_participants(session, duty, row, set(persons), "receiver", **who)
    for step in steps:
        workflow.move(session, DAYS, row, step, permissions=VERBS, **who)
    return row


def opinion(session, clock, *steps, organisation=COUNTY, **values):
    """An opinion as a clerk takes it down, after steps."""
    said = {"subject": "路灯", "source": "hotline", "received_on": TODAY, "content": "路灯坏了", **values}
    row = engine.create(session, OPINIONS, organisation, said, now=clock(), author=None)
    take(session, clock, row, *steps)
    return row


def take(session, clock, row, *steps, reason="不属实"):
    """Let an opinion take steps."""
    who = {"now": clock(), "actor": None, "permissions": VERBS}
    for step in steps:
        workflow.move(session, OPINIONS, row, step, reason, **who)


@dataclass(frozen=True)
class Phone:
    """A stranger's phone: it keeps no cookies and runs no scripts."""

    app: object
    code: str = CODE
    organisation: str = COUNTY

    @property
    def base(self):
        return f"/public/{self.organisation}/liaison"

    def scan(self, **options):
        self.app.reset()
        return self.app.get(f"{self.base}/{self.code}", **options)

    def give(self, *, status=200, photo=None, **said):
        """Scan, fill in and send."""
        form = self.scan().forms[0]
        for name, value in {"content": "村口路灯坏了两个月。", **said}.items():
            form[name] = value
        if photo is not None:
            form["photo"] = Upload(*photo)
        self.app.reset()
        return form.submit(status=status)

    def receipt(self, **said):
        """Give an opinion; its receipt code."""
        return self.give(**said).html.select_one(".code code").text

    def ask(self, code, *, status=200, **more):
        self.app.reset()
        return self.app.post(f"{self.base}/progress", {"code": code, **more}, status=status)


@pytest.fixture
def phone(app, place):
    return Phone(app)


@pytest.fixture
def as_(app, registry, work):
    """`as_(role)` is the application as somebody with this role at the county and its towns uses it."""

    def use(login):
        app.reset()
        enter(app, registry, work, login)
        return app

    return use


@pytest.fixture
def items(work):
    """What is kept, the oldest first."""

    def read():
        with work() as session:
            return session.query(PublicOpinionItem).order_by(PublicOpinionItem.id).all()

    return read


def words(page, where="main"):
    return " ".join(page.html.select_one(where).get_text(" ").split())
