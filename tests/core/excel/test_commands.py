"""`renda record …` as a shell calls it: 0 done, 1 refused, 2 misused."""

import json

import pytest
from sqlalchemy import func, select

from renda.security.models import AuditEntry
from tests.core.excel.conftest import COUNTY, HEADER, opened, workbook
from tests.core.records import probe
from tests.core.records.probe import Visit

GOOD = ["走访", "village", "2026年5月6日", "3.5万"]


@pytest.fixture
def record(renda, write, database_url, people, tmp_path):
    """`record("import", file)` calls the command for the county's visits."""
    config = write(**{"renda.database_url": database_url, "renda.modules": "probe"})

    def call(verb, file, *more, org=COUNTY, name="probe_visit"):
        return renda("record", verb, config, name, file, "--org", org, *more)

    with probe.installed(tmp_path):
        yield call


@pytest.fixture
def file(tmp_path):
    def save(*rows):
        path = tmp_path / "visits.xlsx"
        path.write_bytes(workbook(HEADER, *rows))
        return path

    return save


def count(work):
    with work() as session:
        return session.scalar(select(func.count()).select_from(Visit))


def test_rows_are_entered_once_and_come_out_again(record, file, work, tmp_path):
    done = record("import", file(GOOD), "--json")
    assert (done.returncode, done.stderr) == (0, "")
    told = {"type": "probe_visit", "organisation": COUNTY, "errors": [], "questions": []}
    assert json.loads(done.stdout) == {
        **told,
        "new": 1,
        "changed": 0,
        "unchanged": 0,
        "asked": 0,
        "faulty": 0,
    }
    assert record("import", file(GOOD)).stdout == "新增 0 行，修改 0 行，未变 1 行，有误 0 行。\n"
    assert count(work) == 1
    out = tmp_path / "out.xlsx"
    assert json.loads(record("export", out, "--json").stdout)["rows"] == 1
    assert opened(out.read_bytes()).worksheets[0]["A2"].value == "走访"
    with work() as session:
        actions = session.scalars(select(AuditEntry.action)).all()
    assert (actions.count("record.import"), actions.count("record.export")) == (2, 1)


def test_of_two_columns_of_one_heading_the_second_is_said_to_be_left_out(record, tmp_path):
    path = tmp_path / "visits.xlsx"
    path.write_bytes(workbook([*HEADER, "Title"], [*GOOD, "别名"]))
    assert "E 列“Title”不导入：“名称”已取自 A 列。" in record("import", path).stdout


def test_a_file_with_faults_writes_nothing_and_comes_back_marked(record, file, work, tmp_path):
    marked = tmp_path / "marked.xlsx"
    done = record("import", file(GOOD, ["", "town", "2026", None]), "--json", "--marked", marked)
    assert done.returncode == 1
    assert json.loads(done.stdout)["errors"][0]["row"] == 3
    assert done.stderr == "有 1 行需要更正，没有保存任何内容。\n"
    assert opened(marked.read_bytes()).active["B3"].comment.text
    assert count(work) == 0


def test_rows_that_may_be_there_already_wait_for_a_word(record, file, work):
    record("import", file(GOOD))
    nearly = [*GOOD[:3], "4万"]
    done = record("import", file(nearly, ["座谈", *GOOD[1:]], ["座谈", *GOOD[1:]]), "--json")
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert (told["new"], told["asked"], told["questions"][1]) == (1, 2, {"row": 4, "record": None, "twin": 3})
    assert "--alike" in done.stderr
    assert count(work) == 1
    said = record("import", file(nearly)).stdout
    assert f"第 2 行：疑似已有记录 {told['questions'][0]['record']}。" in said
    done = record("import", file(nearly, ["座谈", *GOOD[1:]], ["座谈", *GOOD[1:]]), "--alike", "change")
    assert (done.returncode, count(work)) == (0, 2)
    assert "第 4 行：与第 3 行完全相同。" in done.stdout
    done = record("import", file(GOOD, ["座谈", *GOOD[1:]], ["座谈", *GOOD[1:]]), "--alike", "new")
    assert (done.returncode, count(work)) == (0, 4)


@pytest.mark.parametrize(
    ("given", "code", "words"),
    [
        ({"name": "probe_gone"}, 1, "没有名为 probe_gone 的台账"),
        ({"org": "1"}, 1, "没有代码为 1 的机构"),
        ({"org": "371700"}, 1, "没有启用模块 probe"),
        ({"org": ""}, 1, ""),
    ],
)
def test_what_is_not_there_is_named(record, file, given, code, words):
    done = record("import", file(GOOD), **given)
    assert done.returncode == code
    assert words in done.stderr


def test_a_file_that_is_missing_is_misuse_and_one_that_is_none_is_refused(record, tmp_path):
    assert record("import", tmp_path / "nowhere.xlsx").returncode == 2
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04")
    done = record("import", broken)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "文件已损坏" in done.stderr


def test_a_file_is_known_by_its_ending_too(record, tmp_path):
    for name, words in (("hello.xlsx", "这不是 Excel 工作簿"), ("a.exe", ".xlsx .xls .et .csv .txt")):
        (tmp_path / name).write_bytes(b"hello")
        done = record("import", tmp_path / name)
        assert done.returncode == 1
        assert words in done.stderr
