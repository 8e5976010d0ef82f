"""Workbooks of Excel 97 and WPS: looked at before they are opened, and read as their successors are."""

import struct
import time
from contextlib import suppress
from datetime import date, datetime
from datetime import time as time_of_day

import pytest
import xlwt

from renda.errors import Invalid, TooLarge
from renda.excel import binary, compound, grids, safety
from renda.excel.compound import Damaged
from renda.excel.grids import Odd
from renda.excel.verdicts import CHANGED, NEW
from tests.core.excel.conftest import HEADER, old_workbook, saved

PLAIN = old_workbook(["Title", "Budget"], ["走访", 3])
BOUND, LINK, PASSWORD = 0x85, 0x1AE, 0x2F


def stream(content: bytes) -> bytes:
    return compound.opened(content).stream("Workbook")


def with_record(kind: int, body: bytes) -> bytes:
    """The plain workbook with a record that nobody needs turned into this one."""
    records = stream(PLAIN)
    at = 0
    while True:
        found, length = struct.unpack_from("<HH", records, at)
        if found not in {0x809, 0x0A, BOUND} and length >= len(body):
            break
        at += 4 + length
    place = PLAIN.index(records[:at]) + at
    return (
        PLAIN[:place]
        + struct.pack("<H", kind)
        + PLAIN[place + 2 : place + 4]
        + body
        + PLAIN[place + 4 + len(body) :]
    )


def with_name(name: str) -> bytes:
    """The plain workbook with an entry of this name in its directory, where none was."""
    empty = PLAIN.index("Workbook".encode("utf-16-le")) + 128
    said = name.encode("utf-16-le").ljust(64, b"\x00") + struct.pack("<HB", 2 * len(name) + 2, 1)
    return PLAIN[:empty] + said + PLAIN[empty + len(said) :]


def test_values_keep_their_kinds():
    book = xlwt.Workbook()
    sheet = book.add_sheet("台账")
    for column, value in enumerate(["走访", 3, 2.5, True, None]):
        sheet.write(0, column, value)
    sheet.write(0, 5, date(2026, 5, 6), xlwt.easyxf(num_format_str="yyyy-mm-dd"))
    sheet.write(0, 6, time_of_day(9, 30), xlwt.easyxf(num_format_str="hh:mm"))
    (grid,) = grids.read(saved(book)).grids
    assert grid.sheet == "台账"
    assert grid.rows == [["走访", 3, 2.5, True, None, datetime(2026, 5, 6), time_of_day(9, 30)]]  # noqa: DTZ001
    assert [type(value) for value in grid.rows[0][1:4]] == [int, float, bool]


def test_what_looks_like_a_day_and_is_none_stays_a_number():
    book = xlwt.Workbook()
    book.add_sheet("a").write(0, 0, 9e9, xlwt.easyxf(num_format_str="yyyy-mm-dd"))
    assert grids.read(saved(book)).grids[0].rows == [[9e9]]


def test_days_of_old_macs_count_from_1904():
    book = xlwt.Workbook()
    book.dates_1904 = True
    book.add_sheet("a").write(0, 0, 44_685)
    assert grids.read(saved(book)).grids[0].since_1904


def test_formulas_have_no_value_also_where_a_sheet_is_not_the_first():
    book = xlwt.Workbook()
    for name in ("a", "b"):
        sheet = book.add_sheet(name)
        sheet.write(0, 0, name)
        sheet.write(1, 0, xlwt.Formula("1+1") if name == "b" else 2)
    first, second = grids.read(saved(book)).grids
    assert first.rows == [["a"], [2]]
    assert isinstance(second.rows[1][0], Odd)


def test_hidden_sheets_are_left_out_and_ours_says_what_the_file_is():
    book = xlwt.Workbook()
    book.add_sheet("a").write(0, 0, "Title")
    for name, row in (("b", ["x"]), (grids.META, ["form", "probe_visit"])):
        sheet = book.add_sheet(name)
        sheet.visibility = 2
        for column, value in enumerate(row):
            sheet.write(0, column, value)
    found = grids.read(saved(book))
    assert [grid.sheet for grid in found.grids] == ["a"]
    assert found.meta == {"form": "probe_visit"}


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (with_record(PASSWORD, b""), "password"),
        (with_name("EncryptedPackage"), "password"),
        (with_name("_VBA_PROJECT_CUR"), "macros"),
        (with_name("MBD0012F3A4"), "embedded"),
        (with_record(LINK, struct.pack("<HH", 1, 9)), "other files"),
        (PLAIN.replace("Workbook".encode("utf-16-le"), "Worddocs".encode("utf-16-le")), "no Excel workbook"),
        (PLAIN[:-2000], "damaged"),
        (PLAIN[:600], "damaged"),
    ],
)
def test_what_no_table_needs_is_refused_with_a_word(content, word):
    begun = time.perf_counter()
    with pytest.raises(Invalid) as refusal:
        grids.read(content)
    assert word in refusal.value.message
    assert time.perf_counter() - begun < 0.1


def test_a_sheet_of_macros_is_refused():
    records = stream(PLAIN)
    (at,) = [at for kind, at, _length in binary._records(records, 0) if kind == BOUND]
    place = PLAIN.index(records[:at]) + at + 5
    with pytest.raises(Invalid, match="macros"):
        grids.read(PLAIN[:place] + b"\x01" + PLAIN[place + 1 :])


def test_references_into_the_file_itself_are_no_links():
    assert grids.read(with_record(LINK, struct.pack("<HH", 1, 0x0401)))


def test_too_many_rows_and_too_many_cells_are_refused(monkeypatch):
    content = old_workbook(*([line, line, line] for line in range(300)))
    monkeypatch.setattr(binary, "MOST_ROWS", 100)
    with pytest.raises(TooLarge) as refusal:
        grids.read(content)
    assert refusal.value.message == safety.LONG
    monkeypatch.undo()
    monkeypatch.setattr(binary, "MOST_CELLS", 800)
    with pytest.raises(TooLarge):
        grids.read(content)


def test_chains_that_go_in_a_circle_are_not_followed():
    content = bytearray(PLAIN)
    (table,) = struct.unpack_from("<I", content, 76)
    struct.pack_into("<I", content, (table + 1) * 512, 0)
    with pytest.raises(Damaged):
        stream(bytes(content))


@pytest.mark.parametrize("step", [61, 127])
def test_bytes_that_changed_on_the_way_are_read_or_refused_but_never_break(step):
    for place in range(0, len(PLAIN), step):
        spoilt = bytearray(PLAIN)
        spoilt[place : place + 4] = bytes(one ^ 0xFF for one in spoilt[place : place + 4])
        with suppress(Invalid, TooLarge):
            grids.read(bytes(spoilt))


def test_its_rows_are_judged_as_those_of_other_files(examine, stored_visit):
    rows = [
        ["孙老家镇走访台账"],
        HEADER,
        ["走访", "Village", date(2026, 5, 6), "3.5万"],
        ["合计", None, None, 1],
    ]
    (new,) = examine(old_workbook(*rows)).verdicts
    assert (new.what, new.values["budget"], new.values["starts_on"]) == (NEW, 35_000, date(2026, 5, 6))
    (changed,) = examine(old_workbook(["Title", "renda-id"], ["改了", str(stored_visit)])).verdicts
    assert (changed.what, changed.values) == (CHANGED, {"title": "改了"})
