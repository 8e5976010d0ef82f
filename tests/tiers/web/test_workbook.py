"""A report filled in with a spreadsheet: fetched, given back, checked as what is typed, and sent."""

import base64
from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
from webtest import Upload

from tests.core.excel.conftest import old_workbook
from tests.core.security.town import post
from tests.tiers import chain
from tests.tiers.chain import CAO, SPRING, TOWN, TRAINING, TYPED
from tests.tiers.web.conftest import submit_form, text
from tests.tiers.web.test_form import form, ledger

CODE, FIGURE, UNIT, NOW, BEFORE, WHY = range(1, 7)


def fetched(browser, template=TRAINING, **more):
    """The workbook of a report, and its rows by the code of the figure."""
    answer = browser.get(f"{form(template=template, **more)}/sheet.xlsx")
    book = openpyxl.load_workbook(BytesIO(answer.body))
    return book, {cells[0].value: cells for cells in book.worksheets[0].iter_rows(min_row=2)}


def given(browser, book, template=TRAINING, name="", **more):
    """The answer to a workbook, or to the bytes of a file, that is given back by the form."""
    content, name = book, name or ("报表.csv" if isinstance(book, bytes) else "报表.xlsx")
    if not isinstance(book, bytes):
        kept = BytesIO()
        book.save(kept)
        content = kept.getvalue()
    page = browser.get(form(template=template, **more))
    sheet = next(one for one in page.forms.values() if "file" in one.fields)
    sheet["file"] = Upload(name, content)
    return sheet.submit(expect_errors=True)


class TestTheWorkbook:
    def test_it_holds_every_figure_with_its_unit_and_what_is_computed_is_protected(self, trained, signed_in):
        book, cells = fetched(signed_in("clerk", TOWN))
        sheet = book.worksheets[0]
        assert [one.value for one in sheet[1]] == ["代码", "指标", "单位", "本期", "上期", "说明"]
        assert [one.value for one in cells["T02"][:5]] == ["T02", "培训人次", "人次", 2, None]
        assert sheet.protection.sheet
        assert cells["T02"][NOW - 1].protection.locked
        assert not cells["T02"][WHY - 1].protection.locked

    def test_what_is_typed_is_open(self, typed, signed_in):
        _book, cells = fetched(signed_in("clerk", TOWN), TYPED)
        assert [cells[code][NOW - 1].protection.locked for code in ("X1", "X2", "X3")] == [False] * 3

    def test_a_hidden_sheet_says_what_it_is(self, trained, signed_in):
        book, _cells = fetched(signed_in("clerk", TOWN))
        hidden = book["renda"]
        assert hidden.sheet_state == "hidden"
        said = {line[0].value: line[1].value for line in hidden.iter_rows()}
        assert (said["form"], said["organisation"], said["period"]) == (
            f"report:{TRAINING}",
            TOWN,
            SPRING.code,
        )

    def test_whoever_may_not_fill_in_does_not_get_it(self, trained, signed_in):
        browser = signed_in("leader", TOWN)
        assert browser.get(f"{form()}/sheet.xlsx", expect_errors=True).status_int == 403
        assert "sheet.xlsx" not in browser.get(form()).text


