"""Publishing a period, correcting after it, and what stays as it was."""

import pytest
from sqlalchemy import select, update

from renda.errors import Conflict, NotFound
from renda.security.models import AuditEntry
from renda_tiers.documents import ledger, verifying
from renda_tiers.documents.envelope import decode
from renda_tiers.documents.models import LedgerDocument, LedgerPart
from renda_tiers.publications import body, drafting, proving, publishing, reading, vintage
from renda_tiers.publications.drafting import NothingReported
from renda_tiers.publications.publishing import RollupChanged
from renda_tiers.reports import entering, reviewing, standings, submission
from renda_tiers.reports.models import ENDORSED, LATEST
from tests.tiers import chain
from tests.tiers.chain import CAO, CITY, SHAN, SPRING, STREET, TOWN, TRAINING, TYPED, VILLAGE


@pytest.fixture
def typed(founded):
    """A sum, a stock and a remark that people type."""
    lines = [
        chain.typed_line("X1"),
        chain.typed_line("X2", kind="stock"),
        chain.typed_line("X3", kind="text"),
    ]
    return chain.typed_template(founded, *lines, now=chain.FOUNDED)


@pytest.fixture
def say(founded, typed, clock):
    """`say(TOWN, "3", "4", "words")` submits a typed report."""

    def report(code, *texts, reason=""):
        said = {
            (line.indicator, ""): entering.read(line, text)
            for line, text in zip(typed.lines, texts, strict=True)
        }
        entering.enter(founded, code, typed, SPRING, said, author=None, now=clock())
        return submission.submit(founded, code, TYPED, SPRING, reason=reason, actor=None, now=clock())

    return report


@pytest.fixture
def publish(founded, clock):
    def call(organisation=CITY, template=TYPED, **more):
        return publishing.publish(founded, organisation, template, SPRING, actor=None, now=clock(), **more)

    return call


def values(found):
    return {one.line.indicator: one.figure.value for one in found.cells}


def test_a_period_is_published_with_the_reports_it_folds_and_its_coverage(founded, say, publish):
    sent = {code: say(code, text, "5", "/") for code, text in ((TOWN, "3"), (VILLAGE, "约4"))}
    done = publish()
    found = reading.opened(founded, CITY, done.document)
    assert (done.number, done.new, found.predecessor, found.standing) == (1, True, None, LATEST)
    assert found.reports == sent
    assert values(found) == {"X1": 7, "X2": 10, "X3": None}
    first = found.cells[0]
    assert first.figure.qualifier.symbol == "~"
    assert (first.coverage.expected, first.coverage.reported, first.coverage.missing) == (6, 2, 4)
    assert first.coverage.not_endorsed == 2
    assert found.corrections == ()
    assert proving.faults(founded, found) == []


def test_nothing_is_published_while_nothing_was_reported(founded, say, publish):
    with pytest.raises(NothingReported):
        publish()
    say(TOWN, "3", "5", "/")
    with pytest.raises(NothingReported):
        publish(standing=ENDORSED)
    assert publish().new
    with pytest.raises(NotFound):
        publish(template="none")


def test_publishing_the_same_again_does_nothing(founded, say, publish):
    say(TOWN, "3", "5", "/")
    first = publish()
    again = publish()
    assert (again.document, again.number, again.new) == (first.document, 1, False)
    kinds = select(LedgerDocument.hash).where(LedgerDocument.kind == "publication")
    assert len(founded.scalars(kinds).all()) == 1
    founded.flush()
    actions = [row.action for row in founded.scalars(select(AuditEntry)) if row.action == "rollup.publish"]
    assert len(actions) == 1


def test_a_correction_makes_a_second_vintage_that_says_what_changed_and_why(founded, say, publish):
    old = say(TOWN, "3", "5", "旧的说明")
    say(VILLAGE, "4", "/", "/")
    first = publish()
    before = reading.opened(founded, CITY, first.document)
    new = say(TOWN, "8", "5", "新的说明", reason="漏报一期培训班")
    late = say(STREET, "1", "1", "/")
    assert reading.since(founded, before) == {STREET: (None, late), TOWN: (old, new)}
    second = publish()
    assert (second.number, second.new) == (2, True)
    found = reading.opened(founded, CITY, second.document)
    assert found.predecessor == first.document
    added, corrected = found.corrections
    assert (added.organisation, added.old, added.new, added.reasons) == (STREET, None, late, ())
    assert (corrected.organisation, corrected.old, corrected.new) == (TOWN, old, new)
    assert corrected.reasons == ("漏报一期培训班",)
    sums, remark = corrected.changes
    assert (sums.line.indicator, sums.before.value, sums.after.value, sums.difference) == ("X1", 3, 8, 5)
    assert (remark.line.indicator, remark.before, remark.after) == ("X3", remark.after, remark.before)
    assert values(found)["X1"] - values(before)["X1"] == 5 + 1
    assert reading.opened(founded, CITY, first.document) == before
    assert reading.since(founded, found) == {}


def test_every_reason_between_two_vintages_is_told(founded, say, publish):
    say(TOWN, "3", "5", "/")
    publish()
    say(TOWN, "4", "5", "/", reason="一")
    say(TOWN, "6", "5", "/", reason="二")
    found = reading.opened(founded, CITY, publish().document)
    assert found.corrections[0].reasons == ("一", "二")
    assert [one.difference for one in found.corrections[0].changes] == [3]


