"""`renda demo --check`: a whole cycle over processes of their own, and a failure of each kind is found."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from renda_tiers.demo import check, nodes, plan
from renda_tiers.demo.chain import Chain, within
from renda_tiers.demo.command import CHECKED_AT, demo
from renda_tiers.demo.directives import Course
from renda_tiers.demo.nodes import Servers
from renda_tiers.demo.plan import Calendar

pytestmark = pytest.mark.network


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """One run of `renda demo --check` in a folder that also holds a node's own files."""
    folder = tmp_path_factory.mktemp("demo")
    for name in ("renda.sqlite", "renda.secret", "renda.key"):
        (folder / name).write_text("a real node's", encoding="ascii")
    return folder, CliRunner().invoke(demo, ["--check", "--json", "--dir", str(folder)])


@pytest.fixture
def chain(ran):
    """The nodes as the run has left them."""
    servers = Servers(ran[0], range(1, 1 + len(nodes.ORDER)))
    found = Chain({one.code: nodes.open_(servers, one, lambda: CHECKED_AT) for one in nodes.ORDER}, within)
    yield found
    found.close()


def test_one_cycle_reconciles(ran):
    _folder, result = ran
    assert result.exit_code == 0, result.output
    said = json.loads(result.stdout)
    assert all(one["holds"] for one in said["findings"])
    city = {row["indicator"]: row for row in said["tables"][0]["rows"] if row["organisation"] == plan.CITY}
    assert (city["T01"]["latest"], city["T01"]["qualifier"]) == (130, "=")
    assert (city["T02"]["latest"], city["T02"]["qualifier"]) == (35_000, "~")
    assert city["T01"]["expected"] == 179
    bimonth = {(row["organisation"], row["indicator"]): row for row in said["tables"][1]["rows"]}
    unreviewed = bimonth[plan.UNREVIEWED, "T01"]
    assert (unreviewed["endorsed"], unreviewed["not_endorsed"]) == (None, 23)
    assert bimonth[plan.PLAIN, "T01"]["expected"] == 1
    assert bimonth[plan.CITY, "T01"]["missing"] == len(plan.SILENT)
    assert bimonth[plan.CITY, "T01"]["latest"] > bimonth[plan.CITY, "T01"]["endorsed"]


def test_files_that_are_not_its_own_stay(ran):
    folder, _result = ran
    for name in ("renda.sqlite", "renda.secret", "renda.key"):
        assert Path(folder / name).read_text(encoding="ascii") == "a real node's"


@pytest.mark.parametrize(
    ("node", "damage", "found"),
    [
        (
            "371722",
            "UPDATE tiers_rollup SET value = value + 1 WHERE organisation = '371722' AND indicator = 'T01'",
            ["same totals", "invariant 1", "rebuild"],
        ),
        (
            "371721101",
            "UPDATE tiers_part SET content = x'7b7d' WHERE content IS NOT NULL",
            ["invariant 10"],
        ),
    ],
    ids=["total", "evidence"],
)
def test_what_was_tampered_with_on_any_node_is_found(chain, node, damage, found):
    subject = issued(chain)
    with chain.work(node) as session:
        session.execute(text(damage))
    names = [
        str(one.name) for one in check.findings(chain, Calendar(CHECKED_AT), Course(subject, {})) if one.wrong
    ]
    assert all(any(part in name for name in names) for part in found), names


def issued(chain):
    """The city's directive that was closed."""
    with chain.work(plan.CITY) as session:
        statement = text("SELECT subject FROM tiers_directive WHERE origin = '371700' AND state = 'closed'")
        return session.scalars(statement).one()