class TestGivenBack:
    def test_it_leads_to_the_page_that_asks_for_confirmation(self, trained, work, signed_in):
        browser = signed_in("clerk", TOWN)
        book, cells = fetched(browser)
        cells["T02"][WHY - 1].value = "本期多办了一期培训班。"
        before = ledger(work)
        confirm = given(browser, book).follow()
        assert "本期多办了一期培训班。" in text(confirm)
        assert ledger(work) == before

    def test_figures_are_read_as_they_are_typed(self, typed, signed_in):
        browser = signed_in("clerk", TOWN)
        book, cells = fetched(browser, TYPED)
        for code, value in (("X1", "约3.5万"), ("X2", 12), ("X3", "下半年补报")):
            cells[code][NOW - 1].value = value
        given(browser, book, TYPED)
        book, cells = fetched(browser, TYPED)
        assert [cells[code][NOW - 1].value for code in ("X1", "X2", "X3")] == ["约35000", 12, "下半年补报"]

    def test_the_second_time_nothing_changes(self, typed, work, signed_in):
        browser = signed_in("clerk", TOWN)
        book, cells = fetched(browser, TYPED)
        cells["X1"][NOW - 1].value = "/"
        given(browser, book, TYPED)
        once = browser.get(form(template=TYPED)).text.replace("\n", "")
        given(browser, book, TYPED)
        assert browser.get(form(template=TYPED)).text.replace("\n", "") == once

    def test_a_table_of_ones_own_will_do_whatever_its_columns_order_and_what_stands_above(
        self, typed, signed_in
    ):
        browser = signed_in("clerk", TOWN)
        table = "曹县某镇统计表,,\n本期,代码,备用\n7,X1,\n,,\n100,合计,\n填表人：张三,审核人：李四,\n"
        assert given(browser, table.encode("gb18030"), TYPED, "表.csv").status_int == 303
        _book, cells = fetched(browser, TYPED)
        assert cells["X1"][NOW - 1].value == 7

    def test_what_is_not_in_the_file_stays_and_what_is_empty_there_goes(self, typed, signed_in):
        browser = signed_in("clerk", TOWN)
        given(browser, "代码,本期\nX1,5\nX2,6\n".encode(), TYPED)
        given(browser, "代码,本期\nX1,\n".encode(), TYPED)
        _book, cells = fetched(browser, TYPED)
        assert [cells[code][NOW - 1].value for code in ("X1", "X2")] == [None, 6]

    def test_what_the_file_leaves_as_it_was_does_not_undo_what_others_entered(self, typed, signed_in):
        browser = signed_in("clerk", TOWN)
        book, cells = fetched(browser, TYPED)
        submit_form(browser.get(form(template=TYPED)), "do=save", **{"value.X1": "5"})
        cells["X2"][NOW - 1].value = 3
        given(browser, book, TYPED)
        _book, cells = fetched(browser, TYPED)
        assert [cells[code][NOW - 1].value for code in ("X1", "X2")] == [5, 3]

    def test_what_both_have_changed_is_asked_about(self, typed, signed_in):
        browser = signed_in("clerk", TOWN)
        book, cells = fetched(browser, TYPED)
        submit_form(browser.get(form(template=TYPED)), "do=save", **{"value.X1": "5"})
        cells["X1"][NOW - 1].value = 6
        page = given(browser, book, TYPED)
        assert "Since the workbook was fetched, 5 was entered here." in text(page)
        assert page.html.find(id="f-value.X1")["value"] == "6"

    def test_records_that_change_meanwhile_do_not_make_it_old(self, trained, work, clock, signed_in):
        browser = signed_in("clerk", TOWN)
        book, cells = fetched(browser)
        with work() as session:
            chain.training(session, TOWN, ["庚"], now=clock())
        cells["T02"][WHY - 1].value = "增加一期"
        assert "增加一期" in text(given(browser, book).follow())

    def test_what_is_in_a_file_of_excel_97_is_read_as_well(self, typed, signed_in):
        browser = signed_in("clerk", TOWN)
        assert given(browser, old_workbook(["代码", "本期"], ["X1", 7]), TYPED, "表.xls").status_int == 303


