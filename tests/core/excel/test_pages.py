"""From the button on the register to its records, through the pages."""

import json
from io import BytesIO

import pytest
from sqlalchemy import func, select
from webtest import Upload as Sent

from renda.excel import preview, uploads
from renda.excel.models import Upload
from renda.records import engine
from renda.security.models import AuditEntry
from tests.core.excel.conftest import COUNTY, HEADER, NOW, old_workbook, opened, workbook
from tests.core.records.probe import VISITS, Visit
from tests.core.tasks.support import run_tasks

BASE = f"/o/{COUNTY}/r/probe_visit"
GOOD, OTHER = ["走访", "Village", "2026年5月6日", "3.5万"], ["座谈", "School", 46148, None]
HEADER_FIELDS = ("title", "kind", "starts_on", "budget")
BAD = ["", "town", "2026", None]


@pytest.fixture
def clerk(sign_in):
    return sign_in("clerk")


def give(app, content: bytes, name="台账.xlsx", status=303):
    form = form_of(app.get(f"{BASE}/import"), f"{BASE}/import")
    form["file"] = Sent(name, content)
    answer = form.submit(status=status)
    return answer.follow() if status == 303 else answer


def form_of(page, action, **wanted):
    return next(
        form for form in page.forms.values() if form.action == action and wanted.get("id", form.id) == form.id
    )


def confirmation(page):
    return page.forms["confirm"]


def count(work, model=Visit) -> int:
    with work() as session:
        return session.scalar(select(func.count()).select_from(model))


def numbers(page) -> dict[str, int]:
    return {
        item.text.split()[0]: int(item.select_one("b").text.replace(",", ""))
        for item in page.html.select("#counts li")
    }


class TestButtons:
    def test_who_may_write_finds_template_and_import(self, sign_in, people):
        links = [link["href"] for link in sign_in("clerk").get(BASE).html.select(".actions a")]
        assert {f"{BASE}/template.xlsx", f"{BASE}/import"} <= set(links)
        links = [link["href"] for link in sign_in("auditor").get(BASE).html.select(".actions a")]
        assert [link for link in links if "arrange" not in link] == []

    @pytest.mark.parametrize("page", ["template.xlsx", "records.xlsx", "import"])
    def test_others_are_refused(self, sign_in, people, page):
        sign_in("auditor").get(f"{BASE}/{page}", status=403)

    def test_parts_have_no_files(self, clerk):
        clerk.get(f"/o/{COUNTY}/r/probe_stop/import", status=409)
        clerk.get(f"/o/{COUNTY}/r/probe_stop/template.xlsx", status=409)

    def test_the_template_is_downloaded(self, clerk):
        answer = clerk.get(f"{BASE}/template.xlsx")
        assert "probe_visit.xlsx" in answer.headers["Content-Disposition"]
        assert opened(answer.body).worksheets[0]["A1"].value == "Title*"

    def test_all_records_leave_with_an_audit_row(self, clerk, work, stored_visit):
        answer = clerk.get(f"{BASE}/records.xlsx")
        assert opened(answer.body).worksheets[0]["A2"].value == "走访孙老家镇"
        with work() as session:
            entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "record.export")).one()
        assert json.loads(entry.detail)["rows"] == 1


class TestGiving:
    def test_without_a_file_the_form_says_so(self, clerk):
        page = form_of(clerk.get(f"{BASE}/import"), f"{BASE}/import").submit(status=422)
        assert page.html.select_one("#f-file-error")

    @pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x00\x01", b"\xd0\xcf\x11\xe0"])
    def test_a_file_that_is_refused_is_not_kept(self, clerk, work, content):
        page = give(clerk, content, status=422)
        assert page.html.select_one("#f-file-error")
        assert count(work, Upload) == 0

    @pytest.mark.parametrize("name", ["a.exe", "x.xlsx"])
    def test_text_under_another_name_is_not_kept(self, clerk, work, name):
        page = give(clerk, b"hello", name, status=422)
        assert page.html.select_one("#f-file-error")
        assert count(work, Upload) == 0
        assert page.html.select_one("#f-file")["accept"] == ".xlsx,.xls,.et,.csv,.txt"

    def test_a_large_file_passes_the_limit_of_forms(self, clerk):
        rows = "".join(f"{number},village,2026-05-06,{'字' * 300}\n" for number in range(1500))
        page = give(clerk, f"Title,Kind,Starts on,Notes\n{rows}".encode(), "a.csv")
        assert numbers(page)["New"] == 1500
        assert "1300 more rows" in page.text


