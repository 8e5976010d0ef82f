"""What switching a module does to open reports is said before it is done."""

import pytest

from renda.directory import service
from renda.directory.consequences import foresee
from renda.i18n import Translator
from renda_tiers.documents import issuing
from renda_tiers.documents.envelope import WHOLE_CHAIN
from renda_tiers.documents.issuing import Statement
from renda_tiers.reports import definitions, templates
from tests.tiers.chain import CITY, FOUNDED, TOWN, TRAINING

SAY = Translator(["renda", "renda_tiers", "renda_training"], "en")
NEXT = "Months 5–6 of 2026"
"""The period that runs on the day of the fixture `clock`; the one before has ended."""


def foreseen(session, *, enabling):
    return foresee(session, TOWN, "training", enabling=enabling, say=SAY)


@pytest.fixture
def mixed(founded, registry):
    """A report that belongs to no module, with the figures of training."""
    said = templates.body(registry, TRAINING, "city") | {"code": "mixed", "module": ""}
    said["titles"] = {"zh_Hans": "综合月报", "en": "Mixed report"}
    statement = Statement(definitions.KIND, CITY, f"{definitions.KIND}:mixed", said, frozenset(WHOLE_CHAIN))
    issuing.issue(founded, [statement], now=FOUNDED)
    return founded


def test_a_report_of_the_module_is_no_longer_owed_and_then_owed_again(founded, clock):
    owed = "Bimonthly report on training for " + NEXT
    assert foreseen(founded, enabling=False) == [f"{owed} is no longer owed."]
    service.disable(founded, TOWN, "training", clock().date())
    assert foreseen(founded, enabling=True) == [f"{owed} is owed."]


def test_other_reports_lose_what_its_records_compute(mixed):
    lost = f"Mixed report for {NEXT} loses these computed figures, which are to be typed: T01, T02, T03"
    assert lost in foreseen(mixed, enabling=False)
    assert f"Mixed report for {NEXT} computes: T01, T02, T03" in foreseen(mixed, enabling=True)


def test_what_a_module_has_no_part_in_is_not_named(mixed):
    assert foresee(mixed, TOWN, "tiers", enabling=False, say=SAY) == []


def test_a_report_that_nobody_has_set_is_said_to_be_owed_by_nobody(founded, clock):
    service.disable(founded, TOWN, "liaison", clock().date())
    assert foresee(founded, TOWN, "liaison", enabling=True, say=SAY) == [
        f"{report} is not owed yet: neither this organisation nor one above it has set it."
        for report in ("Monthly report on reception and opinions", "Quarterly report on stations")
    ]
    assert foresee(founded, TOWN, "liaison", enabling=False, say=SAY) == []
