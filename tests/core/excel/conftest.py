"""The probe module's node, and files as people make them."""

import sqlite3
from datetime import date
from io import BytesIO

import openpyxl
import pytest
import xlwt

from renda.excel import grids, uploads
from tests.core.records.conftest import (  # noqa: F401 - fixtures
    COUNTY,
    NOW,
    assembled,
    database_url,
    people,
    sign_in,
    stored_visit,
    visit,
)
from tests.core.records.probe import VISITS

HEADER = ["Title", "Kind", "Starts on", "Budget"]


def workbook(*rows, title="Sheet1", **formats) -> bytes:
    """An .xlsx file with these rows; `formats` are number formats by the letter of a column."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for letter, style in formats.items():
        for cell in sheet[letter]:
            cell.number_format = style
    return saved(book)


def saved(book) -> bytes:
    kept = BytesIO()
    book.save(kept)
    return kept.getvalue()


def opened(content: bytes):
    return openpyxl.load_workbook(BytesIO(content))


@pytest.fixture
def examine(db, registry, people):  # noqa: F811 - the fixture
    """Judges a file of the county's visits."""

    def judge(content: bytes, mapping=None, answers=None):
        return uploads.examine(
            db, registry, VISITS, COUNTY, content, now=NOW, mapping=mapping, answers=answers
        )

    return judge


def old_workbook(*rows, title="Sheet1") -> bytes:
    """An .xls file with these rows, as Excel 97 and WPS write it."""
    book = xlwt.Workbook()
    _filled(book.add_sheet(title), rows)
    return saved(book)


def _filled(sheet, rows):
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for line, row in enumerate(rows):
        for column, value in enumerate(row):
            if value is not None:
                sheet.write(line, column, value, *([day] if isinstance(value, date) else []))


@pytest.fixture
def reads(registry, monkeypatch):
    """Counts how often a file is read; each time somebody else writes, which fails at once if one must wait."""
    url = registry.engine.url
    if url.get_backend_name() != "sqlite":
        pytest.skip("PostgreSQL has many writers")
    found, read = [], grids.read

    def watched(content: bytes, name: str = ""):
        with sqlite3.connect(url.database, timeout=0, isolation_level=None) as other:
            other.execute("BEGIN IMMEDIATE")
            other.execute("ROLLBACK")
        other.close()
        found.append(len(content))
        return read(content, name)

    monkeypatch.setattr(grids, "read", watched)
    return found
