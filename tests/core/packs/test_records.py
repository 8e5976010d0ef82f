"""The records of a pack are records like all others: one class holds them, and the type knows how."""

from datetime import date
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select

from renda import backup
from renda.clock import local_day
from renda.directory import service
from renda.errors import Conflict, Invalid
from renda.packs.records import PackRecord, rename_persons
from renda.records import engine, listing, parts
from renda.records.listing import ListQuery
from renda.search import rebuilding
from renda.search.models import SearchEntry
from tests.core.packs.files import NAME, TYPE, values
from tests.core.security.town import COUNTY

BASE = f"/o/{COUNTY}/r/{TYPE}"
VERBS = frozenset(f"{NAME}:{verb}" for verb in ("read", "write", "decide"))


@pytest.fixture
def visit(work, kind, clock):
    """Makes a committed visit and gives its id."""

    def make(**given):
        with work() as session:
            return engine.create(session, kind(), COUNTY, values(**given), now=clock(), author=None).id

    return make


@pytest.fixture
def rows(work, kind):
    """The titles that a query finds, in its order."""

    def find(sort="", search="", **filters):
        what = kind()
        wanted = {name.replace("__", "."): one for name, one in filters.items()}
        query = ListQuery(filters=wanted, search=search, sort=sort)
        with work() as session:
            return [what.value(row, "title") for row in listing.listed(session, what, COUNTY, query).rows]

    return find


def test_values_come_back_as_they_went_in(work, kind, visit, deputies):
    identity = visit(amount="3.5万", open="是", leader=str(deputies[0]))
    with work() as session:
        row = engine.find(session, kind(), COUNTY, identity)
        held = {name: kind().value(row, name) for name in kind().fields}
    assert held == {
        "title": "走访孙老家镇",
        "kind": "village",
        "held_on": date(2026, 4, 20),
        "amount": 35_000,
        "open": True,
        "leader": deputies[0],
    }
    assert (row.said["held_on"], row.said["leader"]) == ("2026-04-20", {"person": deputies[0].hex})


def test_a_value_that_its_field_refuses_is_refused(db, kind, clock):
    wrong = values(kind="town", held_on="tomorrow", amount="1.5")
    with pytest.raises(Invalid) as refused:
        engine.create(db, kind(), COUNTY, wrong, now=clock(), author=None)
    assert set(refused.value.errors) == {"kind", "held_on", "amount"}


def test_a_change_keeps_what_it_does_not_name_and_refuses_who_saw_an_older_record(work, kind, visit, clock):
    identity = visit(amount="7")
    with work() as session:
        row = engine.find(session, kind(), COUNTY, identity)
        seen = row.lock
        engine.update(session, kind(), row, {"held_on": "2026-04-21"}, lock=seen, now=clock(), actor=None)
        with pytest.raises(Conflict):
            engine.update(session, kind(), row, {"title": "x"}, lock=seen, now=clock(), actor=None)
    with work() as session:
        row = engine.find(session, kind(), COUNTY, identity)
        assert (kind().value(row, "held_on"), kind().value(row, "amount")) == (date(2026, 4, 21), 7)


def test_lists_filter_sort_and_search_by_what_values_mean(rows, visit):
    visit(title="乙", held_on="2026-04-02", amount="100", open="是")
    visit(title="甲", held_on="2026-03-30", amount="9", kind="company")
    visit(title="丙", held_on="2026-04-10")
    assert rows("amount") == ["甲", "乙", "丙"]
    assert rows("-held_on") == ["丙", "乙", "甲"]
    assert rows("held_on", held_on__from="2026-04-01") == ["乙", "丙"]
    assert rows(amount__to="99") == ["甲"]
    assert rows(kind="company") == rows(search="甲") == ["甲"]
    assert rows(open="是") == ["乙"]
    assert sorted(rows(open="否")) == sorted(["甲", "丙"])
    assert rows(title="丁") == []


def test_a_list_of_persons_shows_their_names(work, kind, visit, deputies):
    visit(leader=str(deputies[1]))
    with work() as session:
        page = listing.listed(session, kind(), COUNTY, ListQuery())
    assert page.names[deputies[1]] == "李梅"


def test_search_finds_them_and_is_made_anew_from_them(work, kind, visit, registry):
    identity = visit(title="孙老家镇道路")
    with work() as session:
        before = session.scalars(select(SearchEntry.title).where(SearchEntry.type == TYPE)).all()
        rebuilding.rebuild(session, registry.declared)
        again = session.execute(select(SearchEntry.record, SearchEntry.title)).all()
    assert before == ["孙老家镇道路"]
    assert [tuple(one) for one in again] == [(identity, "孙老家镇道路")]


