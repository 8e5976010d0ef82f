import pytest
from click.testing import CliRunner

from renda.errors import Conflict, NotFound
from renda_tiers.commands.reports import report
from renda_tiers.commands.rollup import rollup
from tests.tiers import chain
from tests.tiers.chain import CAO, CITY, TOWN, TYPED


@pytest.fixture
def node(work, config):
    with work() as session:
        chain.found(session)
        never = {"due_days": None, "lock_days": None}
        chain.typed_template(session, chain.typed_line("X1"), now=chain.FOUNDED, **never)
    return config


@pytest.fixture
def place(period):
    return ("--org", CITY, "--template", TYPED, "--period", period.code)


@pytest.fixture
def say(renda, node, period):
    def call(figure, *more, org=TOWN):
        renda(report, "fill", node, TYPED, period.code, "--org", org, "--set", f"X1={figure}")
        return renda(report, "submit", node, TYPED, period.code, "--org", org, *more)["report"]

    return call


def lines(command, *arguments):
    result = CliRunner().invoke(command, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output.splitlines()


def test_publish_correct_and_publish_again(renda, node, place, say):
    old = say(3)
    first = renda(report, "publish", node, *place)
    assert (first["number"], first["new"]) == (1, True)
    again = renda(report, "publish", node, *place)
    assert (again["publication"], again["new"]) == (first["publication"], False)
    new = say(5, "--reason", "漏报")
    assert renda(rollup, "show", node, *place, "--vintage", "1")["since"] == 1
    second = renda(report, "publish", node, *place)
    one, two = (renda(rollup, "show", node, *place, "--vintage", number) for number in ("1", "2"))
    assert [one["figures"][0]["value"], two["figures"][0]["value"]] == [3, 5]
    assert (one["reports"], two["reports"]) == ({TOWN: old}, {TOWN: new})
    assert (two["publication"], two["predecessor"]) == (second["publication"], first["publication"])
    assert (one["corrections"], two["since"], two["forks"]) == ([], 0, [])
    (correction,) = two["corrections"]
    assert (correction["organisation"], correction["old"], correction["new"]) == (TOWN, old, new)
    assert correction["reasons"] == ["漏报"]
    assert [(one["before"], one["after"]) for one in correction["changes"]] == [
        (["reported", 3, "="], ["reported", 5, "="])
    ]
    assert two["figures"][0]["coverage"]["missing"] == 5


def test_people_read_lines(node, place, say):
    say("约3")
    assert lines(report, "publish", node, *place)[0].endswith("已发布为第1版。")
    assert "自第1版以来没有变化" in lines(report, "publish", node, *place)[0]
    say("/", "--reason", "不适用")
    lines(report, "publish", node, *place)
    assert lines(rollup, "show", node, *place, "--vintage", "2") == [
        "X1\t-\t1/6\t指标X1",
        f"*\t{TOWN}\t不适用",
        "  X1\t~3 → not_applicable",
    ]


def test_what_cannot_be_published_is_refused(node, place, say, renda):
    with pytest.raises(Conflict):
        renda(report, "publish", node, *place)
    with pytest.raises(NotFound):
        renda(rollup, "show", node, *place, "--vintage", "1")
    say(3)
    with pytest.raises(Conflict):
        renda(report, "publish", node, *place, "--standing", "endorsed")
    renda(report, "review", node, TYPED, place[-1], "--org", CAO, "--of", TOWN)
    assert renda(report, "publish", node, *place, "--standing", "endorsed")["new"]


def test_a_vintage_is_not_explained_by_what_counts_now(node, place):
    result = CliRunner().invoke(rollup, ["show", node, *place, "--vintage", "1", "--explain"])
    assert result.exit_code == 2
    assert CliRunner().invoke(rollup, ["show", node, *place, "--vintage", "0"]).exit_code == 2


def test_an_organisation_that_is_not_here_publishes_nothing(node, place, renda):
    with pytest.raises(NotFound):
        renda(report, "publish", node, "--org", "999999", *place[2:])
