"""A node that runs the probe module, with a county, a township below it, a neighbour, and their deputies."""

import uuid
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import event

from renda import migrate
from renda.app import configure
from renda.database import make_engine
from renda.declarations import Limit
from renda.directory.models import Edge, Mandate, ModuleUse, Organisation, Person
from renda.records import engine
from renda.security import sessions
from renda.security.models import Account, Grant
from renda.testing.plugin import node_settings
from tests.core.records import probe
from tests.core.records.probe import PLANNED, STOPS, VISITS

COUNTY, TOWNSHIP, NEIGHBOUR = "371721", "371721001", "371722"
NOW = datetime(2026, 5, 6, 1, tzinfo=UTC)
ALL_VERBS = frozenset({"probe:read", "probe:write", "probe:decide", "probe:export"})
VALUES = {"title": "走访孙老家镇", "kind": "village", "starts_on": "2026年5月6日"}


def cleaned(several):
    """Values of visits as they are stored."""
    return [engine.cleaned(VISITS, values, VISITS.fields) for values in several]


@pytest.fixture(scope="session")
def assembled(databases, node_folder, tmp_path_factory):
    with probe.installed(tmp_path_factory.mktemp("site")):
        text = node_settings(node_folder, databases.fresh(), **{"renda.modules": "probe"})
        return configure(text, environment={})


@pytest.fixture
def database_url(databases):
    def build(url):
        made = make_engine(url)
        migrate.upgrade(made, [("probe", probe.__name__)])
        made.dispose()

    probed = databases.extended("probe", build)
    url = probed.fresh()
    yield url
    probed.drop(url)


@dataclass(frozen=True)
class People:
    """Ids of deputies and accounts of the county's clerk, leader and auditor."""

    township: uuid.UUID
    county: uuid.UUID
    neighbour: uuid.UUID
    former: uuid.UUID
    clerk: uuid.UUID
    leader: uuid.UUID
    auditor: uuid.UUID


@pytest.fixture
def people(work) -> People:
    with work() as session:
        city = Organisation(code="371700", name="菏泽市", kind="city", tier="city", congress=True)
        county = Organisation(code=COUNTY, name="曹县", kind="county", tier="county", congress=True)
        township = Organisation(
            code=TOWNSHIP, name="曹城街道", kind="street", tier="township", congress=False
        )
        neighbour = Organisation(code=NEIGHBOUR, name="单县", kind="county", tier="county", congress=True)
        session.add_all([city, county, township, neighbour])
        session.flush()
        day = date(2020, 1, 1)
        for child, parent in ((COUNTY, "371700"), (NEIGHBOUR, "371700"), (TOWNSHIP, COUNTY)):
            session.add(Edge(child=child, parent=parent, valid_from=day))
        for code in (COUNTY, TOWNSHIP, NEIGHBOUR):
            session.add(ModuleUse(organisation=code, module="probe", since=day))
        seats = (
            ("王小明", TOWNSHIP, None),
            ("李梅", COUNTY, None),
            ("单县人", NEIGHBOUR, None),
            ("赵前", COUNTY, NOW.date()),
        )
        persons = []
        for number, (name, place, end) in enumerate(seats):
            who = Person(name=name, key=number)
            session.add(who)
            session.flush()
            session.add(
                Mandate(organisation=place, person=who.id, term=19, seat=number, starts_on=day, ended_on=end)
            )
            persons.append(who.id)
        accounts = []
        for role in ("clerk", "leader", "auditor"):
            account = Account(login=role, name=f"账户{role}", created_at=NOW)
            session.add(account)
            session.flush()
            session.add(Grant(account=account.id, organisation=COUNTY, role=role, since=NOW))
            accounts.append(account.id)
        return People(*persons, *accounts)


@pytest.fixture
def visit(db, people):
    """Makes visits of the county."""

    def make(**values: Any) -> Any:
        return engine.create(db, VISITS, COUNTY, {**VALUES, **values}, now=NOW, author=people.clerk)

    return make


@pytest.fixture
def stored_visit(work, people) -> uuid.UUID:
    """A committed visit of the county with one stop, for the pages."""
    with work() as session:
        row = engine.create(session, VISITS, COUNTY, VALUES, now=NOW, author=people.clerk)
        stop = {"place": "孙老家村", "minutes": 30}
        engine.create(session, STOPS, COUNTY, stop, now=NOW, author=people.clerk, whole=row)
        return row.id


@pytest.fixture
def sign_in(app, work, registry, people):
    """`sign_in("clerk")` gives the application as that account of the county uses it."""

    def enter(role: str) -> Any:
        with work() as session:
            token = sessions.open_session(session, getattr(people, role), registry.clock())
        app.set_cookie(sessions.cookie_name(registry), token)
        app.set_cookie(f"{sessions.cookie_name(registry)}-language", "en")
        return app

    return enter


@pytest.fixture
def limited(registry) -> Any:
    """The register of visits, which are to be held or cancelled within ten working days."""
    yield from _limited(registry, Limit(working_days=10))


@pytest.fixture
def limited_by_day(registry) -> Any:
    """The register of visits, which are to be held or cancelled until the day on which they end."""
    yield from _limited(registry, Limit(field="ends_on"))


def _limited(registry, limit):
    before = registry.declared
    first = replace(PLANNED.states[0], limit=limit)
    kind = replace(VISITS, workflow=replace(PLANNED, states=(first, *PLANNED.states[1:])))
    registry.declared = replace(before, record_types={**before.record_types, kind.name: kind})
    yield kind
    registry.declared = before


@pytest.fixture
def statements(registry):
    """The SELECTs that the test has made so far."""
    found: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        if statement.startswith(("SELECT", "WITH")):
            found.append(statement)

    event.listen(registry.engine, "before_cursor_execute", note)
    return found
