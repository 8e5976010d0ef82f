"""Forms are refused by their size and by the number of their fields, before they are taken apart."""

import gc
import tracemalloc
import warnings
from http.client import HTTPConnection
from threading import Thread

import pytest
from waitress import create_server

from renda.serve import OPTIONS
from renda.web.limits import MOST_BYTES, MOST_FIELDS, MOST_OF_ANYTHING

FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=x"


@pytest.fixture(autouse=True)
def spooled_bodies():
    """WebOb leaves it to the interpreter to close the files in which it keeps long bodies."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        yield
        gc.collect(1)


def part(name):
    return f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\nv\r\n'


def refused(app, body, content_type):
    headers = {"Content-Type": content_type, "Accept": "application/json"}
    return app.post("/sign-in", body, headers=headers, status=413).json


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("a&" * (MOST_BYTES // 2) + "a", FORM),
        ("a=" + "x" * MOST_BYTES, FORM),
        (part(0) + "a" * MOST_BYTES, PARTS),
    ],
)
def test_a_form_of_more_than_a_megabyte_is_refused(app, body, content_type):
    assert refused(app, body, content_type)["limit"] == MOST_BYTES


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("&".join(["a"] * (MOST_FIELDS + 1)), FORM),
        ("".join(map(part, range(MOST_FIELDS + 1))) + "--x--\r\n", PARTS),
    ],
)
def test_a_form_of_too_many_fields_is_refused(app, body, content_type):
    assert refused(app, body, content_type)["limit"] == MOST_FIELDS


def test_a_refused_form_is_never_taken_apart(app):
    body = "a&" * 2_000_000
    refused(app, body, FORM)
    tracemalloc.start()
    refused(app, body, FORM)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 40_000_000


def test_people_are_told_in_words(app):
    page = app.post("/sign-in", "a&" * MOST_BYTES, content_type=FORM, status=413)
    assert page.html.h1


def test_forms_within_the_limits_pass(app):
    form = app.get("/sign-in").form
    fields = [("csrf_token", form["csrf_token"].value), ("login", "x" * 500_000), *[("a", "")] * 4_990]
    app.post("/sign-in", fields, status=422)
    app.post("/sign-in", fields[:2], content_type=FORM, status=422)


@pytest.fixture
def port(app):
    """Where waitress serves the application with the options of a node."""
    server = create_server(
        app.app, host="127.0.0.1", port=0, **{**OPTIONS, "threads": 1, "asyncore_loop_timeout": 1}
    )
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    yield server.effective_port
    for channel in list(server.active_channels.values()):
        channel.handle_close()
    server.close()
    server.task_dispatcher.shutdown()
    thread.join(timeout=10)


@pytest.mark.parametrize("content_type", [FORM, PARTS, "application/json", "application/octet-stream"])
def test_fifty_megabytes_are_refused_in_chinese(port, content_type):
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", "/sign-in", b"x" * 52_428_800, {"Content-Type": content_type})
    answer = connection.getresponse()
    text = answer.read().decode("utf-8")
    connection.close()
    assert answer.status == 413
    assert "MB 的上限，请分批提交" in text


def test_what_is_no_form_may_be_larger(app):
    header = {"Content-Type": "application/json", "Accept": "application/json"}
    app.post("/no-such-page", b"x" * (MOST_BYTES + 1), headers=header, status=404)
    told = app.post("/no-such-page", b"x" * (MOST_OF_ANYTHING + 1), headers=header, status=413).json
    assert told["limit"] == MOST_OF_ANYTHING


@pytest.mark.parametrize("content_type", ["multipart/form-data", "multipart/form-data; boundary=\xe9"])
def test_a_form_whose_parts_have_no_bounds_is_refused(app, content_type):
    app.post("/sign-in", b"xx", headers={"Content-Type": content_type}, status=400)