class TestPreview:
    def test_rows_are_counted_and_listed_and_nothing_is_written(self, clerk, work):
        page = give(clerk, workbook(HEADER, GOOD, OTHER, BAD))
        assert numbers(page) == {"Faulty": 1, "Changed": 0, "New": 2, "Unchanged": 0}
        rows = [row.text for row in page.html.select("#rows tbody tr")]
        assert "Title：Fill this in." in rows[0]
        assert "走访" in rows[1]
        assert "35,000" in rows[1]
        assert count(work) == 0

    def test_confirmed_good_rows_are_written_once(self, clerk, work, people):
        page = give(clerk, workbook(HEADER, GOOD, OTHER, BAD))
        form = confirmation(page)
        done = form.submit("do", value="confirm").follow()
        assert "2 records were made or changed." in done.text
        with work() as session:
            rows = session.scalars(select(Visit).order_by(Visit.id)).all()
            assert [(row.title, row.kind, row.budget) for row in rows] == [
                ("走访", "village", 35000),
                ("座谈", "school", None),
            ]
            assert {row.author for row in rows} == {people.clerk}
            actions = session.scalars(select(AuditEntry.action)).all()
            assert actions.count("record.create") == 2
            assert actions.count("record.import") == 1
        form.submit("do", value="confirm", status=409)
        again = give(clerk, workbook(HEADER, GOOD, OTHER, BAD))
        assert numbers(again) == {"Faulty": 1, "Changed": 0, "New": 0, "Unchanged": 2}
        assert "nothing to save" in again.text

    def test_records_come_back_changed(self, clerk, work, stored_visit):
        book = opened(clerk.get(f"{BASE}/records.xlsx").body)
        book.worksheets[0]["A2"] = "改了"
        kept = BytesIO()
        book.save(kept)
        page = give(clerk, kept.getvalue())
        assert numbers(page)["Changed"] == 1
        assert "Title：走访孙老家镇 → 改了" in page.text
        confirmation(page).submit("do", value="confirm")
        with work() as session:
            assert session.get(Visit, stored_visit).title == "改了"

    def test_what_changed_since_it_was_shown_is_shown_again(self, clerk, work, stored_visit):
        content = workbook([*HEADER, "renda-id"], [*GOOD, str(stored_visit)])
        page = give(clerk, content)
        with work() as session:
            row = session.get(Visit, stored_visit)
            engine.update(session, VISITS, row, {"title": "别人的"}, lock=row.lock, now=NOW, actor=None)
        again = confirmation(page).submit("do", value="confirm", status=409)
        assert "changed meanwhile" in again.text
        assert "别人的 → 走访" in again.text
        confirmation(again).submit("do", value="confirm", status=303)

    def test_a_row_that_is_refused_at_the_end_leaves_nothing(self, clerk, work, monkeypatch):
        page = give(clerk, workbook(HEADER, GOOD, OTHER))
        create_many = engine.create_many

        def refuse_the_second(session, kind, organisation, several, **more):
            if any(values["title"] == "座谈" for values in several):
                raise engine.Conflict("Not this one.")
            create_many(session, kind, organisation, several, **more)

        monkeypatch.setattr(engine, "create_many", refuse_the_second)
        again = confirmation(page).submit("do", value="confirm", status=409)
        assert "Row 3: Not this one." in again.text
        assert numbers(again)["New"] == 2
        assert count(work) == 0

    def test_of_changes_that_are_refused_at_the_end_the_row_is_told_too(
        self, clerk, work, stored_visit, monkeypatch
    ):
        page = give(clerk, workbook([*HEADER, "renda-id"], [*OTHER, str(stored_visit)]))

        def refuse(*_several, **_more):
            raise engine.Conflict("Not this one.")

        monkeypatch.setattr(engine, "update_many", refuse)
        again = confirmation(page).submit("do", value="confirm", status=409)
        assert "Row 2: Not this one." in again.text
        with work() as session:
            assert session.get(Visit, stored_visit).lock == 1

    def test_columns_are_corrected(self, clerk, work):
        page = give(clerk, "甲,乙,丙\n走访,village,2026.5.6\n".encode("gb18030"), "a.csv")
        assert "No column of the file" in page.text
        assert page.html.select_one("#columns-form[data-guard]")
        form = page.forms["columns-form"]
        form["column.0"], form["column.1"], form["column.2"] = "title", "kind", "starts_on"
        page = form.submit("do", value="map").follow()
        assert numbers(page)["New"] == 1
        confirmation(page).submit("do", value="confirm", status=303)
        assert count(work) == 1

    def test_two_columns_are_not_one_field(self, clerk, work):
        page = give(clerk, workbook(HEADER, GOOD))
        form = page.forms["columns-form"]
        form["column.0"], form["column.1"] = "title", "title"
        again = form.submit("do", value="map", status=422)
        assert "Two columns are said to be Title." in again.text
        assert numbers(clerk.get(page.request.path))["New"] == 1
        assert count(work) == 0

    def test_of_two_columns_of_one_heading_the_second_is_said_to_be_left_out(self, clerk, work):
        content = workbook(["Title", "Kind", "Starts on", "Title"], [*GOOD[:3], "别名"])
        page = give(clerk, content)
        assert "Column D, “Title”, is left out, since column A is taken for “Title”." in page.text
        form = page.forms["columns-form"]
        form["column.0"], form["column.3"] = "", "title"
        page = form.submit("do", value="map", status=303).follow()
        assert not page.html.select(".doubled")
        confirmation(page).submit("do", value="confirm", status=303)
        with work() as session:
            assert session.scalars(select(Visit.title)).all() == ["别名"]

    def test_the_marked_file_says_what_is_wrong(self, clerk):
        page = give(clerk, workbook(HEADER, GOOD, BAD))
        answer = page.click("Download the marked file")
        sheet = opened(answer.body).active
        assert sheet["B3"].comment.text
        assert "Title：Fill this in." in sheet["E3"].value
        clean = give(clerk, workbook(HEADER, GOOD))
        clerk.get(f"{clean.request.path}/marked.xlsx", status=404)

    def test_the_marked_file_of_an_xls_is_an_xlsx_and_says_so(self, clerk):
        page = give(clerk, old_workbook(HEADER, GOOD, BAD), "台账.xls")
        assert numbers(page) == {"Faulty": 1, "Changed": 0, "New": 1, "Unchanged": 0}
        assert "The marked file is an .xlsx workbook" in page.text
        answer = page.click("Download the marked file")
        assert opened(answer.body).active["E3"].value
        assert "xls-" not in answer.headers["Content-Disposition"]
        assert "marked file is" not in give(clerk, workbook(HEADER, BAD)).text

    def test_a_file_is_withdrawn(self, clerk, work):
        page = give(clerk, workbook(HEADER, GOOD))
        confirmation(page).submit("do", value="discard", status=303)
        assert count(work, Upload) == 0

    def test_a_file_is_its_giver_s_and_lasts_a_day(self, sign_in, work, people, clock, registry):
        page = give(sign_in("clerk"), workbook(HEADER, GOOD))
        path = page.request.path
        with work() as session:
            session.scalars(select(Upload)).one().account = people.leader
        sign_in("clerk").get(path, status=404)
        with work() as session:
            session.scalars(select(Upload)).one().account = people.clerk
        sign_in("clerk").get(path)
        sign_in("clerk").get(f"{BASE}/import/1", status=404)
        clock.forward(days=1)
        run_tasks(registry, uploads.FORGET)
        assert count(work, Upload) == 0
        run_tasks(registry, uploads.FORGET)

    def test_of_many_files_the_newest_are_kept(self, clerk, work, monkeypatch):
        monkeypatch.setattr(uploads, "MOST_KEPT", 2)
        for name in ("a.csv", "b.csv", "c.csv"):
            give(clerk, b"Title,Kind,Starts on\n", name)
        with work() as session:
            assert sorted(session.scalars(select(Upload.name))) == ["b.csv", "c.csv"]


