"""Files of a record: added, had by those who may, removed, put back, and erased in the end."""

import re
import uuid
from urllib.parse import quote

import pytest
from sqlalchemy import delete, func, select
from webtest import Upload

from renda import backup
from renda.app import Node
from renda.database import everything, scope_to
from renda.errors import Invalid, NotFound
from renda.files import store
from renda.files.store import StoredFile
from renda.records import attaching, attachments, engine, sound, tasks
from renda.records.attachments import Attachment
from renda.security import sessions
from renda.security.models import Account, AuditEntry, Grant
from tests.core.files.samples import HTML, PDF, PNG, archive, docx
from tests.core.records.conftest import COUNTY, NEIGHBOUR, NOW, TOWNSHIP, VALUES
from tests.core.records.probe import STOPS, VISITS, Stop

BASE = f"/o/{COUNTY}/r/probe_visit"


def rows(work) -> list[Attachment]:
    with work() as session:
        found = session.scalars(select(Attachment).order_by(Attachment.added_at, Attachment.name)).all()
        session.expunge_all()
        return list(found)


def sweep(work, registry):
    """The daily task."""
    with work() as session:
        tasks.erase_attachments(registry, session, registry.clock())


def stored(work) -> list[bytes]:
    with work() as session:
        return list(session.scalars(select(StoredFile.content).order_by(StoredFile.digest)))


@pytest.fixture
def here(stored_visit) -> str:
    return f"{BASE}/{stored_visit}"


@pytest.fixture
def send(sign_in, here):
    """`send(("a.pdf", PDF), …)` adds files to the visit as its clerk does, with the form of its page."""

    def give(*files, role="clerk", status=303):
        app = sign_in(role)
        form = next(one for one in app.get(here).forms.values() if "file" in one.fields)
        # The form of a browser has one control for all of them.
        sent = [("file", name, content) for name, content in files]
        said = {"csrf_token": form["csrf_token"].value, "do": "add"}
        return app.post(f"{here}/files", said, upload_files=sent, status=status)

    return give


@pytest.fixture
def given(send, work):
    send(("通知.pdf", PDF), ("现场.png", PNG), ("方案.docx", docx()))
    return {row.name: row for row in rows(work)}


@pytest.fixture
def attach(work, people):
    """Adds a file to a record without a page."""

    def put(organisation, row, name="通知.pdf", content=PDF, **settings):
        values = {"attachments_mb": 10, "attachment_days": 30, **settings}
        with work() as session:
            files = [attaching.Given(name, content)]
            return attaching.add(session, VISITS, row, files, settings=values, now=NOW, actor=people.clerk)[
                0
            ].id

    return put


def visit_at(work, organisation):
    with work() as session:
        return engine.create(session, VISITS, organisation, VALUES, now=NOW, author=None)


