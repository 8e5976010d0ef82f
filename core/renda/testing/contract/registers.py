"""Every register has its pages, its resource, its workbook, its export and its results of search."""

from io import BytesIO
from typing import Any

import openpyxl
from sqlalchemy import select

from renda import word
from renda.clock import local_day
from renda.excel import template, uploads
from renda.excel.columns import IDENTITY
from renda.excel.template import Place
from renda.excel.verdicts import NEW, UNCHANGED
from renda.records.fields import Flag
from renda.records.persons import offered
from renda.search.entries import searched
from renda.security import tokens
from renda.security.models import Account
from renda.testing import world
from renda.testing.contract.node import Book, Node


class Registers(Node):
    """Tests of every register, used by somebody who plays every role."""

    def test_a_form_makes_a_record_that_the_list_shows_and_a_page_opens(self, book: Book) -> None:
        """Who takes part is added on the page of the record taken part in; all else has a form."""
        if book.has_form:
            _fill_in(book)
        else:
            with book.work() as session:
                book.make(session)
        (identity,) = book.ids()
        assert f"{book.base}/{identity}" in book.app.get(book.base).text
        assert book.app.get(f"{book.base}/{identity}").status_int == 200

    def test_an_empty_form_is_refused_with_a_word_beside_each_required_field(self, book: Book) -> None:
        """Nothing is written."""
        required = [name for name, what in book.kind.fields.items() if what.required and not _flag(what)]
        if not (book.has_form and required):
            return
        page = _form(book).submit(status=422)
        assert [name for name in required if not page.html.find(id=f"f-{name}-error")] == []
        assert book.ids() == []

    def test_a_program_makes_reads_lists_and_changes_a_record(self, book: Book) -> None:
        """The resource takes what the form takes."""
        with book.work() as session:
            whole, said = book.whole(session), book.typed(session, book.kind)
            inside = {"whole": str(whole.id)} if whole else {}
        values = {name: what.plain(what.clean(said[name])) for name, what in book.kind.fields.items()}
        headers = {"Authorization": f"Bearer {_token(book)}"}
        made = book.app.post_json(book.interface, {"values": values, **inside}, headers=headers, status=201)
        read = book.app.get(made.location, headers=headers, status=200)
        listed = book.app.get(book.interface, headers=headers, status=200).json
        assert [one["id"] for one in listed["items"]] == [read.json["id"]]
        seen = {**headers, "If-Match": read.headers["ETag"]}
        changed = book.app.patch_json(made.location, {"values": values}, headers=seen, status=200)
        assert changed.json["values"] == read.json["values"]

    def test_a_workbook_comes_back_unchanged_and_elsewhere_as_new_records(self, book: Book) -> None:
        """Parts are entered on the page of their whole and have no workbook."""
        if book.kind.part_of:
            return
        with book.work() as session:
            book.make(session)
        with book.work() as session:
            place = Place(book.place, "", offered(session, book.place, local_day(book.now)))
            say = uploads.chinese(book.registry)
            with template.write(session, book.kind, place, say, filled=True).file as file:
                content = file.read()
            assert _verdicts(book, session, content) == [UNCHANGED]
            for row in session.scalars(select(book.kind.model)):
                session.delete(row)
            session.flush()
            assert _verdicts(book, session, _without_ids(content)) == [NEW]
        assert book.app.get(f"{book.base}/template.xlsx").body[:2] == b"PK"

    def test_its_records_are_exported(self, book: Book) -> None:
        """As a workbook with a row for each, and one by one as papers where those can be written."""
        with book.work() as session:
            book.make(session)
        if word.available():
            assert book.app.get(f"{book.base}/{book.ids()[0]}/record.docx").body[:2] == b"PK"
        exported = book.app.get(f"{book.base}/export.xlsx")
        rows = list(openpyxl.load_workbook(BytesIO(exported.body)).worksheets[0].iter_rows(values_only=True))
        assert len([row for row in rows if any(row)]) >= 2

    def test_search_finds_a_record_by_what_its_type_says(self, book: Book) -> None:
        """In all registers, and in its own list."""
        if not searched(book.kind):
            return
        with book.work() as session:
            book.make(session)
            words = {"q": book.typed(session, book.kind)[searched(book.kind)[0]]}
        (identity,) = book.ids()
        for address in (f"/o/{book.place}/search", book.base):
            assert str(identity) in book.app.get(address, words).text


def _flag(what: object) -> bool:
    return isinstance(what, Flag)


def _form(book: Book) -> Any:
    """The form of a new record."""
    with book.work() as session:
        whole = book.whole(session)
        inside = {"whole": str(whole.id)} if whole else {}
    page = book.app.get(f"{book.base}/new", inside)
    return next(form for form in page.forms.values() if form.action == book.base)


def _fill_in(book: Book) -> None:
    form = _form(book)
    with book.work() as session:
        said = book.typed(session, book.kind)
    for name, what in book.kind.fields.items():
        form[name] = bool(said[name]) if _flag(what) else said[name]
    form.submit(status=303)


def _token(book: Book) -> str:
    module = book.registry.declared.modules[book.kind.module]
    held = frozenset(f"{book.kind.module}:{verb}" for verbs in module.grants.values() for verb in verbs)
    with book.work() as session:
        account = session.scalars(select(Account.id).where(Account.login == world.EVERY_ROLE)).one()
        return tokens.issue(
            session,
            account=account,
            organisation=book.place,
            name="contract",
            permissions=held,
            held=held,
            expires_at=book.now + tokens.LONGEST,
            now=book.now,
            actor=None,
        )[1]


def _verdicts(book: Book, session: Any, content: bytes) -> list[str]:
    found = uploads.examine(session, book.registry, book.kind, book.place, content, now=book.now)
    return [one.what for one in found.verdicts]


def _without_ids(content: bytes) -> bytes:
    workbook = openpyxl.load_workbook(BytesIO(content))
    sheet = workbook.worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        row[heads.index(IDENTITY)].value = None
    kept = BytesIO()
    workbook.save(kept)
    return kept.getvalue()
