"""What a report was made from is kept with it: it folds to the cells whatever becomes of the records."""

import json
from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select, update

from renda.indicators import kinds
from renda.indicators.kinds import Kind, Status
from renda.records import engine, workflow
from renda_tiers.documents import ledger
from renda_tiers.documents.envelope import MAX_PARTS, Part, decode
from renda_tiers.documents.models import LedgerDocument, LedgerPart
from renda_tiers.documents.payload import DocumentTooLarge
from renda_tiers.documents.signing import PartReference, check_part, make_part
from renda_tiers.reports import evidence, figures
from renda_tiers.reports.figures import Contribution
from renda_tiers.reports.models import ReportCell, ReportCellKey
from renda_tiers.rollup.models import RollupCell, RollupKey
from renda_training.records import CLASSES
from tests.tiers import chain
from tests.tiers.chain import CAO, TOWN, VILLAGE

ATTENDANCE = "training_class_attendance"


def content(session, report):
    return session.scalars(select(LedgerPart.content).where(LedgerPart.document == report)).one()


def cells(session, report):
    """(status, value, keys) of the cells of a report, by indicator, as they were received."""
    keys = {}
    for row in session.scalars(select(ReportCellKey).where(ReportCellKey.report == report)):
        keys.setdefault(row.indicator, set()).add(row.key)
    return {
        row.indicator: (row.status, row.value, keys.get(row.indicator, set()))
        for row in session.scalars(select(ReportCell).where(ReportCell.report == report))
    }


def folded(session, report):
    """The same, folded by hand from what the evidence lists."""
    found = evidence.read(content(session, report))
    said = {}
    for line in chain.template(session).cells:
        counted = found.of(line.indicator)
        keys = {one.key for one in counted if one.key is not None}
        value = len(keys) if line.kind is Kind.DISTINCT else sum(one.value for one in counted)
        said[line.indicator] = ("reported" if counted else "nil", value, keys)
    return said


def test_it_lists_each_record_with_what_it_adds_and_says(founded, clock):
    row = chain.training(founded, CAO, ["丙", "共"], now=clock(), title="预算审查培训班")
    found = evidence.read(content(founded, chain.submit(founded, CAO, now=clock())))
    assert found.types == {
        "core_mandate": (),
        "training_class": ("title", "kind", "starts_on"),
        ATTENDANCE: (
            "training_class.title",
            "training_class.kind",
            "training_class.starts_on",
            "role",
            "state",
        ),
    }
    rows = {}
    for one, values in found.rows:
        rows.setdefault(one.indicator, []).append((one, values))
    said = ("预算审查培训班", "topic", "2026-03-10")
    assert rows["T01"] == [(Contribution("T01", "", "training_class", str(row.id), 1, None), said)]
    assert [values for _one, values in rows["T02"]] == [(*said, "trainee", "attended")] * 2
    assert {one.key for one, _values in rows["T02"]} == {None}
    assert len({one.key for one, _values in rows["T03"]}) == 2
    assert [values for _one, values in rows["R02"]] == [()] * 3
    assert found.of("T01") == [one for one, _values in rows["T01"]]
    assert found.of("T01", "women") == []


def test_equal_contributions_give_equal_bytes(founded, clock):
    chain.training(founded, TOWN, ["己", "庚"], now=clock())
    chain.training(founded, TOWN, ["共"], now=clock(), day=date(2026, 4, 1))
    first = content(founded, chain.submit(founded, TOWN, now=clock()))
    chain.explain(founded, TOWN, "集中办班", now=clock())
    again = content(founded, chain.submit(founded, TOWN, now=clock(), reason="再报"))
    assert first == again
    rows = json.loads(first)["rows"]
    assert rows == sorted(rows, key=lambda row: (*row[:5], row[5] or 0))


def test_one_statement_for_each_record_type_however_many_records(founded, clock, registry):
    seen = []

    def note(_connection, _cursor, statement, *_rest):
        if statement.startswith(("SELECT", "WITH")):
            seen.append(statement)

    def statements():
        seen.clear()
        measured = figures.measures(founded, TOWN, chain.template(founded), chain.SPRING.end)
        counted = figures.contributions(founded, TOWN, measured, chain.SPRING)
        evidence.gather(founded, TOWN, measured, counted, chain.SPRING)
        return len(seen)

    event.listen(registry.engine, "before_cursor_execute", note)
    chain.training(founded, TOWN, ["己"], now=clock())
    few = statements()
    for day in range(11, 20):
        chain.training(founded, TOWN, ["己", "庚", "共"], now=clock(), day=date(2026, 3, day))
    assert statements() == few


