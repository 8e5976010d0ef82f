"""Files of a record, as programs have and add them."""

import json

import pytest
from sqlalchemy import select

from renda.files.store import digest_of
from renda.security.models import AuditEntry
from tests.core.api.conftest import COUNTY, STOPS, VISITS
from tests.core.files.samples import HTML, PDF, archive
from tests.core.records.conftest import NEIGHBOUR

BYTES = "application/octet-stream"


@pytest.fixture
def here(stored_visit):
    return f"{VISITS}/{stored_visit}/attachments"


@pytest.fixture
def put(clerk, app, here):
    """`put(name, content)` attaches a file to the visit."""

    def send(name, content, status=201, *, kind=BYTES, address=here, program=clerk):
        headers = {"Authorization": f"Bearer {program.token}", "Content-Type": kind, "Accept-Language": "en"}
        asked = f"{address}?name={name}" if name is not None else address
        return app.post(asked, content, headers=headers, status=status)

    return send


def test_what_was_put_is_listed_and_had(put, clerk, here):
    made = put("%E9%80%9A%E7%9F%A5.pdf", PDF).json
    assert (made["name"], made["kind"], made["media_type"], made["size"], made["sha256"]) == (
        "通知.pdf",
        "pdf",
        "application/pdf",
        len(PDF),
        digest_of(PDF),
    )
    assert clerk.get(here).json == {"items": [made]}
    answer = clerk.get(f"{here}/{made['id']}")
    assert (answer.body, answer.content_type) == (PDF, BYTES)
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_what_was_removed_is_gone_for_programs_and_comes_back_by_hand_alone(put, clerk, here, work):
    made, kept = put("a.pdf", PDF).json, put("b.pdf", PDF).json
    at = f"{here}/{made['id']}"
    answer = clerk.call("DELETE", at)
    assert (answer.status_int, answer.body) == (204, b"")
    assert clerk.get(here).json == {"items": [kept]}
    for method in ("GET", "DELETE"):
        assert clerk.call(method, at).status_int == 404
    with work() as session:
        (told,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "record.detach"))
    assert (json.loads(told.detail), told.token is not None) == ({"attachment": made["id"]}, True)
    assert put("a.pdf", PDF).json["id"] != made["id"]


def test_who_may_not_write_removes_nothing(put, clerk, program, here):
    made = put("a.pdf", PDF).json
    for other in (program("auditor", "probe:read"), program("clerk", "probe:read")):
        assert other.call("DELETE", f"{here}/{made['id']}").status_int == 403
    assert clerk.get(here).json == {"items": [made]}


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("a.png", HTML, 422),
        ("a.pdf", archive(a=b" " * 100_000_000), 422),
        ("a.html", HTML, 422),
        ("a.pdf", PDF + bytes(1_048_577), 422),
        ("a.pdf", b"", 422),
        ("", PDF, 422),
        (None, PDF, 422),
        ("a.pdf&name=b.pdf", PDF, 422),
    ],
)
def test_what_pages_refuse_is_refused_here(put, clerk, here, *, name, content, status):
    problem = put(name, content, status)
    assert problem.content_type == "application/problem+json"
    assert clerk.get(here).json == {"items": []}


def test_the_body_is_declared_as_bytes(put):
    put("a.pdf", PDF, 415, kind="application/json")
    put("a.pdf", PDF, 415, kind="text/html")


def test_who_may_not_write_may_read(put, program, here):
    made = put("a.pdf", PDF).json
    auditor = program("auditor", "probe:read")
    assert auditor.get(f"{here}/{made['id']}").body == PDF
    put("b.pdf", PDF, 403, program=auditor)


def test_a_token_without_the_right_to_read_gets_nothing(put, program, here):
    made = put("a.pdf", PDF).json
    other = program("clerk", "core:read")
    assert other.call("GET", f"{here}/{made['id']}").status_int == 403
    assert other.call("GET", here).status_int == 403


def test_elsewhere_there_is_nothing(put, clerk, here, stored_visit):
    made = put("a.pdf", PDF).json
    there = f"{here}/{made['id']}".replace(COUNTY, NEIGHBOUR)
    assert clerk.call("GET", there).status_int in {403, 404}
    for address in (f"{here}/1", f"{here}/{stored_visit}", f"{STOPS}/{stored_visit}/attachments"):
        assert clerk.call("GET", address).status_int == 404


def test_records_of_other_types_have_none(clerk, put):
    (stop,) = clerk.get(STOPS).json["items"]
    assert clerk.call("GET", f"{STOPS}/{stop['id']}/attachments").status_int == 404
    put("a.pdf", PDF, 404, address=f"{STOPS}/{stop['id']}/attachments")


def test_the_document_says_what_comes_and_goes_as_bytes(clerk):
    paths = clerk.get("/api/v1/openapi.json").json["paths"]
    listed = paths["/organisations/{org}/records/probe_visit/{id}/attachments"]
    assert listed["post"]["requestBody"]["content"] == {BYTES: {}}
    one = paths["/organisations/{org}/records/probe_visit/{id}/attachments/{file}"]["get"]
    assert one["responses"]["200"]["content"] == {BYTES: {}}
    gone = paths["/organisations/{org}/records/probe_visit/{id}/attachments/{file}"]["delete"]
    assert "content" not in gone["responses"]["204"]
    assert "/organisations/{org}/records/probe_stop/{id}/attachments" not in paths
