"""Programs read what pages show, under the same rules."""

import base64
import uuid
from urllib.parse import quote

import pytest
from sqlalchemy import event, select

from renda.database import everything
from renda.records import engine
from renda.records.models import TransitionLog
from renda.security.models import AuditEntry
from tests.core.api.conftest import HERE, STOPS, VISITS
from tests.core.records.conftest import COUNTY, NEIGHBOUR, NOW, VALUES
from tests.core.records.probe import VISITS as VISIT_TYPE
from tests.core.records.probe import Visit

NEW = {"title": "走访", "kind": "school", "starts_on": "2026-05-06"}


@pytest.fixture
def seven(work, people):
    """Seven visits, some of them alike, with and without a budget."""
    with work() as session:
        for number, budget in enumerate((5, None, 5, 9, None, 1, 5)):
            values = {**VALUES, "title": f"走访{number % 3}", "budget": budget, "urgent": number % 2 == 0}
            engine.create(session, VISIT_TYPE, COUNTY, values, now=NOW, author=None)


def walk(program, address):
    """Titles and budgets of a list, and how many pages it took."""
    found, pages = [], 0
    while address:
        answer = program.get(address).json
        found += [(one["id"], one["values"]["title"], one["values"]["budget"]) for one in answer["items"]]
        address, pages = answer["next"], pages + 1
    return found, pages


class TestList:
    @pytest.mark.parametrize(
        "sort",
        ["", "title", "-title", "budget", "-budget", "starts_on", "-starts_on", "urgent", "-urgent", "state"],
    )
    def test_pages_follow_each_other_in_the_order_of_the_page(self, seven, clerk, work, sort):
        found, pages = walk(clerk, f"{VISITS}?limit=2&sort={sort}")
        assert pages == 4
        assert len({one[0] for one in found}) == 7
        whole, one_page = walk(clerk, f"{VISITS}?limit=200&sort={sort}")
        assert (whole, one_page) == (found, 1)

    def test_new_records_shift_nothing(self, seven, clerk, work):
        first = clerk.get(f"{VISITS}?limit=4").json
        with work() as session:
            engine.create(session, VISIT_TYPE, COUNTY, VALUES, now=NOW, author=None)
        second = clerk.get(first["next"]).json
        assert len(second["items"]) == 3
        assert {one["id"] for one in first["items"]}.isdisjoint(one["id"] for one in second["items"])

    def test_the_filters_and_the_search_are_those_of_the_page(self, seven, clerk):
        found, _pages = walk(clerk, f"{VISITS}?q={quote('走访0')}&budget.from=5&limit=1")
        assert [title for _id, title, _budget in found] == ["走访0", "走访0", "走访0"]

    @pytest.mark.parametrize(
        ("query", "wrong"),
        [
            ("colour=red", "colour"),
            ("q=%01", "q"),
            ("sort=guide", "sort"),
            ("limit=0", "limit"),
            ("limit=201", "limit"),
            ("limit=many", "limit"),
            ("kind=village&kind=school", "kind"),
            ("cursor=x", "cursor"),
            ("cursor=%E8%B5%B0", "cursor"),
            ("starts_on.from=soon", "starts_on.from"),
        ],
    )
    def test_what_a_list_does_not_know_is_refused_by_its_name(self, seven, clerk, query, wrong):
        answer = clerk.get(f"{VISITS}?{query}", status=422)
        assert answer.content_type == "application/problem+json"
        assert list(answer.json["errors"]) == [wrong]

    def test_a_cursor_opens_no_other_list(self, seven, clerk):
        following = clerk.get(f"{VISITS}?limit=2").json["next"]
        clerk.get(following.replace("limit=2", "limit=2&sort=title"), status=422)
        clerk.get(following.replace("limit=2", "limit=3"))

    def test_a_cursor_tells_nothing_of_what_it_sorts_by(self, work, people, clerk):
        with work() as session:
            for phone in ("13812345678", "13987654321"):
                engine.create(session, VISIT_TYPE, COUNTY, {**VALUES, "phone": phone}, now=NOW, author=None)
        answer = clerk.get(f"{VISITS}?limit=1&sort=phone")
        assert "13812345678" not in answer.text
        cursor = answer.json["next"].partition("cursor=")[2]
        assert b"13812345678" not in base64.urlsafe_b64decode(cursor + "==")

    def test_it_names_the_persons(self, work, people, clerk):
        with work() as session:
            values = {**VALUES, "guide": str(people.county)}
            engine.create(session, VISIT_TYPE, COUNTY, values, now=NOW, author=None)
        assert clerk.get(VISITS).json["names"] == {str(people.county): "李梅"}