def test_records_of_an_unknown_type_have_no_columns(registry):
    assert evidence.columns(registry.declared, "core_mandate") == ()
    declared = registry.declared
    assert evidence.title(declared, "gone", "title") == "title"
    assert evidence.show(declared, "gone", "title", "甲", str) == "甲"
    assert evidence.show(declared, "gone", "title", None, str) == ""


def test_columns_are_shown_as_the_register_shows_them(registry):
    declared = registry.declared
    assert evidence.title(declared, ATTENDANCE, "training_class.title") == "Title"
    assert evidence.title(declared, ATTENDANCE, "state") == "State"
    assert evidence.show(declared, ATTENDANCE, "training_class.kind", "topic", str) == "Training on a topic"
    assert evidence.show(declared, ATTENDANCE, "training_class.starts_on", "2026-03-10", str) == "2026-03-10"
    assert evidence.show(declared, ATTENDANCE, "state", "attended", str) == "Attended"
    assert evidence.show(declared, ATTENDANCE, "state", "gone", str) == "gone"


def test_a_record_that_is_gone_meanwhile_says_nothing(founded):
    one = Contribution("T01", "", "training_class", "x", 1)
    read = evidence.read(evidence.write({"training_class": ("title",)}, [one], {}))
    assert read.rows == ((one, (None,)),)


GOOD = {"types": {"x": ["title"]}, "rows": [["T01", "", "x", "1", 1, None, ["甲"]]]}


def bad(**changed):
    return json.dumps(GOOD | changed).encode()


def with_row(place, value):
    row = list(GOOD["rows"][0])
    row[place] = value
    return bad(rows=[row])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"types":' + b'{"a":' * 50_000,
        json.dumps(GOOD).encode("utf-16"),
        bad(types=[]),
        bad(types={"x": "title"}),
        bad(types={"x": [["title"]]}),
        bad(types={}),
        bad(rows={}),
        bad(rows=[[]]),
        bad(rows=["T01"]),
        bad(rows=[[*GOOD["rows"][0], 1]]),
        with_row(0, None),
        with_row(2, ["x"]),
        with_row(3, 7),
        with_row(3, "\ud800"),
        with_row(4, "1"),
        with_row(4, True),
        with_row(4, 1.5),
        with_row(4, 2**63),
        with_row(5, "k"),
        with_row(6, "甲"),
        with_row(6, []),
        with_row(6, [{"a": 1}]),
        with_row(6, [[]]),
    ],
)
def test_what_another_body_signed_need_not_be_evidence(content):
    assert evidence.read(json.dumps(GOOD).encode()).of("T01")
    with pytest.raises(evidence.UnreadableEvidence):
        evidence.read(content)


@pytest.mark.parametrize("value", [7, -1, True, "x", "", None])
@pytest.mark.parametrize("column", ["training_class.title", "training_class.starts_on", "role", "state"])
def test_a_value_that_is_none_of_its_field_is_shown_as_it_came(registry, column, value):
    assert isinstance(evidence.show(registry.declared, ATTENDANCE, column, value, str), str)


def test_more_than_a_document_may_carry_is_refused(monkeypatch, founded, clock):
    monkeypatch.setattr(evidence, "write", lambda *_said: b" " * (MAX_PARTS + 1))
    with pytest.raises(DocumentTooLarge) as refused:
        chain.submit(founded, TOWN, now=clock())
    assert refused.value.status == 413
    assert chain.standing(founded, TOWN) is None


def test_a_measure_that_gives_no_key_is_no_distinct_figure(founded):
    line = chain.template(founded).line("T03")
    with pytest.raises(kinds.WrongKind):
        figures.cell(line, [Contribution("T03", "", ATTENDANCE, "x", 1, None)])