class TestComputedFigures:
    """What is computed from records is not typed over, and nobody's own count of it is lost in silence."""

    @pytest.mark.parametrize("said", ["2", "2.0", "２", ""])
    def test_the_same_figure_however_it_is_written_is_none_of_ones_own(self, trained, signed_in, said):
        browser = signed_in("clerk", TOWN)
        assert given(browser, f"代码,本期\nT02,{said}\n".encode(), TRAINING, "表.csv").status_int == 303

    @pytest.mark.parametrize("said", ["999", "0", "无", "/", "约2"])
    def test_another_one_is_told_beside_what_the_records_say(self, trained, work, signed_in, said):
        before = ledger(work)
        page = given(signed_in("clerk", TOWN), f"代码,本期\nT02,{said}\n".encode(), TRAINING, "表.csv")
        assert page.status_int == 422
        assert f"The file says {said}, the records say 2. Correct the records, or empty the cell." in text(
            page
        )
        assert "The file says" in page.html.find("tr", id="T02").get_text()
        assert ledger(work) == before

    @pytest.mark.parametrize(
        ("table", "sentence"),
        [
            ("代码,本期\nT02,abc\n", "Write a whole number such as"),
            ("代码,单位,本期\nT02,万人次,2\n", "convert it first"),
        ],
    )
    def test_what_is_no_such_figure_is_told_in_the_usual_words(self, trained, signed_in, table, sentence):
        page = given(signed_in("clerk", TOWN), table.encode(), TRAINING, "表.csv")
        assert page.status_int == 422
        assert sentence in text(page)

    def test_what_somebody_writes_over_it_in_the_workbook_is_marked_there(self, trained, signed_in):
        browser = signed_in("clerk", TOWN)
        book, cells = fetched(browser)
        cells["T02"][NOW - 1].value = 3
        back, _name = TestMarked.marked(given(browser, book))
        rows = {row[0].value: row for row in back.worksheets[0].iter_rows(min_row=2)}
        assert rows["T02"][NOW - 1].comment.text == "文件中为 3，记录计算为 2。请更正记录，或清空该单元格。"

    def test_the_workbook_passes_unchanged_whatever_became_of_the_records(
        self, trained, work, clock, signed_in
    ):
        browser = signed_in("clerk", TOWN)
        book, cells = fetched(browser)
        with work() as session:
            chain.training(session, TOWN, ["庚"], now=clock())
        assert given(browser, book).status_int == 303
        cells["T02"][NOW - 1].value = 3
        assert given(browser, book).status_int == 303
        cells["T02"][NOW - 1].value = 4
        assert "The file says 4, the records say 3." in text(given(browser, book))

    @pytest.mark.parametrize("held", ['{"T02": [1]}', "7", "{"])
    def test_without_what_it_was_then_it_is_what_the_records_say_now(
        self, trained, work, clock, signed_in, held
    ):
        browser = signed_in("clerk", TOWN)
        book, _cells = fetched(browser)
        book["renda"]["B6"].value = held
        assert given(browser, book).status_int == 303
        with work() as session:
            chain.training(session, TOWN, ["庚"], now=clock())
        assert "The file says 2, the records say 3." in text(given(browser, book))


