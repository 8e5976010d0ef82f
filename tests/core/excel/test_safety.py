"""A workbook is looked at before it is opened."""

import io
import time
import zipfile

import pytest

from renda.errors import Invalid, TooLarge
from renda.excel import grids, safety
from renda.files import archives
from tests.core.excel.conftest import workbook


def changed(content: bytes, **parts: bytes) -> bytes:
    """The workbook with parts added or replaced; `__` in a name stands for a slash, `_dot_` for a dot."""
    kept = io.BytesIO()
    names = {name.replace("__", "/").replace("_dot_", "."): part for name, part in parts.items()}
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            if entry.filename not in names:
                new.writestr(entry.filename, old.read(entry))
        for name, part in names.items():
            new.writestr(name, part)
    return kept.getvalue()


@pytest.fixture(scope="module")
def plain():
    return workbook(["Title"], ["走访"])


def test_a_plain_workbook_is_read(plain):
    assert grids.read(plain).grids[0].rows == [["Title"], ["走访"]]


@pytest.mark.parametrize(
    "name", ["a.exe", "台账.docx", "台账", "台账.xlsx.exe", "台账.csv.", ".xlsx", "台账.xlsm"]
)
def test_a_file_that_is_called_otherwise_is_refused_with_what_is_taken(plain, name):
    for content in (plain, "名称,金额\n".encode()):
        with pytest.raises(Invalid) as refusal:
            grids.read(content, name)
        assert refusal.value.errors["file"].mapping == {"endings": ".xlsx .xls .et .csv .txt"}


@pytest.mark.parametrize("name", ["台账.xlsx", "台账.XLS", "台账.et"])
def test_text_that_is_called_a_workbook_is_refused_as_none(name):
    with pytest.raises(Invalid) as refusal:
        grids.read(b"hello", name)
    assert refusal.value.message == safety.NO_WORKBOOK


@pytest.mark.parametrize("name", ["台账.csv", "台账.xls", "台账.ET", " 台账.xlsx ", "台账.txt"])
def test_a_workbook_is_read_as_one_whatever_table_it_is_called(plain, name):
    assert grids.read(plain, name).grids[0].rows == [["Title"], ["走访"]]


@pytest.mark.parametrize("name", ["台账.csv", "台账.TXT"])
def test_text_is_read_under_the_endings_of_text(name):
    assert grids.read("名称,金额\n".encode(), name).grids[0].rows == [["名称", "金额"]]


def test_a_bomb_is_refused_before_it_is_unpacked(plain):
    bomb = changed(plain, xl__worksheets__sheet9_dot_xml=b" " * 228_000_000)
    assert len(bomb) < 700_000
    begun = time.perf_counter()
    with pytest.raises(TooLarge) as refusal:
        grids.read(bomb)
    assert time.perf_counter() - begun < 0.1
    assert refusal.value.message == archives.BOMB


def test_a_high_ratio_alone_is_refused_above_a_small_size(plain):
    with pytest.raises(TooLarge):
        grids.read(changed(plain, xl__media__a_dot_xml=b" " * 3_000_000))
    assert grids.read(changed(plain, xl__media__a_dot_xml=b"<a/>" + b" " * 500_000))


def test_an_entry_that_lies_about_its_size_is_refused(plain):
    content = bytearray(changed(plain, xl__media__a_dot_xml=b"<a>" + b" " * 100_000))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entry = archive.getinfo("xl/media/a.xml")
    at = content.rindex(b"xl/media/a.xml") - 46
    content[at + 24 : at + 28] = (10).to_bytes(4, "little")
    assert entry.file_size == 100_003
    with pytest.raises(Invalid):
        grids.read(bytes(content))


def test_too_many_entries_are_refused(plain):
    many = {f"xl__media__{number}_dot_txt": b"" for number in range(archives.MOST_ENTRIES)}
    with pytest.raises(TooLarge):
        grids.read(changed(plain, **many))


def test_a_sheet_of_too_many_rows_is_refused_before_it_is_parsed(plain):
    rows = b"<sheetData>" + b"<row r='1'></row>" * (safety.MOST_ROWS + 200) + b"</sheetData>"
    with pytest.raises(TooLarge) as refusal:
        safety.check_workbook(changed(plain, xl__worksheets__sheet1_dot_xml=rows))
    assert refusal.value.message == safety.LONG


@pytest.mark.parametrize(
    ("name", "part", "word"),
    [
        ("xl__vbaProject_dot_bin", b"x", "macros"),
        ("xl__externalLinks__externalLink1_dot_xml", b"<a/>", "other files"),
        ("xl__connections_dot_xml", b"<a/>", "other files"),
        ("xl__embeddings__oleObject1_dot_bin", b"x", "embedded"),
        ("xl__evil_dot_xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "declarations"),
        ("xl__wide_dot_xml", "<!DOCTYPE a><a/>".encode("utf-16"), "declarations"),
        ("xl__STYLES_dot_xml", b"<a/>", "damaged"),
    ],
)
def test_what_no_table_needs_is_refused_with_a_word(plain, name, part, word):
    with pytest.raises(Invalid) as refusal:
        grids.read(changed(plain, **{name: part}))
    assert word in refusal.value.message


def test_a_workbook_that_calls_itself_one_with_macros_is_refused(plain):
    with zipfile.ZipFile(io.BytesIO(plain)) as archive:
        types = archive.read("[Content_Types].xml").replace(b"sheet.main", b"sheet.macroEnabled.main")
    with pytest.raises(Invalid, match="macros"):
        grids.read(changed(plain, **{"[Content_Types]_dot_xml": types}))


def test_the_strict_variant_in_which_no_sheet_would_be_found_is_named(plain):
    with zipfile.ZipFile(io.BytesIO(plain)) as archive:
        book = archive.read("xl/workbook.xml").replace(
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        )
    with pytest.raises(Invalid, match="Strict Open XML"):
        grids.read(changed(plain, xl__workbook_dot_xml=book))


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b"PK\x03\x04 and no more", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "damaged"),
        (b"\x00\x01\x02", "neither"),
        (b'a,"b\n', "quotation"),
    ],
)
def test_other_files_are_refused_with_a_word(content, word):
    with pytest.raises(Invalid) as refusal:
        grids.read(content)
    assert word in refusal.value.message


def test_a_zip_of_something_else_is_no_workbook():
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
    with pytest.raises(Invalid, match="no Excel workbook"):
        grids.read(kept.getvalue())


def test_a_workbook_whose_parts_are_no_xml_is_damaged(plain):
    with pytest.raises(Invalid, match="damaged"):
        grids.read(changed(plain, xl__workbook_dot_xml=b"not at all"))


def test_more_bytes_than_a_page_takes_are_refused():
    with pytest.raises(TooLarge):
        grids.read(bytes(safety.MOST_BYTES + 1))


def test_bytes_that_changed_on_the_way_are_damaged():
    content = workbook(*([f"走访 {line}", line * 7919 % 10_007] for line in range(500)))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.getinfo("xl/worksheets/sheet1.xml")
    for place in range(sheet.header_offset + 60, sheet.header_offset + sheet.compress_size, 97):
        spoilt = bytearray(content)
        spoilt[place : place + 8] = bytes(one ^ 0xFF for one in spoilt[place : place + 8])
        with pytest.raises(Invalid, match="damaged"):
            grids.read(bytes(spoilt))
