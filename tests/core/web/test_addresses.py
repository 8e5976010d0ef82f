import pytest
from hypothesis import given
from hypothesis import strategies as st

from renda.web.addresses import local_path
from tests.core.security.town import COUNTY, PASSWORD, form_of, post, sign_in

ELSEWHERE = [
    "https://evil.example",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "javascript:alert(1)",
    "evil.example",
    "http:evil.example",
    "/%0d%0aSet-Cookie:x=1\r\nX: y",
    "",
]


@pytest.mark.parametrize("text", ELSEWHERE)
def test_other_sites_are_no_next_page(text):
    assert local_path(text) == "/"


@pytest.mark.parametrize(
    "text", ["/", "/o/371721", "/o/371721/r/training_class?page=2&q=积水", "/help#complaints"]
)
def test_our_own_pages_are(text):
    assert local_path(text) == text


@given(st.text())
def test_a_next_page_is_always_ours(text):
    found = local_path(text)
    assert found.startswith("/")
    assert not found.startswith(("//", "/\\"))
    assert found.isprintable()


@pytest.mark.parametrize("text", ELSEWHERE)
def test_sign_in_leads_to_no_other_site(app, people, text):
    fields = {"login": "li", "password": PASSWORD, "next": text}
    assert post(app, "/sign-in", fields, status=303).location == "http://localhost/"


def test_sign_in_leads_back_to_the_page_that_was_asked_for(app, people):
    address = f"/o/{COUNTY}/r/training_class?page=1"
    asked = app.get(address, status=302)
    assert "/sign-in?next=" in asked.location
    form = asked.follow().form
    form["login"], form["password"] = "li", PASSWORD
    assert form.submit(status=303).location == f"http://localhost{address}"


def test_sign_in_as_someone_else_does_not_reopen_a_posted_page(app, people):
    asked = app.post(f"/o/{COUNTY}", {}, status=302)
    assert asked.location == "http://localhost/sign-in?ended=1"


def sent_from(app, referrer):
    """Where a stranger is led who sends a form from a page."""
    asked = app.post(f"/o/{COUNTY}/r/training_class/new", {}, headers={"Referer": referrer}, status=302)
    return asked.location


def test_a_form_that_met_no_session_is_led_back_to_after_signing_in(app, people):
    address = f"/o/{COUNTY}/r/training_class/new?draft=1"
    page = app.get(sent_from(app, f"http://localhost{address}"))
    assert page.html.find(attrs={"role": "status", "data-unsaved": True})
    page.form["login"], page.form["password"] = "li", "not this one"
    page = page.form.submit(status=422)
    assert not page.html.find(attrs={"data-unsaved": True})
    page.form["login"], page.form["password"] = "li", PASSWORD
    assert page.form.submit(status=303).location == f"http://localhost{address}"


@pytest.mark.parametrize(
    "referrer",
    [
        "https://evil.example/o",
        "http://localhost.evil.example/",
        "http://localhost//evil.example",
        "nonsense",
    ],
)
def test_a_form_that_met_no_session_leads_to_no_other_site(app, people, referrer):
    assert sent_from(app, referrer) == "http://localhost/sign-in?ended=1"


def test_a_page_that_met_no_session_says_nothing_of_one_that_ended(app, people):
    asked = app.get(f"/o/{COUNTY}", status=302).follow()
    assert not asked.html.find(attrs={"data-unsaved": True})


def test_the_language_is_kept_and_leads_nowhere_else(app, people):
    page = post(app, "/language", {"locale": "en", "next": "//evil.example"}, status=303)
    assert page.location == "http://localhost/"
    assert '<html lang="en"' in app.get("/help").text
    post(app, "/language", {"locale": "tlh", "next": "/help"}, status=303)
    assert '<html lang="en"' in app.get("/help").text
    post(app, "/language", {"locale": "zh_Hans", "next": "/help"}, status=303)
    assert '<html lang="zh-Hans"' in sign_in(app, "li").follow().follow().text


def test_a_reader_finds_password_and_language_beside_the_way_out(app, people):
    sign_in(app, "li")
    page = app.get(f"/o/{COUNTY}?a=b")
    assert page.click(href="/password", index=0).status_int == 200
    answer = form_of(page, "next").submit("locale", value="en", status=303)
    assert answer.location == f"http://localhost/o/{COUNTY}?a=b"
    assert '<html lang="en"' in answer.follow().text


def test_a_page_that_was_posted_to_is_not_the_way_back(app, people):
    sign_in(app, "li")
    page = form_of(app.get("/password"), "old").submit(status=422)
    assert form_of(page, "next")["next"].value == "/"


@pytest.mark.parametrize(
    "address", ["/sign-in?next=%2Fhelp", "/first-sign-in", "/help", f"/public/{COUNTY}/deputies"]
)
def test_a_stranger_chooses_a_language_by_a_link_and_comes_back(app, people, address):
    page = app.get(address)
    links = page.html.select(".languages a")
    assert [(one.text, one["lang"], one["hreflang"]) for one in links] == [
        ("中文", "zh-Hans", "zh-Hans"),
        ("English", "en", "en"),
    ]
    assert [one.text for one in links if one.get("aria-current")] == ["中文"]
    assert "renda-language" not in app.cookies
    answer = app.get(links[1]["href"], status=303)
    assert answer.location == f"http://localhost{address}"
    assert '<html lang="en"' in answer.follow().text


def test_a_link_for_a_language_leads_nowhere_else(app, people):
    assert app.get("/language?locale=en&next=//evil.example", status=303).location == "http://localhost/"
    assert '<html lang="en"' in app.get("/help").text
    app.get("/language?locale=tlh", status=303)
    assert '<html lang="en"' in app.get("/help").text


def test_who_has_signed_in_chooses_the_language_beside_the_way_out_alone(app, people):
    sign_in(app, "li")
    assert not app.get(f"/o/{COUNTY}").html.select(".languages")


def test_no_choice_is_offered_where_it_would_lose_what_was_sent(app, people):
    form = app.get("/sign-in").form
    form["login"] = "nobody"
    assert not form.submit(status="4*").html.select(".languages")
    assert not app.get("/nowhere", status=404).html.select(".languages")
