from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from renda.clock import system_clock
from renda.errors import Conflict, Forbidden, Invalid, NotFound
from renda.notices.workdays import ANNOUNCED
from renda.tasks.models import TaskRow
from renda_tiers.commands.directives import directive
from renda_tiers.directives import receipts
from tests.core.files.samples import PDF
from tests.tiers import chain
from tests.tiers.chain import CAO, CITY, SHAN, STREET, TOWN


@pytest.fixture
def node(work, config):
    """A founded chain."""
    with work() as session:
        chain.found(session)
    return config


@pytest.fixture
def call(renda, node):
    """`call("verify", subject, "--of", code, org=CITY)`."""

    def run(command, *more, org=CITY):
        return renda(directive, command, node, *more, "--org", org)

    return run


@pytest.fixture
def issued(call):
    """A directive to both counties, with a step, due in ten working days."""
    return call(
        "issue", "--title", "开展视察", "--text", "请开展视察。", "--days", "10", "--step", "制定方案"
    )


def test_from_issue_to_close(call, issued, work, today, tmp_path):
    assert issued["targets"] == [CAO, SHAN]
    assert issued["due"] == ANNOUNCED.after(today, 10).isoformat()
    subject = issued["directive"]
    with work() as session:
        assert session.scalar(select(TaskRow.name)) == receipts.RECEIVE
        receipts.receive(None, session, system_clock(), subject)
    inner = call("assign", subject, "--to", TOWN, "--text", "并报照片。", "--step", "报送照片", org=CAO)
    assert (inner["text"], inner["steps"]) == ("请开展视察。\n并报照片。", ["制定方案", "报送照片"])
    path = tmp_path / "总结.pdf"
    path.write_bytes(PDF)
    steps = ("--step", "1", "--step", "2")
    call("respond", inner["directive"], "--state", "done", *steps, "--file", str(path), org=TOWN)
    call("return", inner["directive"], "--of", TOWN, "--reason", "请补充", org=CAO)
    call("respond", inner["directive"], "--state", "done", *steps, "--note", "已补充", org=TOWN)
    call("verify", inner["directive"], "--of", TOWN, org=CAO)
    for code in (CAO, SHAN):
        call("respond", subject, "--state", "acknowledged", org=code)
        call("respond", subject, "--state", "done", "--step", "1", org=code)
    decided = call("verify", subject, "--of", CAO, "--of", SHAN)
    assert set(decided["verifications"]) == {CAO, SHAN}
    board = call("show", subject)["board"]
    assert [(one["organisation"], one["phase"]) for one in board["targets"]] == [
        (CAO, "verified"),
        (SHAN, "verified"),
    ]
    (below,) = board["targets"][0]["boards"]
    assert [(one["phase"], one["round"]) for one in below["targets"]] == [("verified", 2)]
    assert call("close", subject)["state"] == "closed"
    assert call("show")["issued"] == []


def test_a_figure_or_a_report_is_asked_for(call, node, today, work):
    period = f"{today.replace(month=1, day=1)}..{today}"
    said = call(
        "issue", "--title", "报数", "--days", "5", "--to", CAO, "--figure", "问题数|件", "--period", period
    )
    assert said["report"]["period"] == period
    inner = call("assign", said["directive"], "--tier", "township", org=CAO)
    assert (inner["targets"], inner["report"]) == ([STREET, TOWN], said["report"])
    plain = call("assign", said["directive"], "--to", TOWN, "--no-report", org=CAO)
    assert plain["report"] is None
    with pytest.raises(Invalid):
        call("respond", said["directive"], "--state", "done", org=CAO)


def test_lists_tell_what_was_issued_and_what_came(call, issued):
    assert [one["directive"] for one in call("show")["issued"]] == [issued["directive"]]
    (received,) = call("show", org=CAO)["received"]
    assert (received["issuer"], received["phases"]) == (CITY, {"issued": 1})


def test_what_is_cancelled_stays_so(call, issued):
    assert call("close", issued["directive"], "--cancel", "--reason", "情况有变")["state"] == "cancelled"
    with pytest.raises(Conflict):
        call("close", issued["directive"], "--reason", "又")


def test_what_is_refused(call, issued, today):
    subject = issued["directive"]
    late = (today + timedelta(days=400)).isoformat()
    for command, more, org, error in (
        ("assign", (subject, "--to", TOWN, "--due", late), CAO, Conflict),
        ("assign", (subject, "--to", TOWN), CITY, Forbidden),
        ("verify", (subject, "--of", CAO), CITY, NotFound),
        ("respond", (subject, "--state", "done"), CAO, Invalid),
        ("respond", (subject, "--state", "progress", "--note", "x", "--step", "9"), CAO, Invalid),
        ("close", (subject,), CITY, Invalid),
        ("show", (subject,), TOWN, NotFound),
        ("issue", ("--title", "x"), CITY, Invalid),
    ):
        with pytest.raises(error):
            call(command, *more, org=org)
    assert {one["phase"] for one in call("show", subject)["board"]["targets"]} == {"issued"}


def test_people_read_lines_and_misuse_is_told_apart(node, issued):
    def lines(*arguments, code=0):
        result = CliRunner().invoke(directive, [*arguments, "--org", CITY], catch_exceptions=False)
        assert result.exit_code == code, result.output
        return result.output.splitlines()

    shown = lines("show", node, issued["directive"])
    assert shown[0].startswith(f"{issued['directive']}\topen\t")
    assert shown[1].startswith(f"  {CAO}\tissued\t10\t-\t曹县")
    assert lines("show", node)[0].startswith("issued\tdirective:")
    assert lines("close", node, issued["directive"], "--reason", "x")[0] == issued["directive"]
    lines("respond", node, issued["directive"], "--state", "verified", code=2)
