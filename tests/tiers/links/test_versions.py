"""Nodes of different versions exchange what both know; the rest waits where it is not known, and passes on."""

from dataclasses import replace

from renda.declarations import DocumentKind
from renda_tiers.documents import issuing, ledger
from renda_tiers.documents.issuing import Statement
from renda_tiers.documents.models import LedgerDocument
from tests.tiers.links.network import Node
from tests.tiers.links.voices import Three, say, value_at
from tests.tiers.simulation.world import CITY, N1, NORTH


def upgrade(node: Node, *kinds: DocumentKind) -> None:
    """Let a node understand kinds, or newer schemas of them, as after an upgrade."""
    declared = node.registry.declared
    known = {**declared.document_kinds, **{one.name: one for one in kinds}}
    # Packs are merged into what the components declare, which is what an upgrade changes.
    node.registry.plugins = node.registry.declared = replace(declared, document_kinds=known)
    with node.work() as session:
        ledger.reconsider(session)


def report(node: Node, schema: int) -> DocumentKind:
    """Reports as a later version of the software knows them."""
    found: DocumentKind = node.registry.declared.document_kinds["report"]
    return replace(found, schema=schema)


def outcome(node: Node, document: bytes) -> str:
    with node.work() as session:
        found = session.get(LedgerDocument, document)
        assert found is not None
        return str(found.outcome)


def test_a_newer_schema_passes_a_node_that_does_not_know_it_and_counts_there_after_its_upgrade(three: Three):
    for node in (three.town, three.city):
        upgrade(node, report(node, 2))
    newer = say(three.town, N1, 7, schema=2)
    three.network.settle(3)
    assert outcome(three.county, newer) == "parked"
    assert (value_at(three.county, N1), value_at(three.city, N1)) == (None, 7)
    assert three.city.link(NORTH).level
    upgrade(three.county, report(three.county, 2))
    assert (outcome(three.county, newer), value_at(three.county, N1)) == ("applied", 7)


def test_an_older_node_below_is_understood_by_newer_ones_above(three: Three):
    upgrade(three.county, report(three.county, 2))
    upgrade(three.city, report(three.city, 3))
    said = say(three.town, N1, 4)
    three.network.settle(2)
    assert [outcome(node, said) for node in (three.county, three.city)] == ["applied", "applied"]
    assert value_at(three.city, N1) == 4


def test_a_kind_that_a_node_in_between_has_never_heard_of_passes_both_ways(three: Three):
    heard: list[str] = []
    greeting = DocumentKind(
        "greeting",
        1,
        lambda _body: None,
        lambda _session, documents: heard.extend(one.origin for one in documents),
    )
    for node in (three.town, three.city):
        upgrade(node, greeting)
    words = {"words": "你好"}
    for node, origin, to in ((three.city, CITY, N1), (three.town, N1, CITY)):
        with node.work() as session:
            statement = Statement("greeting", origin, f"greeting:{origin}", words, frozenset({to, NORTH}))
            (said,) = issuing.issue(session, [statement], now=node.clock())
        three.network.settle(3)
        assert [outcome(one, said) for one in (three.city, three.county, three.town)] == [
            "applied",
            "parked",
            "applied",
        ]
    assert heard == [CITY, CITY, N1, N1]
    assert three.town.link(NORTH).level