class TestOne:
    def test_it_says_what_the_page_says(self, clerk, work, people, stored_visit):
        found = clerk.get(f"{VISITS}/{stored_visit}").json
        assert found["values"]["starts_on"] == "2026-05-06"
        assert found["values"]["urgent"] is False
        assert (found["type"], found["state"], found["lock"]) == ("probe_visit", "planned", 1)

    def test_personal_text_is_masked(self, work, people, clerk):
        with work() as session:
            values = {**VALUES, "phone": "13812345678"}
            row = engine.create(session, VISIT_TYPE, COUNTY, values, now=NOW, author=None)
            identifier = row.id
        answer = clerk.get(f"{VISITS}/{identifier}")
        assert answer.json["values"]["phone"] == "138****5678"
        clerk.call(
            "PATCH",
            f"{VISITS}/{identifier}",
            {"values": {"phone": "138****5678"}},
            If_Match='"1"',
            status=200,
        )
        with work() as session:
            assert session.scalars(select(Visit.phone)).one() == "13812345678"

    def test_who_has_it_already_is_told_so(self, clerk, stored_visit):
        tag = clerk.get(f"{VISITS}/{stored_visit}").headers["ETag"]
        assert tag == '"1"'
        assert clerk.get(f"{VISITS}/{stored_visit}", 304, If_None_Match=tag).body == b""
        clerk.get(f"{VISITS}/{stored_visit}", 200, If_None_Match='"7"')

    @pytest.mark.parametrize(
        "path",
        [
            f"{VISITS}/1",
            f"{VISITS}/{uuid.UUID(int=7)}",
            f"{HERE}/records/probe_gone",
            f"{VISITS.replace(COUNTY, NEIGHBOUR)}",
        ],
    )
    def test_there_is_nothing_else(self, clerk, path):
        clerk.get(path, 404)

    def test_parts_are_found_by_their_whole(self, clerk, stored_visit):
        items = clerk.get(f"{STOPS}?whole={stored_visit}").json["items"]
        assert [(one["whole"], one["values"]) for one in items] == [
            (str(stored_visit), {"place": "孙老家村", "minutes": 30})
        ]


class TestNew:
    def test_a_record_is_made(self, clerk, work, people):
        answer = clerk.call("POST", VISITS, {"values": NEW}, status=201)
        assert answer.headers["ETag"] == '"1"'
        assert clerk.get(answer.headers["Location"]).json == answer.json
        with work() as session:
            row = session.scalars(select(Visit)).one()
            said = session.scalars(select(AuditEntry).where(AuditEntry.action == "record.create")).one()
            assert (row.author, said.actor, said.token) == (people.clerk, people.clerk, clerk.id)

    def test_every_wrong_field_is_told(self, clerk, work):
        values = {"title": "", "kind": "moon", "budget": "much", "colour": "red", "starts_on": ["2026-05-06"]}
        answer = clerk.call("POST", VISITS, {"values": values}, status=422, Accept_Language="en")
        assert set(answer.json["errors"]) == {"title", "kind", "budget", "colour", "starts_on"}
        with work() as session:
            assert session.scalars(select(Visit)).all() == []

    def test_a_part_says_of_what(self, clerk, stored_visit):
        stop = {"values": {"place": "县城", "minutes": 5}}
        for whole in (None, "x", str(uuid.uuid4()), 5, ["x"]):
            clerk.call("POST", STOPS, {**stop, "whole": whole}, status=422)
        made = clerk.call("POST", STOPS, {**stop, "whole": str(stored_visit)}, status=201).json
        assert made["whole"] == str(stored_visit)
        clerk.call("POST", VISITS, {"values": NEW, "whole": str(stored_visit)}, status=422)

    def test_persons_take_part(self, clerk, people, stored_visit):
        company = f"{HERE}/records/probe_visit_company"
        guest = {"whole": str(stored_visit), "values": {"person": str(people.county), "role": "guest"}}
        made = clerk.call("POST", company, guest, status=201)
        clerk.call("POST", company, guest, status=409)
        stranger = {**guest, "values": {**guest["values"], "person": str(people.neighbour)}}
        assert "person" in clerk.call("POST", company, stranger, status=422).json["errors"]
        came = f"{made.headers['Location']}/transitions/come"
        assert clerk.call("POST", came, {}, If_Match='"1"', status=200).json["state"] == "came"