class TestRefused:
    def test_wrong_cells_are_told_beside_them_with_what_the_file_said_and_nothing_is_kept(
        self, typed, signed_in
    ):
        browser = signed_in("clerk", TOWN)
        book, cells = fetched(browser, TYPED)
        cells["X1"][NOW - 1].value = "很多"
        cells["X2"][NOW - 1].value = 3
        page = given(browser, book, TYPED)
        assert page.status_int == 422
        assert page.html.find(id="f-value.X1")["value"] == "很多"
        assert page.html.find(id="f-value.X1-error")
        _book, cells = fetched(browser, TYPED)
        assert cells["X2"][NOW - 1].value is None

    def test_what_is_corrected_on_the_page_is_kept(self, typed, signed_in):
        browser = signed_in("clerk", TOWN)
        page = given(browser, "代码,本期\nX1,很多\n".encode(), TYPED)
        submit_form(page, "do=save", **{"value.X1": "12", "why.X1": "已核对"})
        _book, cells = fetched(browser, TYPED)
        assert [cells["X1"][NOW - 1].value, cells["X1"][WHY - 1].value] == [12, "已核对"]

    @pytest.mark.parametrize(
        "table",
        ["代码,单位,本期\nX1,万元,5\n", "代码,本期（万元）\nX1,5\n", "单位：万元,\n代码,本期\nX1,5\n"],
    )
    def test_another_unit_is_not_converted(self, work, people, signed_in, table):
        with work() as session:
            chain.typed_template(session, chain.typed_line("X1", unit="元"), now=chain.FOUNDED)
        page = given(signed_in("clerk", TOWN), table.encode(), TYPED)
        assert page.status_int == 422
        assert "convert it first" in text(page)

    @pytest.mark.parametrize("held", ['{"X1": [1]}', "[" * 30_000, "7", "{", '{"X1": {"a": 1}}'])
    def test_what_somebody_wrote_into_the_hidden_sheet_does_no_harm(self, typed, signed_in, held):
        browser = signed_in("clerk", TOWN)
        book, cells = fetched(browser, TYPED)
        book["renda"]["B5"].value = held
        cells["X1"][NOW - 1].value = 5
        assert given(browser, book, TYPED).status_int in {303, 422}

    def test_a_workbook_of_an_earlier_version_is_refused(self, trained, signed_in):
        browser = signed_in("clerk", TOWN)
        book, _cells = fetched(browser)
        book["renda"]["B2"].value = "000000000000"
        assert "earlier version" in text(given(browser, book))

    def test_a_period_that_is_locked_is_told_before_the_file_is_read(self, typed, clock, signed_in):
        clock.now += timedelta(days=60)
        browser = signed_in("clerk", TOWN)
        page = post(
            browser, f"{form(template=TYPED)}/filled", {"file": Upload("表.csv", b"nothing")}, status=409
        )
        assert "locked" in text(page)
        assert "Choose" not in text(page)

    @pytest.mark.parametrize(
        ("table", "said"),
        [
            ("代码,本期\nX1,5\nX1,6\n", "stands twice"),
            ("代码,本期\nX9,5\nX8,6\n", "The report has no figures X9、X8."),
            ("代码,本期\n,\n", "names no figure"),
            ("名称,数\nX1,5\n", "no columns"),
        ],
    )
    def test_what_the_report_has_no_place_for_is_told(self, typed, signed_in, table, said):
        page = given(signed_in("clerk", TOWN), table.encode(), TYPED)
        assert page.status_int == 422
        assert said in text(page)

    @pytest.mark.parametrize("column", [CODE, NOW, WHY])
    def test_a_formula_is_no_figure_and_no_code(self, typed, signed_in, column):
        browser = signed_in("clerk", TOWN)
        book, cells = fetched(browser, TYPED)
        cells["X1"][column - 1].value = '="X1"'
        page = given(browser, book, TYPED)
        assert page.status_int == 422
        assert "Paste it as a value" in text(page)
        assert "Odd" not in page.text

    def test_a_formula_where_nobody_reads_is_nothing_to_us(self, typed, signed_in):
        browser = signed_in("clerk", TOWN)
        book, cells = fetched(browser, TYPED)
        cells["X1"][BEFORE - 1].value = "=1+1"
        assert given(browser, book, TYPED).status_int == 303

    @pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no archive", b"\xff\xfe\x00"])
    def test_what_is_no_table_is_refused(self, typed, signed_in, content):
        page = given(signed_in("clerk", TOWN), content, TYPED)
        assert page.status_int in {413, 422}
        assert page.html.find(id="f-file-error")

    @pytest.mark.parametrize(
        ("name", "said"), [("报表.xlsx", "no Excel workbook"), ("a.exe", ".xlsx .xls .et")]
    )
    def test_what_is_called_otherwise_than_it_is_is_refused(self, typed, signed_in, name, said):
        page = given(signed_in("clerk", TOWN), "代码,本期\nX1,5\n".encode(), TYPED, name)
        assert page.status_int == 422
        assert said in page.html.find(id="f-file-error").get_text()

    def test_no_file_is_told(self, typed, signed_in):
        browser = signed_in("clerk", TOWN)
        page = browser.get(form(template=TYPED))
        sheet = next(one for one in page.forms.values() if "file" in one.fields)
        assert "Choose a file." in text(sheet.submit(expect_errors=True))

    def test_the_workbook_of_another_report_body_or_period_is_refused(self, trained, signed_in):
        elsewhere, _cells = fetched(signed_in("clerk", CAO), organisation=CAO)
        browser = signed_in("clerk", TOWN)
        book, _cells = fetched(browser)
        book["renda"]["B1"].value = "report:another"
        assert "another report" in text(given(browser, book))
        assert f"another organisation ({CAO})" in text(given(browser, elsewhere))
        earlier = fetched(browser, period=SPRING.previous().code)[0]
        assert "another period" in text(given(browser, earlier))


