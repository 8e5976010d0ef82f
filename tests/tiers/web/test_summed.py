"""Totals leave as a workbook: what the page shows, and beside it what each body below has said."""

from io import BytesIO

import openpyxl
import pytest

from tests.tiers.chain import CAO, CITY, SHAN, TOWN

TOTALS = f"/o/{CITY}/m/tiers/rollup?template=training-bimonth&period=2026-b2"


@pytest.fixture
def book(reported, signed_in):
    sent = signed_in("leader", CITY).get(TOTALS).click("Export to Excel")
    return openpyxl.load_workbook(BytesIO(sent.body))


def rows(sheet):
    return list(sheet.iter_rows(min_row=4, values_only=True))


def test_it_says_what_it_is(book):
    sheet = book["Totals"]
    assert sheet["A1"].value == "菏泽市 Bimonthly report on training Months 3–4 of 2026"
    assert sheet["A2"].value == "Latest reports · Printed 2026-05-06 09:00"


def test_numbers_are_numbers_with_their_coverage_beside_them(book):
    header, *found = rows(book["Totals"])
    assert header[3:] == (
        "This period",
        "Last period",
        "Reports owed",
        "Reports counted",
        "Missing",
        "Late",
        "Not endorsed",
    )
    said = {row[0]: row for row in found}
    assert said["T02"] == ("T02", "Person-times trained", "person_time", 2, None, 6, 1, 5, 1, 1)


def test_a_rate_is_a_fraction_that_is_shown_in_percent(book):
    cells = {row[0].value: row for row in book["Totals"].iter_rows(min_row=5)}
    (rate,) = [row[3] for code, row in cells.items() if row[3].number_format == "0.00%"]
    assert rate.value == pytest.approx(2 / 3, abs=0.0001)


def test_each_body_has_a_row_and_the_last_is_the_page_s_total(book):
    header, *bodies, last = rows(book["By organisation"])
    assert header[0] == "Organisation"
    assert [row[0] for row in bodies] == ["菏泽市 itself", "曹县", "单县"]
    place = next(at for at, title in enumerate(header) if title.startswith("Person-times trained"))
    assert [row[place] for row in bodies] == [None, 2, None]
    assert (last[0], last[place]) == ("All together", 2)


def test_a_reader_sees_their_own_part_of_the_tree_alone(reported, signed_in):
    browser = signed_in("leader", CAO)
    sent = browser.get(TOTALS.replace(CITY, CAO).replace("rollup?", "rollup/totals.xlsx?"))
    names = [row[0] for row in rows(openpyxl.load_workbook(BytesIO(sent.body))["By organisation"])]
    assert "单县" not in names
    browser.get(
        f"{TOTALS.replace(CITY, CAO).replace('rollup?', 'rollup/totals.xlsx?')}&at={SHAN}", status=404
    )
    signed_in("leader", TOWN).get(TOTALS.replace("rollup?", "rollup/totals.xlsx?"), status=404)