class TestQuestions:
    """What a file says twice, or says otherwise than a record, is entered once somebody has said what it is."""

    NEARLY = (*GOOD[:3], "4万")

    @pytest.fixture
    def entered(self, clerk):
        confirmation(give(clerk, workbook(HEADER, GOOD, OTHER))).submit("do", value="confirm", status=303)

    @staticmethod
    def answered(page, do="answer", **said):
        form = confirmation(page)
        for name, value in said.items():
            form[name.replace("_", ".")] = value
        return form.submit("do", value=do, status=303).follow()

    def test_a_changed_row_is_shown_with_its_record_and_what_differs(self, clerk, work, entered):
        page = give(clerk, workbook(HEADER, self.NEARLY, OTHER))
        assert numbers(page) == {"Faulty": 0, "Undecided": 1, "Changed": 0, "New": 0, "Unchanged": 1}
        (row,) = page.html.select("#alike-rows tbody tr")
        assert [cell.text for cell in row.select("th, td")][:3] == ["2", "走访", "Budget：35,000 → 40,000"]
        assert clerk.get(row.a["href"]).status_int == 200
        assert [option.text for option in row.select("option")] == [
            "Leave out",
            "A change of that record",
            "A new record",
        ]
        assert "1 rows are left out until you have said what they are." in page.text
        assert "nothing to save" not in page.text

    def test_answered_as_a_change_it_changes_the_record(self, clerk, work, entered):
        page = give(clerk, workbook(HEADER, self.NEARLY, OTHER))
        choice = confirmation(page)["answer.2"]
        page = self.answered(page, answer_2=choice.options[1][0])
        assert numbers(page) == {"Faulty": 0, "Changed": 1, "New": 0, "Unchanged": 1}
        assert confirmation(page)["answer.2"].value == choice.options[1][0]
        confirmation(page).submit("do", value="confirm", status=303)
        assert count(work) == 2
        assert numbers(give(clerk, workbook(HEADER, self.NEARLY, OTHER)))["Unchanged"] == 2

    def test_answered_as_a_new_record_it_makes_one(self, clerk, work, entered):
        page = self.answered(give(clerk, workbook(HEADER, self.NEARLY, OTHER)), answer_2="new")
        assert numbers(page)["New"] == 1
        confirmation(page).submit("do", value="confirm", status=303)
        assert count(work) == 3

    def test_an_answer_is_taken_back(self, clerk, entered):
        page = self.answered(give(clerk, workbook(HEADER, self.NEARLY)), answer_2="new")
        page = self.answered(page, answer_2="")
        assert numbers(page)["Undecided"] == 1

    def test_what_was_answered_is_shown_before_it_is_confirmed(self, clerk, work, entered):
        page = give(clerk, workbook(HEADER, self.NEARLY, ["新的", *OTHER[1:3], 9]))
        form = confirmation(page)
        form["answer.2"] = "new"
        page = form.submit("do", value="confirm", status=303).follow()
        assert "nothing is saved yet" in page.html.select_one(".flashes").text
        assert numbers(page)["New"] == 2
        assert count(work) == 2
        confirmation(page).submit("do", value="confirm", status=303)
        assert count(work) == 4

    def test_what_is_not_answered_is_left_out(self, clerk, work, entered):
        page = give(clerk, workbook(HEADER, self.NEARLY, ["新的", *OTHER[1:3], 9]))
        done = confirmation(page).submit("do", value="confirm").follow()
        assert "1 records were made or changed." in done.text
        assert not done.html.select("#alike")
        with work() as session:
            assert sorted(session.scalars(select(Visit.title))) == ["座谈", "新的", "走访"]
            entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "record.import")).all()[-1]
        assert json.loads(entry.detail)["left_out"] == 1

    @pytest.mark.parametrize(("do", "state"), [("alike.change", "Changed"), ("alike.new", "New")])
    def test_all_are_answered_at_once(self, clerk, monkeypatch, entered, do, state):
        monkeypatch.setattr(preview, "MOST_SHOWN", 1)
        page = give(clerk, workbook(HEADER, self.NEARLY, [*OTHER[:3], 9], self.NEARLY))
        assert "1 more rows are not listed." in page.html.select_one("#alike").text
        page = self.answered(page, do)
        assert numbers(page)[state] == 2

    def test_equal_rows_are_told_and_entered_where_somebody_says_so(self, clerk, work):
        page = give(clerk, workbook(HEADER, GOOD, OTHER, GOOD))
        assert numbers(page) == {"Faulty": 0, "Undecided": 1, "Changed": 0, "New": 2, "Unchanged": 0}
        assert "It equals row 2." in page.html.select_one("#twins-rows").text
        assert "It equals row 2." in page.html.select_one("#rows").text
        page = self.answered(page, "twins.new")
        assert numbers(page)["New"] == 3
        confirmation(page).submit("do", value="confirm", status=303)
        assert count(work) == 3

    def test_what_was_not_shown_is_not_confirmed(self, clerk, work, entered):
        page = give(clerk, workbook(HEADER, self.NEARLY))
        form = confirmation(self.answered(page, "alike.change"))
        self.answered(page, "alike.new")
        page = form.submit("do", value="confirm", status=303).follow()
        assert numbers(page)["Changed"] == 1
        assert count(work) == 2

    def test_other_columns_are_other_questions(self, clerk, entered):
        page = self.answered(give(clerk, workbook(HEADER, self.NEARLY)), "alike.new")
        form = page.forms["columns-form"]
        page = form.submit("do", value="map", status=303).follow()
        assert numbers(page)["Undecided"] == 1

    def test_answers_are_those_of_a_file_that_is_open(self, clerk, entered):
        page = give(clerk, workbook(HEADER, self.NEARLY, ["新的", *OTHER[1:3], 9]))
        form = confirmation(page)
        confirmation(page).submit("do", value="confirm", status=303)
        for do in ("answer", "alike.new"):
            form.submit("do", value=do, status=409)

    def test_many_rows_are_written_as_they_were_answered_for(
        self, clerk, work, registry, monkeypatch, entered
    ):
        monkeypatch.setattr(uploads, "MOST_AT_ONCE", 0)
        page = give(clerk, workbook(HEADER, self.NEARLY, OTHER, OTHER))
        page = self.answered(page, "alike.change")
        page = self.answered(page, "twins.new")
        confirmation(page).submit("do", value="confirm", status=303)
        run_tasks(registry, uploads.WRITE)
        with work() as session:
            assert sorted(session.scalars(select(Visit.budget).where(Visit.title == "走访"))) == [40000]
        assert count(work) == 3


