"""SQLite has one writer: a spreadsheet, which takes long to read, is read while nobody holds its place."""

from renda.excel import uploads
from tests.core.excel.conftest import HEADER, workbook
from tests.core.excel.test_pages import GOOD, OTHER, clerk, confirmation, count, give  # noqa: F401 - fixture
from tests.core.tasks.support import run_tasks


def test_another_may_write_while_a_file_is_given_looked_at_and_confirmed(clerk, work, reads):  # noqa: F811
    page = give(clerk, workbook(HEADER, GOOD, OTHER))
    confirmation(page).submit("do", value="confirm", status=303)
    assert count(work) == 2
    assert len(reads) == 3


def test_a_confirmation_that_is_refused_reads_the_file_no_second_time(clerk, work, reads):  # noqa: F811
    page = give(clerk, workbook(HEADER, GOOD, OTHER))
    confirmation(give(clerk, workbook(HEADER, OTHER))).submit("do", value="confirm", status=303)
    reads.clear()
    again = confirmation(page).submit("do", value="confirm", status=409)
    assert "changed meanwhile" in again.text
    assert len(reads) == 1


def test_another_may_write_while_a_worker_reads(clerk, work, reads, registry, monkeypatch):  # noqa: F811
    monkeypatch.setattr(uploads, "MOST_AT_ONCE", 1)
    confirmation(give(clerk, workbook(HEADER, GOOD, OTHER))).submit("do", value="confirm", status=303)
    reads.clear()
    run_tasks(registry, uploads.WRITE)
    assert count(work) == 2
    assert len(reads) == 1