class TestAdding:
    def test_the_page_says_what_there_is_who_added_it_and_when(self, given, sign_in, here):
        page = sign_in("auditor").get(here)
        table = [[cell.text for cell in row.select("th, td")] for row in page.html.select("#files tbody tr")]
        assert ["通知.pdf", "PDF", "1 KB", "账户clerk", "2026-05-06 09:00", "Preview"] in table
        assert [row[0] for row in table] == sorted(["通知.pdf", "现场.png", "方案.docx"])
        assert [row[-1] for row in table if row[0] == "方案.docx"] == ["—"]

    def test_a_form_without_script_sends_it(self, sign_in, here, work):
        page = sign_in("clerk").get(here)
        form = next(one for one in page.forms.values() if "file" in one.fields)
        assert (form.method, form.enctype) == ("post", "multipart/form-data")
        control = page.html.select_one("input[type=file]")
        assert control["accept"] == ".pdf,.png,.jpg,.jpeg,.docx,.xlsx"
        form["file"] = [Upload("通知.pdf", PDF)]
        assert form.submit("do", index=0).location == f"http://localhost{here}"
        (row,) = rows(work)
        assert (row.name, row.kind, row.size, row.organisation) == ("通知.pdf", "pdf", len(PDF), COUNTY)

    def test_it_is_in_the_history_and_in_the_audit_trail_which_holds_no_name(
        self, given, sign_in, here, work
    ):
        said = [entry.text for entry in sign_in("auditor").get(here).html.select(".timeline li")]
        assert sum("File added" in entry and "账户clerk" in entry for entry in said) == 3
        with work() as session:
            trail = session.scalars(select(AuditEntry).where(AuditEntry.action == "record.attach")).all()
        assert len(trail) == 3
        assert not any(name in entry.detail for entry in trail for name in given)

    @pytest.mark.parametrize(
        ("name", "content", "word"),
        [
            ("通知.pdf", archive(a=b" " * 100_000_000), "not what the ending"),
            ("现场.png", HTML, "not what the ending"),
            ("网页.html", HTML, "not taken"),
            ("课件.pptx", archive(ppt__presentation_dot_xml=b"<p/>"), "not taken"),
            ("方案.docx", docx(word__vbaProject_dot_bin=b"x"), "macros"),
            ("大.pdf", PDF + bytes(1_048_577), "larger than 1 MB"),
            ("..", PDF, "no name"),
        ],
    )
    def test_a_bad_file_is_refused_on_the_page_and_none_of_its_company_is_kept(
        self, send, work, name, content, word
    ):
        page = send(("好.pdf", PDF), (name, content), status=422)
        assert word in page.html.select_one("#f-file-error").text
        assert (rows(work), stored(work)) == ([], [])

    def test_a_bomb_is_refused(self, send, work):
        page = send(("方案.docx", docx(word__a_dot_xml=b" " * 100_000_000)), status=413)
        assert "unpacks" in page.html.select_one("#f-file-error").text
        assert rows(work) == []

    def test_a_path_in_the_name_is_cut(self, send, work):
        send(("../../../etc/通知.pdf", PDF))
        send((r"C:\temp\..\现场.png", PNG))
        assert {row.name for row in rows(work)} == {"通知.pdf", "现场.png"}

    def test_more_than_a_form_takes_never_reaches_the_page(self, send, work):
        send(("大.pdf", PDF + bytes(21 * 1_048_576)), status=413)
        assert rows(work) == []

    def test_no_file_at_all_is_said(self, send):
        assert "Choose a file" in send(status=422).html.select_one("#f-file-error").text

    def test_a_record_has_so_many_files_and_no_more(self, send, given, work):
        page = send(("a.pdf", PDF), ("b.pdf", PDF), status=422)
        assert "4 files" in page.html.select_one("#f-file-error").text
        send(("a.pdf", PDF))
        assert len(rows(work)) == 4

    def test_the_same_once_more_is_refused_and_under_another_name_is_not(self, send, given, work):
        assert "already" in send(("通知.pdf", PDF), status=422).text
        send(("通知2.pdf", PDF))
        assert len(rows(work)) == 4

    def test_an_organisation_has_so_much_room(self, attach, work, people):
        row = visit_at(work, COUNTY)
        large = PDF + bytes(600_000)
        attach(COUNTY, row, "a.pdf", large, attachments_mb=1)
        with pytest.raises(Invalid, match="more than"):
            attach(COUNTY, row, "b.pdf", large, attachments_mb=1)
        attach(TOWNSHIP, visit_at(work, TOWNSHIP), "b.pdf", large, attachments_mb=1)

    def test_equal_bytes_are_kept_once(self, attach, work, people):
        for place in (COUNTY, TOWNSHIP):
            attach(place, visit_at(work, place))
        assert stored(work) == [PDF]
        assert {row.digest for row in rows(work)} == {store.digest_of(PDF)}


