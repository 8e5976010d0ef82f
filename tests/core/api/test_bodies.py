"""What programs send is read strictly, and refused with a problem in their language."""

import pytest

from tests.core.api.conftest import VISITS

NEW = '{"values": {"title": "走访", "kind": "school", "starts_on": "2026-05-06"}}'


def send(clerk, body, media_type="application/json", **headers):
    said = {"Authorization": f"Bearer {clerk.token}", "Content-Type": media_type, **headers}
    return clerk.app.post(
        VISITS, body if isinstance(body, bytes) else body.encode(), headers=said, status="*"
    )


def test_a_good_body_is_read(clerk):
    assert send(clerk, NEW).status_int == 201
    assert send(clerk, NEW, "application/json; charset=utf-8").status_int == 201


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 400),
        ("null", 400),
        ("[]", 400),
        ("{", 400),
        ('{"values": NaN}', 400),
        ('{"values": {"budget": -Infinity}}', 400),
        ('{"values": {"title": "a", "title": "b"}}', 400),
        ('{"values": {}, "values": {}}', 400),
        (b'{"values": {"title": "\xff"}}', 400),
        (NEW.encode("utf-16"), 400),
        ('{"values": {"budget": ' + "9" * 5000 + "}}", 400),
        ('{"values": ' * 9 + "1" + "}" * 9, 413),
        ('{"values": ' + "[" * 100_000 + "]" * 100_000 + "}", 413),
        ('{"values": {"notes": "' + "x" * 1_048_576 + '"}}', 413),
        ('{"values": {}, "colour": 1}', 422),
        ('{"values": []}', 422),
        ('{"values": {"title": {"a": 1}}}', 422),
        ('{"values": {"title": "\\ud800"}}', 422),
        ('{"values": {"title": "a\\u0000b"}}', 422),
        ('{"values": {"budget": 1e400}}', 422),
        ('{"values": {"budget": 1.5}}', 422),
        ('{"\\ud800": 1}', 422),
    ],
)
def test_anything_else_is_refused(clerk, body, status):
    answer = send(clerk, body)
    assert answer.status_int == status
    assert answer.content_type == "application/problem+json"
    assert {"type", "title", "status", "detail", "request"} <= answer.json.keys()


@pytest.mark.parametrize(
    "media_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/json"],
)
def test_other_media_types_are_refused(clerk, media_type):
    assert send(clerk, NEW, media_type).status_int == 415


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("en", "Some entries need correction"),
        ("en-US,en;q=0.5", "Some entries need correction"),
        ("zh-CN", "有"),
        ("zh-Hans-CN, en", "有"),
        ("fr", "有"),
        ("", "有"),
        ("\xff;;q=", "有"),
        ("*", "有"),
    ],
)
def test_problems_speak_the_language_that_is_asked_for(clerk, asked, words):
    answer = send(clerk, '{"values": {}}', **{"Accept-Language": asked})
    assert answer.status_int == 422
    assert words in answer.json["detail"]
    assert set(answer.json["errors"]) == {"title", "kind", "starts_on"}
