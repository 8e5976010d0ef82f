"""A record's columns and fields say the same thing."""

from renda.records.models import Participant, Record
from tests.core.records.probe import Stop, Visit


def test_a_field_is_required_unless_its_annotation_allows_none():
    required = {
        column.key: column.info["field"].required
        for column in Visit.__table__.columns
        if "field" in column.info
    }
    assert required == {
        "title": True,
        "kind": True,
        "starts_on": True,
        "ends_on": False,
        "budget": False,
        "urgent": True,
        "phone": False,
        "guide": False,
        "notes": False,
    }


def test_every_kind_of_record_is_locked_optimistically():
    for model in (Visit, Stop, Participant):
        assert model.__mapper__.version_id_col is model.__table__.c.lock


def test_an_abstract_class_between_has_no_table():
    class Between(Record):
        __abstract__ = True

    assert not hasattr(Between, "__table__")