class TestBackground:
    @pytest.fixture
    def waiting(self, clerk, monkeypatch):
        """The page of a confirmed file that is too long to be written at once."""
        monkeypatch.setattr(uploads, "MOST_AT_ONCE", 1)
        page = give(clerk, workbook(HEADER, GOOD, OTHER))
        return confirmation(page).submit("do", value="confirm").follow()

    def test_many_rows_are_written_by_a_worker(self, clerk, work, registry, people, waiting):
        assert "background" in waiting.html.select_one("#progress").text
        assert count(work) == 0
        run_tasks(registry, uploads.WRITE)
        page = clerk.get(waiting.request.path)
        assert "2 records were made or changed." in page.text
        assert count(work) == 2
        with work() as session:
            assert set(session.scalars(select(Visit.author))) == {people.clerk}

    def test_what_changed_meanwhile_is_not_written(self, clerk, work, registry, waiting):
        with work() as session:
            values = dict(zip(HEADER_FIELDS, ["走访", "village", "2026-5-6", 35000], strict=True))
            engine.create(session, VISITS, COUNTY, values, now=NOW, author=None)
        run_tasks(registry, uploads.WRITE)
        page = clerk.get(waiting.request.path)
        assert "Nothing was saved." in page.text
        assert "changed meanwhile" in page.text
        assert count(work) == 1

    def test_a_row_that_is_refused_leaves_nothing(self, clerk, work, registry, waiting, monkeypatch):
        def refuse(*_arguments, **_more):
            raise engine.Conflict("Not this one.")

        monkeypatch.setattr(engine, "create_many", refuse)
        run_tasks(registry, uploads.WRITE)
        assert "Row 2: Not this one." in clerk.get(waiting.request.path).text

    def test_a_waiting_file_is_not_withdrawn(self, clerk, work, waiting, app):
        token = clerk.get(f"{BASE}/import").html.select_one("input[name=csrf_token]")["value"]
        clerk.post(waiting.request.path, {"do": "discard", "csrf_token": token}, status=409)

    def test_work_that_is_done_is_not_done_again(self, work, registry, waiting):
        run_tasks(registry, uploads.WRITE)
        with work() as session:
            row = session.scalars(select(Upload)).one()
            uploads.enqueue(session, uploads.WRITE, row.id, now=NOW)
        run_tasks(registry, uploads.WRITE)
        assert count(work) == 2
