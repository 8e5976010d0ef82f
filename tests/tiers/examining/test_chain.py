"""`renda doctor` finds what no longer holds in the ledger, in what follows from it, and between nodes."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update

from renda.examining import Examining, State, examine
from renda_tiers.directives.models import Directive
from renda_tiers.documents import issuing
from renda_tiers.documents.models import (
    LedgerConcern,
    LedgerDocument,
    LedgerPart,
    SigningKey,
    ThisNode,
)
from renda_tiers.links.models import Link, LinkDigest, LinkDocument
from renda_tiers.publications import publishing
from renda_tiers.reports import reviewing
from renda_tiers.reports.models import ReportCell, Review, Standing
from renda_tiers.rollup.models import RollupCell
from tests.tiers import chain
from tests.tiers.chain import CAO, CITY, TOWN
from tests.tiers.directives.desk import DUE, Desk, named

pytestmark = pytest.mark.usefixtures("durable")


def wrong(registry):
    """What the chain's checks find, by name."""
    event = Examining()
    registry.notify(event)
    found = list(examine(registry, [], event.checks))
    assert len(found) == len(event.checks)
    return {one.check.name: one.wrong for one in found if one.state != State.OK}


@pytest.fixture
def worked(registry, work, clock):
    """A chain on one node, with reports that were sent, endorsed and folded."""
    with work() as session:
        chain.found(session)
    with work() as session:
        chain.training(session, TOWN, ("己", "庚"), now=clock())
        sent = chain.submit(session, TOWN, now=clock())
        chain.submit(session, CAO, now=clock())
    with work() as session:
        reviewing.endorse_many(session, CAO, [sent], actor=None, now=clock())
    return registry


def test_a_chain_at_work_is_sound(worked):
    assert wrong(worked) == {}


def change(statement):
    def execute(session):
        assert session.connection().execute(statement).rowcount

    return execute


def garble(session):
    part = session.scalars(select(LedgerPart).where(LedgerPart.content.is_not(None)).limit(1)).one()
    part.content = part.content[:-1] + b" "
    session.flush()


FAULTS = {
    "a byte of evidence": (garble, {"tiers.ledger", "tiers.evidence"}),
    "an index column": (
        change(update(LedgerDocument).where(LedgerDocument.kind == "report").values(revision=7)),
        {"tiers.ledger"},
    ),
    "a concern": (change(delete(LedgerConcern).where(LedgerConcern.organisation == CAO)), {"tiers.concerns"}),
    "a fold": (
        change(update(RollupCell).where(RollupCell.indicator == "T01").values(value=RollupCell.value + 1)),
        {"tiers.sums", "tiers.projections"},
    ),
    "a lost fold": (
        change(delete(RollupCell).where(RollupCell.organisation == CITY)),
        {"tiers.sums", "tiers.projections"},
    ),
    "a cell": (
        change(update(ReportCell).where(ReportCell.indicator == "T01").values(value=ReportCell.value + 5)),
        {"tiers.sums", "tiers.evidence", "tiers.projections"},
    ),
    "a standing": (
        change(update(Standing).where(Standing.standing == "latest").values(report=b"\x01" * 32)),
        {"tiers.standings", "tiers.sums", "tiers.projections"},
    ),
    "a review": (change(delete(Review)), {"tiers.standings", "tiers.projections"}),
    "a verdict": (
        change(update(LedgerDocument).where(LedgerDocument.kind == "review").values(outcome="parked")),
        {"tiers.projections"},
    ),
    "the gate": (change(update(ThisNode).values(recovering=True)), {"tiers.gate"}),
    "a sealed key": (
        change(update(SigningKey).where(SigningKey.organisation == CAO).values(sealed=b"\x00" * 60)),
        {"tiers.keys"},
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_found_where_it_is(worked, work, fault):
    make, expected = FAULTS[fault]
    with work() as session:
        make(session)
    assert set(wrong(worked)) == expected


def test_a_publication_that_is_not_what_its_reports_say(worked, work, clock):
    with work() as session:
        publishing.publish(session, CAO, chain.TRAINING, chain.SPRING, actor=None, now=clock())
    assert wrong(worked) == {}
    with work() as session:
        FAULTS["a cell"][0](session)
    assert "tiers.publications" in wrong(worked)


def test_a_directive_that_is_broken_down_later_than_it_was_set(worked, work, clock):
    with work() as session:
        desk = Desk(session, clock)
        desk.assign(CAO, desk.issue(selection=named(CAO)), TOWN)
    assert wrong(worked) == {}
    with work() as session:
        later = update(Directive).where(Directive.origin == CAO).values(due=DUE + timedelta(days=1))
        change(later)(session)
    assert set(wrong(worked)) == {"tiers.break-downs", "tiers.projections"}


def test_a_revision_that_was_signed_twice(worked, work, clock, monkeypatch):
    """As a node does that was restored in silence: it says other words under the same number."""
    monkeypatch.setattr(issuing, "next_revision", lambda *_about: (1, None))
    with work() as session:
        chain.training(session, CAO, now=clock())
        chain.submit(session, CAO, now=clock(), reason="补报")
    assert set(wrong(worked)) == {"tiers.forks"}


def test_looking_undoes_even_what_it_rehearses(worked, work):
    with work() as session:
        FAULTS["a fold"][0](session)
        before = session.scalar(select(func.sum(RollupCell.value)))
    assert wrong(worked)
    with work() as session:
        assert session.scalar(select(func.sum(RollupCell.value))) == before


def test_a_document_from_tomorrow(worked, clock):
    clock.forward(days=-2)
    assert set(wrong(worked)) == {"tiers.future"}


def test_a_database_without_an_organisation(registry):
    assert {"tiers.keys", "tiers.gate"} <= set(wrong(registry))


@pytest.fixture
def county(network, start, city):
    """A county with its own node, level with its city."""
    node = start(CAO)
    network.join(CAO, CITY)
    network.settle()
    with node.work() as session:
        chain.training(session, TOWN, now=node.clock())
        chain.submit(session, TOWN, now=node.clock())
    network.settle()
    return node


LINK_FAULTS = {
    "a digest": (change(update(LinkDigest).values(count=LinkDigest.count + 1)), {"tiers.digests"}),
    "a document that is not offered": (
        change(update(LinkDocument).values(offered=False, theirs=None)),
        {"tiers.routes"},
    ),
    "an alarm": (change(update(Link).values(alarm='["Strange.", {}]')), {"tiers.links"}),
    "a refusal": (change(update(Link).values(state="refused")), {"tiers.links"}),
}


@pytest.mark.parametrize("fault", LINK_FAULTS)
def test_each_fault_of_a_link_is_found(county, fault):
    assert wrong(county.registry) == {}
    make, expected = LINK_FAULTS[fault]
    with county.work() as session:
        make(session)
    # What is not offered was counted in a digest, too.
    assert set(wrong(county.registry)) - {"tiers.digests"} == expected - {"tiers.digests"}
    assert fault != "a digest" or "tiers.digests" in wrong(county.registry)


def test_a_link_over_which_nothing_comes(county, clock):
    clock.forward(seconds=timedelta(hours=2).total_seconds())
    assert set(wrong(county.registry)) == {"tiers.links"}
