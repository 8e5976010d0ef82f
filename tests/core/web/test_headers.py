import pytest
from webtest import TestApp

from renda.app import configure
from renda.testing.plugin import node_settings
from renda.web.headers import ALWAYS
from tests.core.security.town import COUNTY, sign_in

ADDRESSES = (
    "/",
    "/sign-in",
    "/help",
    "/healthz",
    "/nowhere",
    "/static/core/renda.css",
    "/static/core/none",
    "/o/%ff",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_response_has_them(app, people, address):
    response = app.get(address, expect_errors=True)
    assert {name: response.headers.get(name) for name in ALWAYS} == ALWAYS
    assert response.headers["X-Request-Id"]
    assert "Strict-Transport-Security" not in response.headers


def test_nothing_inline_is_allowed_and_nothing_from_elsewhere(app, people):
    policy = app.get("/sign-in").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "http" not in policy
    assert policy.startswith("default-src 'none'")


def test_pages_are_kept_nowhere_and_files_for_a_year(app, people):
    sign_in(app, "li")
    page = app.get(f"/o/{COUNTY}")
    assert page.headers["Cache-Control"] == "no-store"
    style = page.html.find("link", rel="stylesheet")["href"]
    assert "?" in style
    assert "max-age=31536000" in app.get(style).headers["Cache-Control"]


def test_without_tls_switched_off_cookies_are_bound_to_it(node_folder, database_url, registry, people):
    text = node_settings(node_folder, database_url, **{"renda.secure_cookies": "true"})
    config = configure(text, environment={})
    config.registry.engine.dispose()
    config.registry.engine, config.registry.clock = registry.engine, registry.clock
    environ = {"wsgi.url_scheme": "https", "HTTP_HOST": "renda.example"}
    app = TestApp(config.make_wsgi_app(), extra_environ=environ)
    page = app.get("/sign-in")
    assert page.headers["Strict-Transport-Security"]
    visit = page.headers["Set-Cookie"]
    assert visit.startswith("__Host-renda-visit=")
    fields = {"login": "li", "password": people.PASSWORD, "csrf_token": page.form["csrf_token"].value}
    headers = {"Origin": "https://renda.example", "Cookie": visit.split(";")[0]}
    cookie = app.post("/sign-in", fields, headers=headers, status=303).headers["Set-Cookie"]
    assert cookie.startswith("__Host-renda=")
    assert "secure" in cookie.lower()
    assert "domain" not in cookie.lower()


def test_when_even_the_error_page_fails_there_is_an_answer(app, people, registry, monkeypatch):
    def broken(_error, _request):
        raise RuntimeError

    monkeypatch.setattr("renda.web.errors._page", lambda _said, _request: broken(None, None))
    response = app.get("/nowhere", status=500)
    assert response.headers["Content-Security-Policy"]
    assert response.headers["X-Request-Id"] in response.text
