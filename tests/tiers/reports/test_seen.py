"""What a clerk saw is what is signed: a change, a newer revision and a second click are told apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from renda.indicators.kinds import Status
from renda_tiers.documents.models import LedgerDocument
from renda_tiers.reports import entering, filling, seen
from renda_tiers.reports.entering import Entered
from renda_tiers.reports.models import Entry
from renda_tiers.reports.seen import FiguresChanged, Seen
from tests.tiers import chain
from tests.tiers.chain import SPRING, TOWN, TYPED

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n"), max_size=8)
PLACES = st.dictionaries(st.tuples(TEXT, TEXT), TEXT, max_size=4)


@pytest.fixture
def look(founded, clock):
    """What the page shows now, as it comes back from the form."""

    def shown():
        template = chain.template(founded)
        draft = filling.fill(founded, TOWN, template, SPRING, today=clock().date())
        return seen.read(seen.of(draft).token)

    return shown


def documents(session):
    return session.scalar(select(func.count()).select_from(LedgerDocument))


@given(TEXT, PLACES)
def test_a_token_says_what_was_written(revision, cells):
    assert seen.read(Seen(revision, cells).token) == Seen(revision, cells)


@given(st.text())
def test_any_text_is_read(text):
    seen.read(text)


def test_what_was_seen_is_sent_once_however_often_it_is_clicked(founded, clock, look):
    chain.training(founded, TOWN, ["己", "共"], now=clock())
    before = look()
    first = chain.submit(founded, TOWN, now=clock(), before=before)
    count = documents(founded)
    assert chain.submit(founded, TOWN, now=clock(), before=before) == first
    chain.explain(founded, TOWN, "集中办班", now=clock())
    again = look()
    corrected = chain.submit(founded, TOWN, now=clock(), before=again, reason="再报")
    assert corrected != first
    assert chain.submit(founded, TOWN, now=clock(), before=again, reason="再报") == corrected
    assert documents(founded) == count + 1


def test_a_figure_that_changed_is_named(founded, clock, look):
    before = look()
    chain.training(founded, TOWN, now=clock())
    with pytest.raises(FiguresChanged) as refused:
        chain.submit(founded, TOWN, now=clock(), before=before)
    assert refused.value.indicators == ("T01",)
    assert refused.value.status == 409


def test_a_newer_revision_with_other_figures_is_looked_at_first(founded, clock, look):
    before = look()
    entry = {("T01", ""): Entered(explanation="由镇里补充")}
    scope = (founded, TOWN, chain.template(founded), SPRING)
    entering.enter(*scope, entry, author=None, now=clock())
    chain.submit(founded, TOWN, now=clock())
    entering.enter(*scope, {("T01", ""): Entered()}, author=None, now=clock())
    with pytest.raises(FiguresChanged) as refused:
        chain.submit(founded, TOWN, now=clock(), before=before, reason="再报")
    assert refused.value.indicators == ()


def test_another_definition_of_the_same_figures_is_another_report(founded, clock):
    line = chain.typed_line("X1")
    entries = {("X1", ""): Entered(Status.REPORTED, 7)}
    template = chain.typed_template(founded, line, now=chain.FOUNDED)
    entering.enter(founded, TOWN, template, SPRING, entries, author=None, now=clock())
    before = seen.of(filling.fill(founded, TOWN, template, SPRING, today=clock().date()))
    revised = chain.typed_template(founded, line, now=clock(), due_days=6)
    after = seen.of(filling.fill(founded, TOWN, revised, SPRING, today=clock().date()))
    with pytest.raises(FiguresChanged):
        seen.ensure_same(before, after)


def test_entries_are_read_anew_where_somebody_else_changed_them(founded, clock):
    template = chain.typed_template(founded, chain.typed_line("X1"), now=chain.FOUNDED)
    entries = {("X1", ""): Entered(Status.REPORTED, 7)}
    entering.enter(founded, TOWN, template, SPRING, entries, author=None, now=clock())
    held = entering.typed(founded, TOWN, TYPED, SPRING.code)
    table = Entry.__table__
    founded.connection().execute(update(table).where(table.c.template == TYPED).values(value=8))
    assert entering.typed(founded, TOWN, TYPED, SPRING.code)["X1", ""].value == 8
    assert held["X1", ""].value == 8
