"""A list becomes a spreadsheet that says the same, whatever people have typed."""

from datetime import datetime
from io import BytesIO

import openpyxl
import pytest

from renda.errors import Invalid, TooLarge
from renda.records import export, parts
from renda.records.listing import ListQuery
from renda.records.participation import participation_type
from tests.core.records.conftest import COUNTY, NOW
from tests.core.records.probe import COMPANY, VISITS

KIND = participation_type(VISITS, COMPANY)


def as_is(message: object) -> str:
    return str(message)


def write(db, kind=VISITS, query=None):
    made = export.write_xlsx(
        db, kind, COUNTY, query or ListQuery(), title="Visits 曹县 2026-05-06", translate=as_is
    )
    with made.file as file:
        sheet = openpyxl.load_workbook(BytesIO(file.read())).active
    assert made.rows == sheet.max_row - 2
    return sheet


def test_title_headers_with_units_and_values_in_their_own_types(db, visit, people):
    visit(
        title="甲",
        ends_on="2026-05-07",
        budget="1,200",
        urgent="是",
        phone="13812341234",
        guide=people.county,
    )
    visit(title="乙")
    sheet = write(db, query=ListQuery(sort="-budget"))
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][0] == "Visits 曹县 2026-05-06"
    assert rows[1] == (
        "Title", "Kind", "Starts on", "Ends on", "Budget（yuan）", "Urgent", "Phone", "Guide", "Notes", "State",
    )  # fmt: skip
    day = datetime(2026, 5, 6)  # noqa: DTZ001 - a spreadsheet knows no zones
    assert rows[2] == (
        "甲", "Village", day, datetime(2026, 5, 7), 1200, "Yes", "138****1234", "李梅", None, "Planned",  # noqa: DTZ001
    )  # fmt: skip
    assert rows[3] == ("乙", "Village", day, None, None, "No", None, None, None, "Planned")
    assert sheet["C3"].number_format == "yyyy-mm-dd"
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("B3", "A2:J4")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "＝1", "http://x.cn", "00012", "{=A1}"])
def test_text_stays_text(db, visit, text):
    visit(title=text, notes=text)
    sheet = write(db)
    for cell in (sheet["A3"], sheet["I3"]):
        assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


def test_filters_hold_and_an_empty_list_has_its_headers(db, visit):
    visit()
    sheet = write(db, query=ListQuery(filters={"state": "held"}))
    assert (sheet.max_row, sheet.auto_filter.ref) == (2, "A2:J2")


def test_more_rows_than_one_batch(db, visit):
    for number in range(3):
        visit(title=f"第{number}次")
    export_all = write(db, query=ListQuery(sort="title", size=1))
    assert [row[0] for row in export_all.iter_rows(min_row=3, values_only=True)] == [
        "第0次",
        "第1次",
        "第2次",
    ]


def test_those_who_took_part_are_named(db, visit, people):
    parts.add_participants(db, KIND, visit(), [people.county], "host", now=NOW, actor=None)
    rows = list(write(db, KIND).iter_rows(min_row=2, values_only=True))
    assert rows == [("Deputy", "Role", "State"), ("李梅", "Host", "Invited")]


def test_a_state_that_is_gone_shows_its_name(db, visit):
    visit().state = "lost"
    db.flush()
    assert write(db)["J3"].value == "lost"


def test_nothing_is_written_for_a_filter_that_does_not_exist(db, people):
    with pytest.raises(Invalid):
        write(db, query=ListQuery(filters={"colour": "red"}))


def test_more_rows_than_a_sheet_holds_are_refused(db, visit, monkeypatch):
    monkeypatch.setattr(export, "MOST_ROWS", 1)
    visit()
    assert write(db).max_row == 3
    visit()
    with pytest.raises(TooLarge):
        write(db)


def test_the_file_is_called_after_year_register_and_place():
    assert export.file_name(VISITS, "曹县", 2026, as_is) == "2026-Visits-曹县.xlsx"
    assert export.file_name(VISITS, '曹/县:"\x00', 2026, as_is) == "2026-Visits-曹县.xlsx"
