import json

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from renda.app import unit_of_work
from renda_tiers.demo import check, node, plan
from renda_tiers.demo.command import CHECKED_AT, demo
from renda_tiers.demo.plan import Calendar


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """One run of `renda demo --check` in a folder that also holds a node's own files."""
    folder = tmp_path_factory.mktemp("demo")
    for name in ("renda.sqlite", "renda.secret", "renda.key"):
        (folder / name).write_text("a real node's", encoding="ascii")
    return folder, CliRunner().invoke(demo, ["--check", "--json", "--dir", str(folder)])


def test_one_cycle_reconciles(ran):
    _folder, result = ran
    assert result.exit_code == 0, result.output
    said = json.loads(result.output)
    assert all(one["holds"] for one in said["findings"])
    city = {row["indicator"]: row for row in said["tables"][0]["rows"] if row["organisation"] == plan.CITY}
    assert (city["T01"]["latest"], city["T01"]["qualifier"]) == (130, "=")
    assert (city["T02"]["latest"], city["T02"]["qualifier"]) == (35_000, "~")
    assert city["T01"]["expected"] == 179
    bimonth = {(row["organisation"], row["indicator"]): row for row in said["tables"][1]["rows"]}
    unreviewed = bimonth[plan.UNREVIEWED, "T01"]
    assert (unreviewed["endorsed"], unreviewed["not_endorsed"]) == (None, 23)
    assert bimonth[plan.CITY, "T01"]["missing"] == len(plan.SILENT)
    assert bimonth[plan.CITY, "T01"]["latest"] > bimonth[plan.CITY, "T01"]["endorsed"]


def test_files_that_are_not_its_own_stay(ran):
    folder, _result = ran
    for name in ("renda.sqlite", "renda.secret", "renda.key"):
        assert (folder / name).read_text(encoding="ascii") == "a real node's"


def test_a_total_that_was_tampered_with_is_found(ran):
    folder, _result = ran
    registry = node.registry_of(folder, lambda: CHECKED_AT)
    with unit_of_work(registry) as session:
        session.execute(
            text(
                "UPDATE tiers_rollup SET value = value + 1 WHERE organisation = '371721' AND indicator = 'T01'"
            )
        )
        wrong = [one.name for one in check.findings(session, Calendar(CHECKED_AT.date())) if one.wrong]
    registry.engine.dispose()
    assert any("invariant 1" in str(name) for name in wrong)
    assert any("rebuild" in str(name) for name in wrong)