def test_the_endorsed_standing_is_frozen_and_a_later_endorsement_is_a_correction(
    founded, say, publish, clock
):
    first, second = say(TOWN, "3", "5", "/"), say(VILLAGE, "4", "5", "/")
    reviewing.decide(founded, CAO, first, standings.ENDORSE, actor=None, now=clock())
    one = reading.opened(founded, CITY, publish(standing=ENDORSED).document)
    assert one.reports == {TOWN: first}
    reviewing.decide(founded, SHAN, second, standings.ENDORSE, actor=None, now=clock())
    two = reading.opened(founded, CITY, publish(standing=ENDORSED).document)
    assert two.reports == {TOWN: first, VILLAGE: second}
    assert [one.organisation for one in two.corrections] == [VILLAGE]


def test_a_review_alone_changes_the_coverage_and_no_figure(founded, say, publish, clock):
    report = say(TOWN, "3", "5", "/")
    one = reading.opened(founded, CITY, publish().document)
    reviewing.decide(founded, CAO, report, standings.ENDORSE, actor=None, now=clock())
    two = reading.opened(founded, CITY, publish().document)
    assert two.corrections == ()
    assert values(one) == values(two)
    assert (one.cells[0].coverage.not_endorsed, two.cells[0].coverage.not_endorsed) == (1, 0)


def test_what_was_looked_at_is_what_is_published(founded, say, publish):
    say(TOWN, "3", "5", "/")
    seen = drafting.draft(founded, CITY, TYPED, SPRING, LATEST).token
    say(VILLAGE, "4", "5", "/")
    with pytest.raises(RollupChanged):
        publish(seen=seen)
    assert publish(seen=drafting.draft(founded, CITY, TYPED, SPRING, LATEST).token).new


def test_persons_are_counted_and_not_named(founded, publish, clock):
    chain.training(founded, TOWN, ["己", "共"], now=clock())
    old = chain.submit(founded, TOWN, now=clock())
    publish(template=TRAINING)
    chain.training(founded, TOWN, ["庚"], now=clock(), title="第二期")
    chain.submit(founded, TOWN, now=clock(), reason="补登")
    done = publish(template=TRAINING)
    found = reading.opened(founded, CITY, done.document)
    people = next(one for one in found.corrections[0].changes if one.line.indicator == "T03")
    assert (people.before.value, people.after.value, people.left, people.came) == (2, 3, 0, 1)
    keys = decode(founded.scalar(select(LedgerDocument.payload).where(LedgerDocument.hash == old)))
    (trained,) = [cell[5] for cell in keys.body["cells"] if cell[0] == "T03"]
    payload = founded.scalar(select(LedgerDocument.payload).where(LedgerDocument.hash == done.document))
    assert not [key for key in trained if str(key).encode() in payload]


def test_it_is_for_the_publisher_all_below_and_all_above(founded, say, publish):
    say(TOWN, "3", "5", "/")
    county = publish(CAO)
    assert vintage.read(founded, county.document).audience == tuple(sorted([CITY, CAO, STREET, TOWN]))
    for reader in (CITY, CAO, STREET, TOWN):
        assert reading.opened(founded, reader, county.document).number == 1
        assert [one.document for one in reading.listed(founded, reader)] == [county.document]
    for stranger in (SHAN, VILLAGE):
        with pytest.raises(NotFound):
            reading.opened(founded, stranger, county.document)
        assert reading.listed(founded, stranger) == []


def test_bulky_lists_become_parts_and_can_be_withheld(founded, say, publish, monkeypatch):
    monkeypatch.setattr(body, "fitted", lambda said, fitted=body.fitted: fitted(said, room=0))
    old = say(TOWN, "3", "5", "/")
    first = publish()
    say(TOWN, "4", "5", "/", reason="更正")
    second = publish()
    one, two = (reading.opened(founded, CITY, done.document) for done in (first, second))
    assert one.reports == {TOWN: old}
    assert [change.difference for change in two.corrections[0].changes] == [1]
    assert verifying.verify(founded) == []
    founded.connection().execute(update(LedgerPart).values(content=None, salt=b"", erased=True))
    bare = reading.opened(founded, CITY, second.document)
    assert (bare.reports, bare.corrections, values(bare)) == (None, None, values(two))
    assert proving.faults(founded, bare) is None
    assert reading.since(founded, bare) == {}
    say(TOWN, "5", "5", "/", reason="再更正")
    with pytest.raises(Conflict):
        publish()


def test_a_city_of_four_hundred_bodies_fits(founded, typed):
    """The lists of 400 bodies with 200 changed cells each go into parts; the rest stays far below the limit."""
    reports = [[str(code), "a" * 64] for code in range(400)]
    changes = [[n, "", ["reported", 1, "="], ["reported", 2, "="]] for n in range(200)]
    said = {
        "lines": [[0, f"X{n}"] for n in range(200)],
        "reports": reports,
        "corrections": [[code, "a" * 64, "b" * 64, ["更正"], changes] for code, _hash in reports],
    }
    fitted, parts = body.fitted(said)
    assert fitted["reports"] == reports
    assert fitted["corrections"] is None
    assert [reference.name for reference, _part in parts] == ["corrections"]
    assert len(body.written(fitted)) < body.ROOM


def test_a_rebuild_lists_the_same_vintages(founded, say, publish):
    say(TOWN, "3", "5", "/")
    publish()
    say(TOWN, "4", "5", "/", reason="更正")
    done = publish()
    before, found = ledger.projections(founded), reading.opened(founded, CITY, done.document)
    ledger.rebuild(founded)
    assert ledger.projections(founded) == before
    assert reading.opened(founded, CITY, done.document) == found
