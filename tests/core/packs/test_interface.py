"""Programs list, read, make and change the records of a pack, and lead them on, as those of any register."""

from datetime import timedelta

import pytest

from renda.packs.declared import GRANTS
from renda.security import tokens
from tests.core.packs.files import NAME, TYPE, values
from tests.core.security.town import COUNTY

RECORDS = f"/api/v1/organisations/{COUNTY}/records"


@pytest.fixture
def call(app, install, people, work, clock):
    """`call("get", address)` is what the program of a clerk of the county is answered."""
    install()
    held = frozenset(f"{NAME}:{verb}" for verb in GRANTS["clerk"])
    with work() as session:
        account = people.person(session, "chen", clock(), (COUNTY, "clerk"))
        _token, text = tokens.issue(
            session,
            account=getattr(account, "id", account),
            organisation=COUNTY,
            name="走访程序",
            permissions=held,
            held=held,
            expires_at=clock() + timedelta(days=30),
            now=clock(),
            actor=None,
        )

    def ask(method, address, *body, status=200, seen=""):
        said = {"Authorization": f"Bearer {text}", **({"If-Match": seen} if seen else {})}
        return getattr(app, method)(address, *body, headers=said, status=status)

    return ask


@pytest.fixture
def visit(call):
    """The answer to a program that made a visit."""
    return call("post_json", f"{RECORDS}/{TYPE}", {"values": values(amount=5)}, status=201)


def test_it_is_made_and_read(call, visit):
    found = call("get", visit.headers["Location"])
    assert found.json == visit.json
    assert found.json["values"] == {
        "title": "走访孙老家镇",
        "kind": "village",
        "held_on": "2026-04-20",
        "amount": 5,
        "open": False,
        "leader": None,
    }


def test_it_is_listed_with_filters(call, visit):
    call("post_json", f"{RECORDS}/{TYPE}", {"values": values(title="入企", kind="company")}, status=201)
    found = call("get", f"{RECORDS}/{TYPE}?kind=village").json["items"]
    assert [one["id"] for one in found] == [visit.json["id"]]
    first = call("get", f"{RECORDS}/{TYPE}?sort=held_on&limit=1").json
    (second,) = call("get", first["next"]).json["items"]
    assert {first["items"][0]["id"], second["id"]} > {visit.json["id"]}


def test_it_is_changed_from_the_state_that_was_seen(call, visit):
    address, seen = visit.headers["Location"], visit.headers["ETag"]
    changed = call("patch_json", address, {"values": {"amount": 6}}, seen=seen)
    assert (changed.json["values"]["amount"], changed.json["values"]["title"]) == (6, "走访孙老家镇")
    call("patch_json", address, {"values": {"amount": 7}}, seen=seen, status=412)
    call("patch_json", address, {"values": {"amount": 7}}, status=428)
    refused = call("patch_json", address, {"values": {"kind": "moon"}}, seen="*", status=422)
    assert [*refused.json["errors"]] == ["kind"]


def test_it_takes_the_steps_of_its_workflow(call, visit):
    steps = f"{visit.headers['Location']}/transitions"
    assert "hold" in call("get", steps).json["open"]
    held = call("post_json", f"{steps}/hold", {}, seen=visit.headers["ETag"])
    assert held.json["state"] == "held"
    assert [one["name"] for one in call("get", steps).json["items"]] == ["hold"]
    call("post_json", f"{steps}/hold", {}, seen="*", status=409)


def test_what_lies_inside_it_says_of_which(call, visit, deputies):
    body = {"values": {"person": str(deputies[0]), "role": "member"}, "whole": visit.json["id"]}
    came = call("post_json", f"{RECORDS}/{TYPE}_attendance", body, status=201)
    assert came.json["whole"] == visit.json["id"]
    issue = {"values": {"words": "道路不平"}, "whole": visit.json["id"]}
    call("post_json", f"{RECORDS}/{NAME}_issue", issue, status=201)
    call("post_json", f"{RECORDS}/{NAME}_issue", {**issue, "whole": str(deputies[0])}, status=422)
