"""A county that has a pack of its own and uses it, with deputies and people who work there."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from renda.clock import local_day
from renda.directory import persons, service
from renda.directory.models import Mandate
from renda.packs import keeping
from tests.core.packs import files
from tests.core.security.conftest import cheap_passwords, people
from tests.core.security.town import COUNTY, post, sign_in

__all__ = ["cheap_passwords", "people"]

SINCE = date(2020, 1, 1)


@pytest.fixture
def install(work: Any, people: Any, clock: Any) -> Callable[..., None]:
    """`install(pack)` lets the county have a pack, and use it."""

    def give(pack: Any = None, organisation: str = COUNTY, *, enable: bool = True) -> None:
        found = pack or files.pack()
        with work() as session:
            keeping.install(session, organisation, found, actor=None, now=clock())
        if enable:
            with work() as session:
                service.enable(session, organisation, found.name, local_day(clock()))

    return give


@pytest.fixture
def deputies(work: Any, people: Any) -> list[Any]:
    """Ids of two deputies of the county."""
    with work() as session:
        ids = persons.add_persons(session, [("王小明", "id:1"), ("李梅", "id:2")])
        session.add_all(
            Mandate(organisation=COUNTY, person=person, term=19, seat=number, starts_on=SINCE)
            for number, person in enumerate(ids, 1)
        )
    return list(ids)


@pytest.fixture
def browse(app: Any, work: Any, people: Any, clock: Any) -> Callable[..., Any]:
    """`browse("admin", "clerk")` is a browser, in English, of somebody who plays these roles at the county."""

    def enter(*roles: str) -> Any:
        with work() as session:
            people.person(session, "chen", clock(), *((COUNTY, role) for role in roles))
        sign_in(app, "chen")
        post(app, "/language", {"locale": "en", "next": "/help"}, status=303)
        return app

    return enter


@pytest.fixture
def kind(install: Any, registry: Any) -> Callable[[str], Any]:
    """`kind(name)` is a record type of the installed pack, as the registry knows it now."""
    install()

    def find(name: str = files.TYPE) -> Any:
        return registry.declared.record_types[name]

    return find
