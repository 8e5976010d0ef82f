"""The doctor finds sealed values that do not open, and what should be gone or never be public."""

import pytest
from sqlalchemy import select, update

from renda.app import Node
from renda.deputies import people
from renda.deputies.sound import erased_is_gone, seals_open
from renda.directory.models import Person, PersonSecret, PublicField
from tests.core.deputies.conftest import COUNTY, WANG


@pytest.fixture
def node(db, registry, placed, clock):
    values = {"name": "王小明", "identity": WANG, "phone": "13805301234"}
    people.add(db, COUNTY, values, now=clock(), actor=None)
    db.flush()
    return Node(registry, db, clock())


def told(look, node):
    return [message.interpolate() for message in look(node)]


def test_all_is_well_as_it_is_entered(node):
    assert told(seals_open, node) == told(erased_is_gone, node) == []


def test_a_sealed_value_of_somebody_else_does_not_open(node):
    phone = node.session.scalars(select(PersonSecret).where(PersonSecret.field == "phone")).one()
    identity = node.session.scalars(select(PersonSecret).where(PersonSecret.field == "identity")).one()
    phone.sealed = identity.sealed
    node.session.flush()
    assert told(seals_open, node) == ["1 sealed values of persons cannot be opened."]


def test_what_is_left_of_an_erased_person_is_found(node):
    node.session.execute(update(Person).values(erased_at=node.now))
    assert told(erased_is_gone, node) == ["Something is left of 1 persons whose data were erased."]


def test_what_never_may_be_public_is_found(node):
    person = node.session.scalars(select(Person)).one()
    node.session.add(PublicField(organisation=COUNTY, person=person.id, field="phone"))
    node.session.flush()
    assert told(erased_is_gone, node) == ["1 fields are public that never may be."]