class TestHaving:
    @pytest.fixture
    def neighbour(self, given, app, work, registry):
        """The application as a clerk of the neighbouring county uses it."""
        with work() as session:
            stranger = Account(login="stranger", name="单县账户", created_at=NOW)
            session.add(stranger)
            session.flush()
            session.add(Grant(account=stranger.id, organisation=NEIGHBOUR, role="clerk", since=NOW))
            token = sessions.open_session(session, stranger.id, registry.clock())
        app.reset()
        app.set_cookie(sessions.cookie_name(registry), token)
        return app

    def test_readers_get_the_bytes_to_take_away(self, given, sign_in, here):
        answer = sign_in("auditor").get(f"{here}/files/{given['通知.pdf'].id}")
        assert (answer.body, answer.content_type) == (PDF, "application/pdf")
        assert answer.headers["Content-Disposition"] == (
            "attachment; filename*=UTF-8''%E9%80%9A%E7%9F%A5.pdf"
        )
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"

    @pytest.mark.parametrize(("name", "shown"), [("通知.pdf", "application/pdf"), ("现场.png", "image/png")])
    def test_images_and_pdfs_are_shown_alone(self, given, sign_in, here, name, shown):
        page = sign_in("auditor").get(here)
        link = page.html.find("a", href=f"{here}/files/{given[name].id}/preview")
        answer = sign_in("auditor").get(link["href"])
        assert answer.content_type == shown
        assert answer.headers["Content-Disposition"].startswith("inline; ")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        policies = answer.headers["Content-Security-Policy"].split(", ")
        assert any(re.match(r"sandbox;", one) for one in policies)
        assert any("frame-ancestors 'none'" in one for one in policies)

    def test_nothing_else_is_shown_by_the_browser(self, given, sign_in, here):
        sign_in("auditor").get(f"{here}/files/{given['方案.docx'].id}/preview", status=404)

    def test_addresses_are_random_and_others_lead_nowhere(self, given, sign_in, here):
        assert {row.id.version for row in given.values()} == {4}
        for wrong in ("1", str(uuid.uuid4()), "通知.pdf", "../通知.pdf"):
            sign_in("auditor").get(f"{here}/files/{quote(wrong)}", status=404)

    def test_another_record_does_not_open_it(self, given, sign_in, work):
        other = visit_at(work, COUNTY)
        sign_in("clerk").get(f"{BASE}/{other.id}/files/{given['通知.pdf'].id}", status=404)

    def test_another_organisation_does_not_open_it(self, given, neighbour, work, here):
        """Neither at its own address nor at that of the body whose it is."""
        app, own = neighbour, visit_at(work, NEIGHBOUR)
        there = f"/o/{NEIGHBOUR}/r/probe_visit/{own.id}"
        app.get(there)
        for row in given.values():
            for base in (here, there, f"/o/{NEIGHBOUR}/r/probe_visit/{row.record}"):
                for end in ("", "/preview"):
                    assert app.get(f"{base}/files/{row.id}{end}", status=404).body != PDF

    def test_the_walls_hold_where_a_page_asked_for_too_much(self, given, db, people):
        del people
        with everything(db):
            visit = engine.find(db, VISITS, COUNTY, given["通知.pdf"].record)
        scope_to(db, {NEIGHBOUR})
        assert attachments.of(db, VISITS, visit) == []
        with pytest.raises(NotFound):
            attachments.find(db, VISITS, visit, str(given["通知.pdf"].id))

    def test_strangers_are_sent_to_the_door(self, given, app, here):
        app.reset()
        answer = app.get(f"{here}/files/{given['通知.pdf'].id}", expect_errors=True)
        assert answer.status_int in {302, 303, 401}
        assert answer.body != PDF

    def test_records_of_other_types_have_none(self, sign_in, stored_visit, work):
        with work() as session:
            stop = session.scalars(select(Stop.id)).one()
        at = f"/o/{COUNTY}/r/{STOPS.name}/{stop}"
        app = sign_in("clerk")
        page = app.get(at)
        assert not page.html.select("#attachments")
        token = page.html.select_one("input[name=csrf_token]")["value"]
        app.post(f"{at}/files", {"csrf_token": token}, upload_files=[("file", "a.pdf", PDF)], status=404)
        app.get(f"{at}/files/{uuid.uuid4()}", status=404)


class TestWriting:
    def test_who_may_only_read_may_not_add_or_remove(self, given, sign_in, here, work):
        app = sign_in("auditor")
        page = app.get(here)
        assert not page.html.select("#attachments form")
        token = page.html.select_one("input[name=csrf_token]")["value"]
        said = {"csrf_token": token, "do": "add"}
        app.post(f"{here}/files", said, upload_files=[("file", "a.pdf", PDF)], status=403)
        one = str(given["通知.pdf"].id)
        app.post(f"{here}/files", {"csrf_token": token, "do": "remove", "attachment": one}, status=403)
        assert len(rows(work)) == 3
        assert all(row.removed_at is None for row in rows(work))

    @pytest.mark.parametrize("token", [{}, {"csrf_token": "0" * 64}])
    def test_a_form_whose_token_was_lost_changes_nothing(self, given, sign_in, here, work, token):
        app = sign_in("clerk")
        app.post(f"{here}/files", {"do": "add", **token}, upload_files=[("file", "a.pdf", PDF)], status=400)
        said = {"do": "remove", "attachment": str(given["通知.pdf"].id), **token}
        app.post(f"{here}/files", said, status=400)
        assert len(rows(work)) == 3
        assert all(row.removed_at is None for row in rows(work))