class TestChange:
    def test_only_what_is_sent_changes(self, clerk, stored_visit):
        address = f"{VISITS}/{stored_visit}"
        answer = clerk.call("PATCH", address, {"values": {"budget": 500}}, If_Match='"1"', status=200)
        assert (answer.headers["ETag"], answer.json["values"]["budget"]) == ('"2"', 500)
        assert answer.json["values"]["title"] == VALUES["title"]

    def test_a_change_says_which_state_it_was_made_from(self, clerk, stored_visit):
        address, body = f"{VISITS}/{stored_visit}", {"values": {"title": "改"}}
        clerk.call("PATCH", address, body, status=428)
        for nothing in ("", " "):
            clerk.call("PATCH", address, body, If_Match=nothing, status=428)
        for tag in ('"7"', 'W/"1"', "1x", '""'):
            clerk.call("PATCH", address, body, If_Match=tag, status=412)
        clerk.call("PATCH", address, body, If_Match='"7", "1"', status=200)
        assert clerk.call("PATCH", address, body, If_Match='"1"', status=412).json["lock"] == 2
        clerk.call("PATCH", address, {"values": {"title": "又改"}}, If_Match="*", status=200)

    def test_a_refused_change_changes_nothing(self, clerk, stored_visit):
        address = f"{VISITS}/{stored_visit}"
        body = {"values": {"budget": 500, "kind": "moon"}}
        clerk.call("PATCH", address, body, If_Match='"1"', status=422)
        assert clerk.get(address).headers["ETag"] == '"1"'

    def test_who_changes_at_the_same_time_is_refused(self, clerk, work, registry, stored_visit):
        done = []

        def meanwhile(_connection, cursor, statement, *_rest):
            if statement.startswith("UPDATE probe_visit SET") and not done:
                done.append(statement)
                cursor.execute("UPDATE probe_visit SET lock = lock + 1")

        event.listen(registry.engine, "before_cursor_execute", meanwhile)
        address = f"{VISITS}/{stored_visit}"
        clerk.call("PATCH", address, {"values": {"title": "改"}}, If_Match='"1"', status=409)


class TestSteps:
    def test_a_step_is_taken_and_kept(self, clerk, work, stored_visit):
        address = f"{VISITS}/{stored_visit}"
        assert clerk.get(f"{address}/transitions").json == {"items": [], "open": ["hold", "cancel"]}
        clerk.call("POST", f"{address}/transitions/hold", {}, status=428)
        held = clerk.call("POST", f"{address}/transitions/hold", {}, If_Match='"1"', status=200)
        assert (held.json["state"], held.headers["ETag"]) == ("held", '"2"')
        steps = clerk.get(f"{address}/transitions").json
        assert [(one["name"], one["source"], one["target"], one["by"]) for one in steps["items"]] == [
            ("hold", "planned", "held", "账户clerk")
        ]
        clerk.call("POST", f"{address}/transitions/hold", {}, If_Match='"2"', status=409)
        with work() as session, everything(session):
            assert len(session.scalars(select(TransitionLog)).all()) == 1

    def test_reasons_guards_and_verbs_are_those_of_the_page(self, clerk, program, work, people, stored_visit):
        address = f"{VISITS}/{stored_visit}/transitions"
        clerk.call("POST", f"{address}/cancel", {}, If_Match='"1"', status=422)
        clerk.call("POST", f"{address}/cancel", {"reason": 5}, If_Match='"1"', status=422)
        clerk.call("POST", f"{address}/fly", {}, If_Match='"1"', status=404)
        clerk.call("POST", f"{address}/cancel", {"reason": "下雨"}, If_Match='"1"', status=200)
        clerk.call("POST", f"{address}/reopen", {"reason": "晴"}, If_Match='"2"', status=403)
        leader = program("leader")
        leader.call("POST", f"{address}/reopen", {"reason": "晴"}, If_Match='"2"', status=200)
        with work() as session:
            moon = engine.create(
                session, VISIT_TYPE, COUNTY, {**VALUES, "title": "moon"}, now=NOW, author=None
            )
            identifier = moon.id
        clerk.call("POST", f"{VISITS}/{identifier}/transitions/hold", {}, If_Match='"1"', status=409)
