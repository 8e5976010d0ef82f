import pytest
from click.testing import CliRunner

from renda.clock import system_clock
from renda.errors import Conflict, Forbidden, Invalid, NotFound
from renda.i18n import Translator
from renda.indicators.kinds import BasisMismatch, WrongKind, WrongUnit
from renda_tiers.commands.reports import report
from renda_tiers.documents import issuing
from renda_tiers.documents.issuing import Statement
from renda_tiers.reports import templates
from renda_tiers.reports.reviewing import Decided
from tests.tiers import chain
from tests.tiers.chain import CAO, CITY, SHAN, TOWN, TRAINING, TYPED


@pytest.fixture
def node(work, config, period):
    """A founded chain with a template that people fill in and one class of the town; nothing is ever locked."""
    with work() as session:
        chain.found(session)
        never = {"due_days": None, "lock_days": None}
        lines = [chain.typed_line("X1", unit="class"), chain.typed_line("X2")]
        chain.typed_template(session, *lines, now=chain.FOUNDED, **never)
        computed = templates.body(session.info["registry"], TRAINING) | never
        statement = Statement("definition", CITY, f"definition:{TRAINING}", computed, frozenset({"*"}))
        issuing.issue(session, [statement], now=system_clock())
        chain.training(session, TOWN, ["己", "共"], now=system_clock(), day=period.start)
    return config


@pytest.fixture
def typed(renda, node, period):
    """`typed("submit", "--reason", …)` for the town's typed report."""

    def call(command, *more, org=TOWN):
        return renda(report, command, node, TYPED, period.code, "--org", org, *more)

    return call


def test_a_computed_report_from_list_to_endorsement(renda, node, period):
    place = (node, TRAINING, period.code)
    rows = renda(report, "list", node, "--org", TOWN)["reports"]
    (row,) = [one for one in rows if (one["template"], one["period"]) == (TRAINING, period.code)]
    assert (row["state"], row["locked"], row["report"]) == ("missing", False, None)
    draft = renda(report, "fill", *place, "--org", TOWN)
    assert {cell["indicator"]: cell["value"] for cell in draft["cells"]} == {
        "T01": 1, "T02": 2, "T03": 2, "R02": 3,
    }  # fmt: skip
    assert draft["ratios"]["T04"] == {"value": 6667, "scale": 10000, "of": [2, 3]}
    sent = renda(report, "submit", *place, "--org", TOWN)
    done = renda(report, "review", *place, "--org", CAO, "--of", TOWN)
    assert done["decision"] == "endorse"
    shown = renda(report, "show", *place, "--org", TOWN, "--as", CITY)
    assert (shown["state"], shown["report"], shown["revision"]) == ("endorsed", sent["report"], 1)
    rows = renda(report, "list", node, "--org", TOWN)["reports"]
    assert sent["report"] in {one["report"] for one in rows}


def test_typed_returned_and_corrected(typed):
    draft = typed("fill", "--set", "X1=约3.5万", "--explain", "X1=估算")
    assert (draft["state"], draft["missing"]) == ("doing", ["X2"])
    assert typed("fill", "--set", "X2=无", "--explain", "X1=按签到表估算")["missing"] == []
    typed("submit")
    typed("review", "--of", TOWN, "--return", "--reason", "请核对", "--note", "X1=与附表不符", org=CAO)
    shown = typed("show")
    first = shown["cells"][0]
    assert (shown["state"], shown["review"], first["note"]) == ("returned", "请核对", "与附表不符")
    assert (first["value"], first["qualifier"], first["explanation"]) == (35_000, "~", "按签到表估算")
    typed("submit", "--reason", "已核对")
    assert [one["decision"] for one in typed("show")["revisions"]] == [None, "return"]


def test_a_decision_is_overturned_by_its_hash(typed):
    typed("fill", "--set", "X1=1", "--set", "X2=/")
    typed("submit")
    returned = typed("review", "--of", TOWN, "--return", "--reason", "请核对", org=CAO)["review"]
    with pytest.raises(Decided) as refused:
        typed("review", "--of", TOWN, org=CAO)
    assert refused.value.message.mapping["decision"] == returned
    typed("review", "--of", TOWN, "--over", returned, org=CAO)
    assert typed("show")["state"] == "endorsed"


@pytest.mark.parametrize(
    ("command", "more", "error"),
    [
        ("fill", ("--set", "X1=5", "--unit", "person"), WrongUnit),
        ("fill", ("--set", "X1=5", "--basis", "ytd"), BasisMismatch),
        ("fill", ("--set", "X1=90%"), WrongUnit),
        ("fill", ("--set", "X9=1"), NotFound),
        ("fill", ("--org", "999999"), NotFound),
        ("submit", (), Invalid),
        ("show", (), NotFound),
        ("review", ("--of", TOWN), NotFound),
    ],
)
def test_what_is_refused_changes_nothing(typed, command, more, error):
    with pytest.raises(error):
        typed(command, *more)
    assert {cell["status"] for cell in typed("fill")["cells"]} == {None}


def test_a_unit_is_named_in_the_reader_s_language(typed):
    with pytest.raises(WrongUnit) as refused:
        typed("fill", "--set", "X1=5", "--unit", "person")
    say = Translator(["renda", "renda_tiers", "renda_training"], "zh_Hans")
    assert [say(message) for message in refused.value.errors.values()] == ["这个数的单位是 期，请先换算。"]


def test_computed_figures_are_not_typed_over(renda, node, period):
    with pytest.raises(WrongKind):
        renda(report, "fill", node, TRAINING, period.code, "--org", TOWN, "--set", "T01=9")


def test_a_correction_without_reason_and_a_stranger_are_refused(typed):
    typed("fill", "--set", "X1=1", "--set", "X2=/")
    typed("submit")
    with pytest.raises(Invalid):
        typed("submit")
    with pytest.raises(NotFound):
        typed("show", "--as", SHAN)
    with pytest.raises(Forbidden):
        typed("review", "--of", TOWN, org=CITY)


def test_a_period_that_has_not_begun_is_refused(renda, node, period):
    with pytest.raises(Conflict):
        renda(report, "submit", node, TRAINING, period.next().next().code, "--org", TOWN)


def test_people_read_lines(node, period):
    def lines(command, *more):
        result = CliRunner().invoke(report, [command, node, *more, "--org", TOWN], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output.splitlines()

    assert any(line.startswith(f"{TRAINING}\t{period.code}\t未填报") for line in lines("list"))
    assert lines("fill", TYPED, period.code, "--set", "X1=约5")[1:] == [
        "X1\t指标X1\t~5",
        "X2\t指标X2\t未填",
    ]
    assert len(lines("submit", TRAINING, period.code)[0]) == 64
    reviewed = CliRunner().invoke(
        report, ["review", node, TRAINING, period.code, "--org", CAO, "--of", TOWN], catch_exceptions=False
    )
    assert reviewed.output.startswith("已审定：")


def test_misuse_is_told_apart_from_refusal(node, period):
    result = CliRunner().invoke(report, ["fill", node, TYPED, period.code, "--org", TOWN, "--set", "X1"])
    assert result.exit_code == 2
