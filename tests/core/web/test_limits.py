"""Forms are refused by their size and by the number of their fields, before they are taken apart."""

import gc
import tracemalloc
import warnings

import pytest

from renda.web.limits import MOST_BYTES, MOST_FIELDS

FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=x"


@pytest.fixture(autouse=True)
def spooled_bodies():
    """WebOb leaves it to the interpreter to close the files in which it keeps long bodies."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        yield
        gc.collect()


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
