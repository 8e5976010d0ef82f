import logging

import pytest
from pyramid.httpexceptions import HTTPConflict
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from webob import Request
from webtest import TestApp

from renda.app import configure
from renda.errors import Conflict, Invalid, Misconfigured, NotFound, TooLarge
from renda.security.policy import EVERYONE
from renda.testing.plugin import node_settings
from renda.web.headers import ALWAYS
from tests.core.security.town import COUNTY, OTHER, sign_in

PAYLOAD = "<script>alert(1)</script>"


@pytest.fixture
def raising(node_folder, database_url, registry):
    """`raising(error)` is the answer to a page that raises it."""

    def answer(error, **options):
        def view(_request):
            raise error

        config = configure(node_settings(node_folder, database_url), environment={})
        config.add_route("raise", "/raise")
        config.add_view(view, route_name="raise", request_method="GET", permission=EVERYONE)
        config.commit()
        config.registry.engine.dispose()
        config.registry.engine, config.registry.clock = registry.engine, registry.clock
        return TestApp(config.make_wsgi_app()).get("/raise", expect_errors=True, **options)

    return answer


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound(), 404),
        (Conflict(), 409),
        (TooLarge(), 413),
        (Invalid({"title": "unheard-of"}), 422),
        (StaleDataError(), 409),
        (IntegrityError("INSERT", {}, Exception("secret detail")), 409),
        (DataError("SELECT", {}, Exception("secret detail")), 400),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "secret detail"), 400),
        (HTTPConflict("secret detail"), 409),
        (Misconfigured("secret detail"), 500),
        (ValueError("secret detail"), 500),
    ],
)
def test_every_failure_is_a_page_with_a_status_and_no_secrets(raising, error, status):
    page = raising(error)
    assert page.status_int == status
    assert page.html.find(attrs={"role": "alert"})
    assert "secret detail" not in page.text
    assert "Traceback" not in page.text
    assert all(page.headers[name] == value for name, value in ALWAYS.items())


def test_programs_get_a_problem(raising):
    answer = raising(Invalid({"title": "unheard-of"}), headers={"Accept": "application/json"})
    assert answer.content_type == "application/problem+json"
    assert answer.json["status"] == 422
    assert answer.json["errors"] == {"title": "unheard-of"}
    assert answer.json["request"] == answer.headers["X-Request-Id"]


def test_what_broke_is_in_the_log_under_the_number_that_the_page_shows(raising, caplog):
    with caplog.at_level(logging.ERROR):
        page = raising(ValueError("secret detail"))
    number = page.headers["X-Request-Id"]
    assert number in page.text
    assert number in caplog.text
    assert "secret detail" in caplog.text


def test_a_program_without_a_session_gets_401(app, people):
    answer = app.get(f"/o/{COUNTY}", headers={"Accept": "application/json"}, status=401)
    assert answer.json["status"] == 401


def test_what_people_type_is_shown_as_text_also_in_refusals(raising, app, people, work, clock):
    assert PAYLOAD not in raising(NotFound(PAYLOAD)).text
    with work() as session:
        people.person(session, "sun", clock(), (COUNTY, "clerk"), name=PAYLOAD)
    sign_in(app, "sun")
    for address in (f"/o/{COUNTY}", "/help", "/nowhere", f"/o/{COUNTY}/r/{PAYLOAD}", f"/{PAYLOAD}"):
        page = app.get(address, expect_errors=True)
        assert PAYLOAD not in page.text
    assert "&lt;script&gt;" in app.get("/help").text


@pytest.mark.parametrize(
    ("method", "address", "body"),
    [
        ("GET", "/sign-in?next=%ff%fe", b""),
        ("GET", "/sign-in?%ff=1", b""),
        ("GET", "/sign-in?next=a%00b", b""),
        ("POST", "/sign-in", b"login=%ff%fe&password=x"),
        ("POST", "/sign-in", b"login=\xff\xfe&password=x"),
        ("POST", "/sign-in", b"login=a%00b&password=x"),
        ("POST", "/language?x=%ff", b"locale=en"),
    ],
)
def test_what_is_not_text_is_refused_with_a_sentence(app, people, method, address, body):
    token = app.get("/sign-in").form["csrf_token"].value
    page = app.request(
        address,
        method=method,
        body=body,
        headers={"X-CSRF-Token": token, "Content-Type": "application/x-www-form-urlencoded"},
        expect_errors=True,
    )
    assert page.status_int == 400
    assert page.html.find(attrs={"role": "alert"})


@pytest.mark.parametrize("cookie", ["", "renda=%ff", "renda=\xff\xfe", f"renda={'A' * 43}"])
def test_an_address_that_is_not_text_is_refused_with_a_sentence(app, people, cookie):
    response = Request.blank("/o/%ff%fe", headers={"Cookie": cookie}).get_response(app.app)
    assert response.status_int == 400
    assert 'role="alert"' in response.text


def test_not_text_in_an_address_is_not_found_or_refused(app, people):
    sign_in(app, "li")
    assert app.get("/o/37%00", expect_errors=True).status_int in {400, 404}
    assert app.get(f"/o/{COUNTY}/r/x%00", expect_errors=True).status_int in {400, 404}


def test_a_method_that_an_address_does_not_take_is_told_with_those_that_it_takes(app, people):
    sign_in(app, "li")
    page = app.get("/sign-out", status=405)
    assert page.headers["Allow"] == "POST"
    assert "不能直接打开" in page.text
    assert app.delete(f"/o/{COUNTY}", status=405).headers["Allow"] == "GET, HEAD"
    app.get("/nowhere", status=404)


def test_a_stranger_learns_of_no_method_where_they_have_no_role(app, people):
    sign_in(app, "li")
    app.delete(f"/o/{OTHER}", status=404)


def test_only_a_reader_who_is_known_is_led_to_a_to_do_list(app, people):
    assert "待办" not in app.get("/nowhere", status=404).html.find("main").text
    sign_in(app, "li")
    assert "回到我的待办" in app.get(f"/o/{COUNTY}/r/nothing", status=404).html.find("main").text
