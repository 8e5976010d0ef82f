"""A county, and below it a town, a street and a development zone, with accounts and profiles to change."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from importlib import resources
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from renda.directory.models import Edge, Mandate, Organisation, Person
from renda.profile import Profile, read
from tests.core.security import town

COUNTY, TOWN, STREET, ZONE = town.COUNTY, town.TOWNSHIP, "371721001", "371771"
NOW = datetime(2026, 5, 6, 1, tzinfo=UTC)
MEETING = {"title": "会议", "opens_on": "2026-02-03"}
SESSION = {**MEETING, "organ": "congress", "term": "19", "number": "5"}


def build(session: Session) -> None:
    """Everybody; the clerk `li` works everywhere."""
    town.build(session, [])
    session.add_all(
        [
            Organisation(
                code=STREET, name="曹城街道人大工委", kind="street", tier="township", congress=False
            ),
            Organisation(
                code=ZONE,
                name="菏泽经济技术开发区人大工委",
                kind="development_zone",
                tier="county",
                congress=False,
            ),
        ]
    )
    session.flush()
    session.add_all(
        [
            Edge(child=STREET, parent=COUNTY, valid_from=town.FROM),
            Edge(child=ZONE, parent=town.CITY, valid_from=town.FROM),
        ]
    )
    town.person(session, "li", NOW, *((place, "clerk") for place in (COUNTY, TOWN, STREET, ZONE)))


def seat(session: Session, number: int, *, place: str = COUNTY, term: int = 19, **more: Any) -> Person:
    """A new person with a seat."""
    who = Person(name=f"代表{number}", key=hash((place, term, number)))
    session.add(who)
    session.flush()
    days = {"starts_on": date(2022, 1, 5), **more}
    session.add(Mandate(organisation=place, person=who.id, term=term, seat=number, **days))
    session.flush()
    return who


def changed(folder: Path, tier: str, change: Callable[[str], str]) -> Profile:
    """The shipped profile of a tier, with its text changed as a user would."""
    text = (resources.files("renda_tiers") / "profiles" / f"{tier}.toml").read_text(encoding="utf-8")
    other = change(text)
    assert other != text
    file = folder / f"{tier}.toml"
    file.write_text(other, encoding="utf-8")
    return read(file)