class TestRemoving:
    @pytest.fixture
    def removed(self, send, sign_in, here, work):
        send(("通知.pdf", PDF))
        page = sign_in("clerk").get(here)
        form = next(one for one in page.forms.values() if "attachment" in one.fields)
        form["attachment"] = True
        assert form.submit("do").location == f"http://localhost{here}"
        (row,) = rows(work)
        return row

    def test_it_is_out_of_sight_and_its_bytes_are_kept(self, removed, sign_in, here, work):
        page = sign_in("auditor").get(here)
        assert not page.html.select("#files")
        assert not page.html.select("#removed-files")
        sign_in("auditor").get(f"{here}/files/{removed.id}", status=404)
        assert (removed.removed_at, stored(work)) == (NOW, [PDF])
        first = page.html.select_one(".timeline li").text
        assert "File removed" in first or "File added" in first
        with work() as session:
            (trail,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "record.detach"))
        assert str(removed.id) in trail.detail

    def test_it_is_put_back_and_its_removal_stays_told(self, removed, sign_in, here, work, clock):
        clock.forward(days=1)
        page = sign_in("clerk").get(here)
        assert "账户clerk" in page.html.select_one("#removed-files tbody").text
        form = next(one for one in page.forms.values() if "attachment" in one.fields)
        form["attachment"] = True
        form.submit("do")
        page = sign_in("clerk").get(here)
        assert "通知.pdf" in page.html.select_one("#files").text
        assert not page.html.select("#removed-files")
        told = [entry.b.text for entry in page.html.select(".timeline li")]
        assert sorted(told) == ["Entered", "File added", "File added", "File removed"]
        assert told[0] == "File added"

    def test_after_its_span_its_name_and_bytes_are_gone(self, removed, sign_in, here, work, registry):
        registry.clock.forward(days=31)
        sweep(work, registry)
        (row,) = rows(work)
        assert (row.name, row.digest, stored(work)) == (attaching.ERASED, None, [])
        page = sign_in("clerk").get(here)
        assert "通知.pdf" not in page.text
        assert not page.html.select("#removed-files")

    def test_before_that_nothing_goes_and_what_is_there_never_does(self, removed, send, work, registry):
        send(("方案.docx", docx()))
        registry.clock.forward(days=29)
        sweep(work, registry)
        assert PDF in stored(work)
        registry.clock.forward(days=300)
        sweep(work, registry)
        assert [row.name for row in rows(work) if row.digest] == ["方案.docx"]
        assert len(stored(work)) == 1

    def test_bytes_that_another_row_names_stay(self, removed, attach, work, registry):
        attach(TOWNSHIP, visit_at(work, TOWNSHIP))
        registry.clock.forward(days=31)
        sweep(work, registry)
        assert stored(work) == [PDF]

    def test_what_was_removed_cannot_be_removed_again(self, removed, sign_in, here):
        app = sign_in("clerk")
        token = app.get(here).html.select_one("input[name=csrf_token]")["value"]
        said = {"csrf_token": token, "attachment": str(removed.id)}
        app.post(f"{here}/files", {**said, "do": "remove"}, status=404)
        app.post(f"{here}/files", {**said, "do": "burn"}, status=404)


class TestKeeping:
    def test_a_backup_has_the_bytes(self, given, work, registry, clock, tmp_path):
        before = stored(work)
        backup.backup(registry, tmp_path / "node.backup", clock())
        with work() as session:
            session.execute(delete(Attachment))
            attaching.drop_unnamed(session)
        assert stored(work) == []
        backup.restore(registry, tmp_path / "node.backup", replace=True)
        assert stored(work) == before
        assert {row.name for row in rows(work)} == set(given)

    def test_the_doctor_names_what_was_damaged(self, given, work, registry, clock):
        def found():
            with work() as session:
                return list(sound.files_are_whole(Node(registry, session, clock())))

        assert found() == []
        with work() as session:
            digest = given["通知.pdf"].digest
            session.scalars(select(StoredFile).where(StoredFile.digest == digest)).one().content = PDF[:-1]
        (said,) = found()
        assert said.mapping["name"] == "通知.pdf"

    def test_bytes_that_are_named_cannot_be_dropped(self, given, work):
        with pytest.raises(Exception, match=r"(?i)foreign key"), work() as session:
            store.drop(session, given["通知.pdf"].digest)
        with work() as session:
            assert session.scalar(select(func.count()).select_from(StoredFile)) == 3
