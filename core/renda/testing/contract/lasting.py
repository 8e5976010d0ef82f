"""What a plugin keeps outlasts being disabled, taken out and upgraded; what it counts runs everywhere."""

import random
from collections.abc import Callable
from datetime import date
from functools import partial
from itertools import permutations
from typing import Any

import pytest
import transaction
from sqlalchemy import Dialect, Table, Uuid, select
from sqlalchemy.dialects import postgresql, sqlite

from renda import migrate
from renda.app import open_session
from renda.clock import local_day
from renda.database import everything
from renda.declarations import SampleScope, Span
from renda.developing.subjects import Subject
from renda.directory import service
from renda.directory.models import Person
from renda.records.fields import Rejected
from renda.records.models import Participant
from renda.testing import world
from renda.testing.contract.node import Book, Node, Work
from renda.types import Registry

DIALECTS: tuple[Dialect, ...] = (sqlite.dialect(), postgresql.dialect())  # type: ignore[no-untyped-call]
YEAR = (date(2026, 1, 1), date(2026, 12, 31))


class Lasting(Node):
    """Tests of tables, figures and samples."""

    def test_its_migrations_make_what_its_models_say(self, subject: Subject, registry: Registry) -> None:
        """From nothing, and nothing is left to do."""
        with registry.engine.connect() as connection:
            assert not migrate.pending(connection, subject.name, subject.component.package)
            assert migrate.differences(connection, subject.name).as_diffs() == []

    def test_its_measures_run_on_both_databases(self, subject: Subject, work: Work) -> None:
        """Each gives a record, a value and a key."""
        for figure in subject.said.get("register_indicators", ()):
            if figure.measure is None:
                continue
            statement = figure.measure.select(Span(world.COUNTY, *YEAR))
            assert [column.name for column in statement.selected_columns] == ["record", "value", "key"]
            for dialect in DIALECTS:
                assert str(statement.compile(dialect=dialect))
            with work() as session:
                assert session.execute(statement).all() == []

    def test_its_samples_are_valid_and_the_same_for_the_same_seed(
        self, subject: Subject, registry: Registry, bodies: None
    ) -> None:
        """Made twice, each time on an empty database, and thrown away."""
        del bodies
        if "register_samples" not in subject.said:
            return
        first = _sampled(subject, registry)
        assert any(first.values())
        assert _sampled(subject, registry) == first

    @pytest.mark.parametrize("order", [*permutations(("disable", "take out", "bring back"))], ids=", ".join)
    def test_records_outlast_it_when_you(self, plugin: str, book: Book, order: tuple[str, ...]) -> None:
        """Whatever the order, once it is there and enabled again, so are they."""
        with book.work() as session:
            book.make(session)
        (identity,) = book.ids()
        steps: dict[str, Callable[[], None]] = {
            "disable": partial(_switch, book, service.disable),
            "take out": partial(_upgrade, book, without=plugin),
            "bring back": partial(_upgrade, book),
        }
        for step in order:
            steps[step]()
        _upgrade(book)
        _switch(book, service.enable)
        assert book.ids() == [identity]
        assert f"{book.base}/{identity}" in book.app.get(book.base).text


def _switch(book: Book, change: Callable[..., None]) -> None:
    with book.work() as session:
        change(session, book.place, book.kind.module, local_day(book.now))


def _upgrade(book: Book, without: str = "") -> None:
    """Run the migrations of a node that loads all modules, or all but one, on the database of the test."""
    components = [one for one in book.registry.declared.components if one.name != without]
    migrate.upgrade(book.registry.engine, [(one.name, one.package) for one in components])


def _sampled(subject: Subject, registry: Registry) -> dict[str, list[Any]]:
    """Rows that the samples of a year write, by table, without the ids that each run makes anew."""
    manager = transaction.TransactionManager(explicit=True)
    manager.begin()
    session = open_session(registry, manager)
    with everything(session):
        persons = session.scalars(select(Person).order_by(Person.key)).all()
        for sample in subject.said["register_samples"]:
            chance = random.Random(7)  # noqa: S311 - invented data
            sample.make(SampleScope(session, world.COUNTY, *YEAR, registry.clock(), chance, persons))
        session.flush()
        for kind in subject.record_types:
            for row in session.scalars(select(kind.model).where(*kind.conditions())):
                for name, what in kind.fields.items():
                    try:
                        what.clean(kind.value(row, name))
                    except Rejected as error:
                        pytest.fail(f"{kind.name}.{name}: {error.message}")
        tables = {one.model.__table__ for one in subject.record_types} | {Participant.__table__}
        found = {
            str(table): sorted(map(repr, session.execute(select(*_plain(table)))))
            for table in tables
            if isinstance(table, Table)
        }
    manager.abort()
    return found


def _plain(table: Table) -> list[Any]:
    return [column for column in table.columns if not isinstance(column.type, Uuid)]
