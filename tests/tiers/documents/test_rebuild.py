"""What is stored proves itself, and everything else follows from it again, byte for byte."""

import json

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select, update

from renda.errors import Conflict
from renda.testing.plugin import node_settings
from renda_tiers.commands.chain import chain
from renda_tiers.commands.rollup import rollup
from renda_tiers.documents import ledger
from renda_tiers.documents.models import LedgerDocument, LedgerPart, LedgerSignature
from renda_tiers.documents.signing import make_part
from renda_tiers.rollup.models import RollupCell
from tests.tiers.simulation.node import Node
from tests.tiers.simulation.strategies import worlds
from tests.tiers.simulation.world import CITY, N1, NORTH, PERIODS, World


@pytest.fixture
def history() -> World:
    world = World().found()
    definition = world.define()
    parts = [make_part("evidence", b'{"types":{},"rows":[]}')]
    report = world.report(N1, PERIODS[1], definition, [["SUM", "", "reported", 3, "~"]], parts=parts)
    world.review(NORTH, report)
    return world


@pytest.fixture
def node(receiver: Node, history: World) -> Node:
    return receiver.reset().deliver(history.said)


def faults(node: Node) -> list[str]:
    with node.work() as session:
        return ledger.verify(session)


@given(world=worlds())
def test_invariant_15_a_rebuild_makes_identical_projections(receiver: Node, world: World):
    before = receiver.reset().deliver(world.said).dump()
    assert receiver.rebuild().dump() == before
    assert faults(receiver) == []


def test_a_rebuild_heals_tables_that_somebody_changed(node: Node):
    before = node.dump()
    with node.work() as session:
        digests = ledger.projections(session)
        session.connection().execute(update(RollupCell).values(value=99))
    with node.work() as session:
        changed = ledger.projections(session)
    assert {name for name in digests if digests[name] != changed[name]} == {"tiers_rollup"}
    assert node.rebuild().dump() == before


COLUMNS = [
    LedgerDocument.__table__.c.payload,
    LedgerSignature.__table__.c.key,
    LedgerSignature.__table__.c.signature,
    LedgerPart.__table__.c.salt,
    LedgerPart.__table__.c.content,
]


@given(data=st.data())
def test_invariant_10_a_flipped_bit_anywhere_in_the_ledger_is_found_and_named(receiver: Node, data):
    world = World().found()
    parts = [make_part("evidence", b"0123456789")]
    report = world.report(N1, PERIODS[1], world.define(), [["SUM", "", "reported", 3, "~"]], parts=parts)
    receiver.reset().deliver(world.said)
    column = data.draw(st.sampled_from(COLUMNS))
    table = column.table
    with receiver.work() as session:
        connection = session.connection()
        where = table.c.get("document", table.c.get("hash")) == report.hash
        value = connection.scalar(select(column).where(where))
        at = data.draw(st.integers(0, len(value) - 1))
        flipped = bytearray(value)
        flipped[at] ^= 1 << data.draw(st.integers(0, 7))
        connection.execute(update(table).where(where).values({column: bytes(flipped)}))
    found = faults(receiver)
    assert any(one.startswith(table.name) for one in found)
    assert all(report.hash.hex() in one for one in found)


@pytest.mark.parametrize(
    ("column", "value"),
    [("origin", "900002"), ("subject", "report:x"), ("revision", 2), ("kind", "review"), ("schema", 2)],
)
def test_invariant_10_a_column_that_says_other_than_the_payload_is_found(
    node: Node, history: World, column: str, value: object
):
    report = next(one for one in history.said if one.document.kind == "report")
    with node.work() as session:
        session.connection().execute(
            update(LedgerDocument).where(LedgerDocument.hash == report.hash).values({column: value})
        )
    assert faults(node) == [f"tiers_document {report.hash.hex()}: {column}"]


def test_a_part_that_vanished_or_appeared_is_found(node: Node, history: World):
    report = next(one for one in history.said if one.document.kind == "report")
    with node.work() as session:
        session.connection().execute(update(LedgerPart).values(name="other"))
    found = faults(node)
    assert len(found) == 2
    assert all(report.hash.hex() in one for one in found)
    with node.work() as session:
        session.connection().execute(update(LedgerPart).values(name="evidence", erased=True))
        session.execute(
            insert(LedgerPart),
            {"document": history.said[0].hash, "name": "x", "salt": b"", "content": None, "erased": False},
        )
    assert len(faults(node)) == 2


def test_invariant_20_an_erased_part_is_no_fault_and_changes_nothing(node: Node, history: World):
    before = node.dump()
    with node.work() as session:
        session.connection().execute(update(LedgerPart).values(salt=b"", content=None, erased=True))
    assert faults(node) == []
    assert node.dump() == before
    assert node.rebuild().dump() == before
    node.deliver(history.said)
    with node.work() as session:
        assert session.scalar(select(LedgerPart.content)) is None


@pytest.fixture
def renda(receiver: Node, node_folder):
    """`renda chain …` and `renda rollup …` on the node; gives exit code and the JSON that it prints."""
    ini = node_folder / "chain.ini"
    url = receiver.registry.engine.url.render_as_string(hide_password=False)
    lines = [f"{key} = {value}" for key, value in node_settings(node_folder, url).items()]
    ini.write_text("[app:main]\nuse = egg:renda\n" + "\n".join(lines).replace("%", "%%"), encoding="utf-8")

    def run(group, command, *arguments, as_json=True):
        options = ["--json"] if as_json else []
        result = CliRunner().invoke(group, [command, str(ini), *arguments, *options], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return json.loads(result.output) if as_json else result.output

    return run


def test_the_commands_verify_and_rebuild(node: Node, renda):
    assert renda(chain, "verify") == {"faults": []}
    assert renda(chain, "verify", as_json=False).strip()
    with node.work() as session:
        session.connection().execute(update(RollupCell).values(value=99))
    assert renda(chain, "rebuild")["changed"] == ["tiers_rollup"]
    assert renda(chain, "rebuild", as_json=False).strip()
    with node.work() as session:
        session.connection().execute(update(LedgerDocument).values(revision=7))
    with pytest.raises(Conflict):
        renda(chain, "verify")


def test_the_command_shows_totals_and_what_they_are_made_of(node: Node, renda):
    scope = ("--org", CITY, "--template", "sim", "--period", PERIODS[1])
    plain = {one["indicator"]: one for one in renda(rollup, "show", *scope)["figures"]}
    assert (plain["SUM"]["value"], plain["SUM"]["qualifier"]) == (3, "~")
    assert plain["SUM"]["coverage"]["expected"] == 6
    assert plain["BASE"]["value"] is None
    assert plain["SUM"]["parts"] == []
    opened = renda(rollup, "show", *scope, "--standing", "endorsed", "--explain")["figures"][0]
    assert {part["organisation"]: part["value"] for part in opened["parts"]}[NORTH] == 3
    text = renda(rollup, "show", *scope, "--explain", as_json=False)
    assert "SUM\t~3\t1/6" in text
