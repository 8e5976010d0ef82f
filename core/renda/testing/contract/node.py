"""The node on which a plugin is tested: the plugin and what it needs, in a world of five bodies."""

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.clock import local_day
from renda.declarations import RecordType
from renda.developing.subjects import Subject, installed, needed, subject
from renda.directory.kinds import kind_at
from renda.errors import Misconfigured
from renda.records import engine
from renda.records.models import Participant, Record
from renda.records.organs import at
from renda.records.persons import offered
from renda.security import sessions
from renda.security.models import Account
from renda.testing import world
from renda.testing.databases import Databases
from renda.testing.examples import typed
from renda.testing.plugin import assemble, prepared
from renda.types import Registry

Work = Callable[[], AbstractContextManager[Session]]
Values = Callable[[RecordType, int, list[uuid.UUID]], Mapping[str, str]]


@cache
def everything_installed() -> tuple[str, ...]:
    """All plugins of this machine; the same objects each time, as pytest compares them by identity."""
    return tuple(installed())


def registers(name: str) -> list[str]:
    """Names of a plugin's record types; none where it does not start, which another test says."""
    try:
        return [one.name for one in subject(name).record_types]
    except Misconfigured:
        return []


def enter(app: Any, registry: Registry, work: Work, login: str) -> None:
    """Use an application as an account of the world from now on."""
    with work() as session:
        account = session.scalars(select(Account.id).where(Account.login == login)).one()
        token = sessions.open_session(session, account, registry.clock())
    app.set_cookie(sessions.cookie_name(registry), token)


class Node:
    """The fixtures of the contract.

    Attributes:
        plugins: names of those that are tested; empty for those of `--plugin`, or all.
    """

    plugins: ClassVar[tuple[str, ...]] = ()

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Run each test for every plugin, or for every register of it."""
        names = self.plugins or metafunc.config.getoption("--plugin") or everything_installed()
        if "register" in metafunc.fixturenames:
            pairs = [(name, register) for name in names for register in registers(name)]
            metafunc.parametrize(("plugin", "register"), pairs, scope="class")
        else:
            metafunc.parametrize("plugin", names, scope="class")

    def values(self, kind: RecordType, number: int, persons: list[uuid.UUID]) -> Mapping[str, str]:
        """What somebody types into the form of record `number`; override it where a guard wants more."""
        return {name: typed(what, number, persons) for name, what in kind.fields.items()}

    @pytest.fixture(scope="class")
    @classmethod
    def subject(cls, plugin: str) -> Subject:
        """The plugin."""
        return subject(plugin)

    @pytest.fixture(scope="class")
    @classmethod
    def modules(cls, plugin: str) -> str:
        """The plugin and what it needs."""
        return " ".join(needed(plugin))

    @pytest.fixture(scope="class")
    @classmethod
    def node_folder(cls, plugin: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
        """Where databases and secrets of this plugin's node lie."""
        return tmp_path_factory.mktemp(plugin)

    @pytest.fixture(scope="class")
    @classmethod
    def databases(cls, database_backend: str, node_folder: Path, modules: str) -> Iterator[Databases]:
        """Databases that the migrations of these modules have built from nothing."""
        with prepared(database_backend, node_folder, modules) as found:
            yield found

    @pytest.fixture(scope="class")
    @classmethod
    def assembled(cls, databases: Databases, node_folder: Path, modules: str) -> Any:
        """The application."""
        return assemble(node_folder, databases.fresh(), modules)

    @pytest.fixture
    def bodies(self, work: Work, registry: Registry) -> None:
        """The world of `renda.testing.world`."""
        with work() as session:
            world.build(session, registry.declared, registry.clock())

    @pytest.fixture
    def book(self, register: str, bodies: None, app: Any, registry: Registry, work: Work) -> "Book":
        """A register at a body that keeps it, used by somebody who plays every role there."""
        del bodies
        declared = registry.declared.record_types[register]
        with work() as session:
            place = next(
                code
                for code in world.OWN
                if declared.barred is None or not declared.barred(kind_at(session, code))
            )
            kind = at(session, declared, place)
        book = Book(app, registry, work, kind, place, self.values)
        book.enter(world.EVERY_ROLE)
        return book


@dataclass(frozen=True)
class Book:
    """A register at one body, as somebody uses it."""

    app: Any
    registry: Registry
    work: Work
    kind: RecordType
    place: str
    values: Values

    @property
    def base(self) -> str:
        """Address of its list."""
        return f"/o/{self.place}/r/{self.kind.name}"

    @property
    def interface(self) -> str:
        """Address of its resource."""
        return f"/api/v1/organisations/{self.place}/records/{self.kind.name}"

    @property
    def now(self) -> datetime:
        """The present instant of the test."""
        return self.registry.clock()

    @property
    def has_form(self) -> bool:
        """Whether a record is made in a form of its own; those who take part are added on another page."""
        return self.kind.model is not Participant

    def enter(self, login: str) -> None:
        """Use the application as an account of the world from now on."""
        enter(self.app, self.registry, self.work, login)

    def typed(self, session: Session, kind: RecordType, number: int = 1) -> dict[str, str]:
        """What is typed for record `number`."""
        persons = [one for one, _name in offered(session, self.place, local_day(self.now))]
        return dict(self.values(at(session, kind, self.place), number, persons))

    def make(self, session: Session, number: int = 1) -> Record:
        """A record, made as programs make it."""
        return self._make(session, self.kind, number)

    def whole(self, session: Session) -> Record | None:
        """What a new record is to be a part of; None for types that are no part."""
        types = self.registry.declared.record_types
        return self._make(session, types[self.kind.part_of], 1) if self.kind.part_of else None

    def _make(self, session: Session, kind: RecordType, number: int) -> Record:
        types = self.registry.declared.record_types
        whole = self._make(session, types[kind.part_of], number) if kind.part_of else None
        values = self.typed(session, kind, number)
        return engine.create(session, kind, self.place, values, now=self.now, author=None, whole=whole)

    def ids(self) -> list[uuid.UUID]:
        """The records that are there."""
        kind = self.kind
        with self.work() as session:
            chosen = select(kind.column("id")).where(
                kind.column("organisation") == self.place, *kind.conditions()
            )
            return list(session.scalars(chosen))
