"""A register of the core in Chinese: organs that depend on the body, places in series, and a guard."""

from io import BytesIO

import openpyxl
import pytest

from renda.directory.meetings import MEETINGS
from renda.excel import template, uploads
from renda.excel.template import Place
from renda.excel.verdicts import FAULTY, NEW, UNCHANGED
from renda.excel.writing import write
from renda.records.organs import at
from tests.core.excel.conftest import COUNTY, NOW, saved

ROW = (
    "曹县第十九届人大常委会第三次会议",
    "常务委员会",
    "第十九届",
    "第三次会议",
    "2026年4月28日",
    None,
    "会议室",
)


@pytest.fixture
def kind(db, people):
    return at(db, MEETINGS, COUNTY)


@pytest.fixture
def made(db, registry, kind):
    """The county's workbook, empty or filled, with these rows added."""

    def make(*rows, filled=False):
        say = uploads.chinese(registry)
        with template.write(db, kind, Place(COUNTY, "曹县"), say, filled=filled).file as file:
            book = openpyxl.load_workbook(BytesIO(file.read()))
        for row in rows:
            book.worksheets[0].append(row)
        return saved(book)

    return make


@pytest.fixture
def judged(db, registry, kind):
    def judge(content):
        return uploads.examine(db, registry, kind, COUNTY, content, now=NOW).verdicts

    return judge


def test_a_filled_template_is_entered_and_comes_out_unchanged(db, kind, made, judged):
    organ = dict(kind.fields["organ"].choices)["standing_committee"]
    row = (ROW[0], organ, *ROW[2:])
    found = judged(made(row))
    assert [(one.what, one.errors) for one in found] == [(NEW, {})]
    write(db, kind, COUNTY, found, now=NOW, actor=None)
    assert [one.what for one in judged(made(row))] == [UNCHANGED]
    assert [one.what for one in judged(made(filled=True))] == [UNCHANGED]


def test_an_organ_that_the_body_does_not_have_is_faulty(made, judged):
    (one,) = judged(made((ROW[0], "主席团乙", *ROW[2:])))
    assert one.what == FAULTY
    assert "organ" in one.errors