NAMES = st.lists(st.sampled_from(["己", "庚", "共"]), max_size=3, unique=True)
CLASSES_HELD = st.lists(st.tuples(st.dates(date(2026, 2, 20), date(2026, 5, 6)), NAMES), max_size=3)
EDITS = st.lists(st.sampled_from(["rename", "reopen", "move", "add", "correct"]), max_size=4)


def edit(session, what, rows, now):
    """One later edit of the records behind a report."""
    if what == "add":
        rows.append(chain.training(session, TOWN, ["己", "庚"], now=now))
    elif what == "correct":
        chain.explain(session, TOWN, f"更正{uuid4()}", now=now)
        chain.submit(session, TOWN, now=now, reason="更正")
    elif rows:
        row = rows[0]
        if what == "reopen":
            if row.state == "held":
                step = {"now": now, "actor": None, "permissions": chain.EVERY_VERB}
                workflow.move(session, CLASSES, row, "reopen", "补录", **step)
        else:
            values = {"title": "改名"} if what == "rename" else {"starts_on": "2026-03-31"}
            engine.update(session, CLASSES, row, values, lock=row.lock, now=now, actor=None)


@pytest.mark.simulation
def test_what_evidence_lists_folds_to_its_cells_after_any_later_edit(founded, clock):
    """Invariant 19."""

    def play(held, edits):
        rows = [chain.training(founded, TOWN, names, now=clock(), day=day) for day, names in held]
        report = chain.submit(founded, TOWN, now=clock())
        received, bytes_ = cells(founded, report), content(founded, report)
        assert received == folded(founded, report)
        for what in edits:
            edit(founded, what, rows, clock())
        assert content(founded, report) == bytes_
        assert cells(founded, report) == received == folded(founded, report)
        latest = chain.standing(founded, TOWN)
        assert cells(founded, latest) == folded(founded, latest)

    @given(CLASSES_HELD, EDITS)
    def holds(held, edits):
        undone = founded.begin_nested()
        try:
            play(held, edits)
        finally:
            undone.rollback()

    holds()


def rollup(session):
    """Everything that is folded."""
    return [
        sorted(map(tuple, session.execute(select(*model.__table__.columns))), key=repr)
        for model in (RollupCell, RollupKey, ReportCell, ReportCellKey)
    ]


def erase(session, reports):
    """What an order to erase does to the parts of some reports."""
    session.execute(
        update(LedgerPart)
        .where(LedgerPart.document.in_(reports))
        .values(content=None, salt=b"", erased=True)
        .execution_options(synchronize_session=False)
    )


def test_erasing_parts_changes_no_figure_not_even_after_a_rebuild(founded, clock):
    """Invariant 20."""
    bodies = {TOWN: ["己", "共"], CAO: ["丙", "共"], VILLAGE: ["辛"]}
    for code, names in bodies.items():
        chain.training(founded, code, names, now=clock())
    reports = [chain.submit(founded, code, now=clock()) for code in bodies]
    before = rollup(founded)

    @given(st.sets(st.sampled_from(reports)))
    def holds(erased):
        undone = founded.begin_nested()
        try:
            erase(founded, erased)
            assert rollup(founded) == before
            ledger.rebuild(founded)
            assert rollup(founded) == before
        finally:
            undone.rollback()

    holds()


def test_a_part_is_bound_to_its_report(founded, clock):
    report = chain.submit(founded, TOWN, now=clock())
    part = founded.scalars(select(LedgerPart).where(LedgerPart.document == report)).one()
    payload = founded.scalars(select(LedgerDocument.payload).where(LedgerDocument.hash == report)).one()
    (reference,) = decode(payload).parts
    assert isinstance(reference, PartReference)
    check_part(reference, Part(part.name, part.salt, part.content))
    assert make_part(evidence.PART, part.content)[0].hash != reference.hash


def test_a_stock_and_an_extreme_fold_by_their_own_kind(founded):
    line = chain.template(founded).line("T01")
    counted = [Contribution("T01", "", "x", str(value), value) for value in (4, 9, 2)]
    for kind, value in ((Kind.SUM, 15), (Kind.STOCK, 15), (Kind.LOW, 2), (Kind.HIGH, 9)):
        found = figures.cell(replace(line, kind=kind), counted)
        assert (found.status, found.value) == (Status.REPORTED, value)