def test_persons_may_get_other_ids_where_records_move(visit, work, kind, deputies):
    first, second = deputies
    identity = visit(leader=str(first))
    with work() as session:
        row = engine.find(session, kind(), COUNTY, identity)
        assert rename_persons(row.said, {}) == {first}
        assert rename_persons(row.said, {first: second}) == {second}
        assert kind().value(row, "leader") == second


def test_a_backup_holds_them(work, kind, visit, deputies, registry):
    identity, clock = visit(leader=str(deputies[0]), amount="12"), registry.clock
    path = Path(registry.values["secret_file"]).with_name("packs.backup")
    backup.backup(registry, path, clock())
    with work() as session:
        row = engine.find(session, kind(), COUNTY, identity)
        engine.update(session, kind(), row, {"amount": "13"}, lock=row.lock, now=clock(), actor=None)
    backup.restore(registry, path, replace=True)
    with work() as session:
        row = engine.find(session, kind(), COUNTY, identity)
        assert (kind().value(row, "leader"), kind().value(row, "amount")) == (deputies[0], 12)


def test_rows_inside_a_record_and_people_who_take_part_belong_to_it(work, kind, visit, deputies, clock):
    identity, issue, taking = visit(), f"{NAME}_issue", f"{TYPE}_attendance"
    with work() as session:
        whole = engine.find(session, kind(), COUNTY, identity)
        engine.create(
            session, kind(issue), COUNTY, {"words": "路灯不亮"}, now=clock(), author=None, whole=whole
        )
        came = parts.add_participants(
            session, kind(taking), whole, deputies, "member", now=clock(), actor=None
        )
        assert len(came) == 2
        with pytest.raises(Invalid):
            engine.create(session, kind(issue), COUNTY, {"words": "无主"}, now=clock(), author=None)
    with work() as session:
        inside = ListQuery(filters={"whole": str(identity)})
        assert listing.listed(session, kind(issue), COUNTY, inside).total == 1


class TestPages:
    def test_a_clerk_enters_a_record_leads_it_on_and_changes_it(self, browse, kind, work):
        app = browse("clerk")
        kind()
        form = next(one for one in app.get(f"{BASE}/new").forms.values() if one.action == BASE)
        form["title"], form["kind"], form["held_on"] = "走访", "village", "2026-04-20"
        page = form.submit(status=303).follow()
        assert "走访" in page.html.find("h1").text
        step = next(one for one in page.forms.values() if str(one.action).endswith("/do"))
        page = step.submit("transition", value="hold", status=303).follow()
        assert "Took place" in page.text
        form = next(one for one in page.click(href="/edit$").forms.values() if "title" in one.fields)
        form["amount"] = "1200"
        assert "1,200" in form.submit(status=303).follow().text
        assert "走访" in app.get(BASE).html.find("table").text

    def test_it_goes_out_to_a_spreadsheet_and_comes_back_changed(self, browse, visit, work, kind):
        identity = visit(amount="5")
        app = browse("clerk")
        book = openpyxl.load_workbook(BytesIO(app.get(f"{BASE}/records.xlsx").body))
        sheet = book.worksheets[0]
        cell = next(one for row in sheet.iter_rows() for one in row if one.value == 5)
        cell.value = 6
        target = BytesIO()
        book.save(target)
        form = next(one for one in app.get(f"{BASE}/import").forms.values() if "file" in one.fields)
        form["file"] = ("走访.xlsx", target.getvalue())
        page = form.submit(status=303).follow()
        page.forms["confirm"].submit("do", value="confirm", status=303)
        with work() as session:
            row = session.scalars(select(PackRecord).where(PackRecord.id == identity)).one()
            assert row.said["amount"] == 6

    def test_who_does_not_use_the_pack_has_no_such_register(self, browse, kind, work, clock):
        kind()
        app = browse("clerk")
        assert BASE in app.get(f"/o/{COUNTY}").text
        with work() as session:
            service.disable(session, COUNTY, NAME, local_day(clock()))
        app.get(BASE, status=404)
        assert BASE not in app.get(f"/o/{COUNTY}").text


def test_programs_find_it_described(browse, visit):
    visit()
    app = browse("clerk")
    found = app.get("/api/v1/openapi.json").json
    assert f"/organisations/{{org}}/records/{TYPE}" in found["paths"]
    assert found["components"]["schemas"][TYPE]["title"] == "走访记录"
    assert found["components"]["schemas"][TYPE]["properties"]["id"]
