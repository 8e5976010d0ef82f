import re

import pytest

from renda.i18n import Translator
from renda.web.errors import Expired
from tests.core.security.town import COUNTY, PASSWORD, methods, post, sign_in

ANYTHING = {"org": COUNTY, "type": "training_class"}
FIELDS = {"login": "li", "password": PASSWORD}


def posting_routes(registry):
    """Addresses of every view of every component that answers to POST."""
    routes = {
        one["introspectable"]["name"]: one["introspectable"]
        for one in registry.introspector.get_category("routes")
    }
    for entry in registry.introspector.get_category("views"):
        view = entry["introspectable"]
        if "POST" in methods(view) and view["route_name"]:
            yield routes[view["route_name"]]["pattern"]


SIGNED = {"/chain/exchange", "/chain/join", "/chain/poke"}
"""What nodes call: no cookie counts there, a signature decides; and knocking has no effect of its own."""


OF_STRANGERS = {"/public/{org}/liaison/progress", "/public/{org}/liaison/receipt"}
"""Forms that work without cookies: they carry nobody's right, and are refused where they come from elsewhere."""


def test_without_the_token_no_view_of_any_component_is_reached(app, people, registry):
    sign_in(app, "li")
    found = set(posting_routes(registry)) - SIGNED - OF_STRANGERS
    assert "/sign-out" in found
    for pattern in found:
        address = re.sub(r"\{(\w+)[^}]*\}", lambda name: ANYTHING.get(name[1], "1"), pattern)
        assert app.post(address, {}, expect_errors=True).status_int in {400, 401, 403, 404}, pattern


def test_forms_of_strangers_are_refused_from_other_sites(app, people, registry):
    assert set(posting_routes(registry)) >= OF_STRANGERS
    for pattern in OF_STRANGERS:
        elsewhere = {"Origin": "http://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
        app.post(pattern.replace("{org}", COUNTY), {}, headers=elsewhere, status=400)


@pytest.mark.parametrize("token", ["", "x", "é", "A" * 43])
def test_a_wrong_token_is_refused_with_a_sentence(app, people, token):
    app.get("/sign-in")
    page = app.post("/sign-in", {**FIELDS, "csrf_token": token}, status=400)
    assert Translator(["renda"], "zh_Hans")(Expired().message) in page.text


def test_a_token_of_another_browser_is_refused(app, people, assembled):
    from webtest import TestApp

    other = TestApp(assembled.make_wsgi_app())
    token = other.get("/sign-in").form["csrf_token"].value
    app.post("/sign-in", {**FIELDS, "csrf_token": token}, status=400)
    app.get("/sign-in")
    app.post("/sign-in", {**FIELDS, "csrf_token": token}, status=400)


def test_a_strangers_token_is_worth_nothing_after_sign_in(app, people):
    token = app.get("/sign-in").form["csrf_token"].value
    sign_in(app, "li")
    app.post("/sign-out", {"csrf_token": token}, status=400)
    post(app, "/sign-out", status=303)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_form_of_another_site_is_refused_whatever_it_knows(app, people, headers):
    token = app.get("/sign-in").form["csrf_token"].value
    app.post("/sign-in", {**FIELDS, "csrf_token": token}, headers=headers, status=400)


def test_our_own_origin_is_welcome(app, people):
    token = app.get("/sign-in").form["csrf_token"].value
    headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    app.post("/sign-in", {**FIELDS, "csrf_token": token}, headers=headers, status=303)


def test_over_https_a_form_must_say_where_it_comes_from(app, people):
    over_https = {"wsgi.url_scheme": "https", "HTTP_HOST": "renda.example"}
    page = app.get("/sign-in", extra_environ=over_https)
    fields = {**FIELDS, "csrf_token": page.form["csrf_token"].value}
    app.set_cookie("renda-visit", page.headers["Set-Cookie"].split("=", 1)[1].split(";")[0])
    app.post("/sign-in", fields, extra_environ=over_https, status=400)
    headers = {"Origin": "https://renda.example"}
    app.post("/sign-in", fields, extra_environ=over_https, headers=headers, status=303)


def test_a_program_may_send_the_token_as_a_header(app, people):
    token = app.get("/sign-in").form["csrf_token"].value
    app.post("/sign-in", FIELDS, headers={"X-CSRF-Token": token}, status=303)