class TestMarked:
    """A refused file comes back with its faulty cells marked, and nothing of it is kept."""

    @staticmethod
    def marked(answer):
        link = answer.html.find("a", string="Download the marked file")
        kind, _comma, data = link["href"].partition(",")
        assert kind.endswith("spreadsheetml.sheet;base64")
        return openpyxl.load_workbook(BytesIO(base64.b64decode(data))), link["download"]

    def test_the_same_workbook_says_beside_each_figure_what_is_wrong(self, typed, signed_in):
        browser = signed_in("clerk", TOWN)
        book, cells = fetched(browser, TYPED)
        cells["X1"][NOW - 1].value = "很多"
        cells["X2"][NOW - 1].value = 3
        refused = given(browser, book, TYPED)
        assert refused.status_int == 422
        back, name = self.marked(refused)
        assert name == "报表-待更正.xlsx"
        rows = {row[0].value: row for row in back.worksheets[0].iter_rows(min_row=2)}
        assert rows["X1"][NOW - 1].fill.fgColor.rgb == "FFFFC7CE"
        assert rows["X1"][NOW - 1].comment.text == rows["X1"][WHY].value
        assert (rows["X2"][NOW - 1].comment, rows["X2"][WHY].value) == (None, None)

    def test_corrected_it_is_taken_and_marked_no_more(self, typed, signed_in):
        browser = signed_in("clerk", TOWN)
        book, cells = fetched(browser, TYPED)
        cells["X1"][NOW - 1].value = "很多"
        back, _name = self.marked(given(browser, book, TYPED))
        rows = {row[0].value: row for row in back.worksheets[0].iter_rows(min_row=2)}
        rows["X1"][NOW - 1].value = 7
        rows["X2"][NOW - 1].value = "很多"
        again, _name = self.marked(given(browser, back, TYPED))
        rows = {row[0].value: row for row in again.worksheets[0].iter_rows(min_row=2)}
        assert (rows["X1"][NOW - 1].comment, rows["X1"][WHY].value) == (None, None)
        rows["X2"][NOW - 1].value = 8
        assert given(browser, again, TYPED).status_int == 303
        _book, cells = fetched(browser, TYPED)
        assert [cells[code][NOW - 1].value for code in ("X1", "X2")] == [7, 8]

    def test_a_table_without_the_column_and_an_unknown_code_are_marked_too(self, typed, signed_in):
        browser = signed_in("clerk", TOWN)
        table = "统计表,\n代码,本期\nX1,7\nX1,8\nX9,1\n".encode("gb18030")
        refused = given(browser, table, TYPED, "表.csv")
        back, name = self.marked(refused)
        rows = list(back.worksheets[0].iter_rows(values_only=True))
        assert name == "表-待更正.xlsx"
        assert [row[2] for row in rows] == [
            None,
            "需要更正之处",
            None,
            "该指标在文件中出现了两次。",
            "本报表没有这个代码的指标。",
        ]

    def test_what_is_refused_as_a_whole_is_not_marked(self, typed, signed_in):
        refused = given(signed_in("clerk", TOWN), b"PK\x03\x04 nothing", TYPED)
        assert refused.status_int == 422
        assert refused.html.find("a", string="Download the marked file") is None
