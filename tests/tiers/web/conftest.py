"""The small chain with people who sign in at it; they read English, so that the words here are the code's."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from renda.security.accounts import create_account
from renda.security.grants import grant
from renda_tiers.directives.files import File
from tests.core.api.schema import faults
from tests.core.files.samples import PDF
from tests.core.security.town import PASSWORD, post, sign_in
from tests.tiers import chain
from tests.tiers.directives.desk import Desk


@pytest.fixture
def people(scene: Any, clock: Any) -> None:
    """A founded chain with a clerk, a reviewer and a leader at each body; the login is `role-code`."""

    def make(session: Any) -> None:
        chain.found(session)
        for code in chain.TREE:
            for role in chain.ROLES:
                name = f"{role} {code}"
                account = create_account(
                    session, login=f"{role}-{code}", name=name, password=PASSWORD, now=clock()
                )
                grant(session, account=account, organisation=code, role=role, now=clock())

    scene(f"people {clock()}", make)


@pytest.fixture
def trained(people: None, work: Any, clock: Any) -> None:
    """The town held a class in spring, which two of its deputies attended."""
    with work() as session:
        chain.training(session, chain.TOWN, ["己", "共"], now=clock())


@pytest.fixture
def reported(trained: None, work: Any, clock: Any) -> bytes:
    """The town's report of spring, sent; its hash."""
    with work() as session:
        return chain.submit(session, chain.TOWN, now=clock())


@pytest.fixture
def typed(people: None, work: Any) -> Any:
    """A template of figures that people type: a sum, a stock and a remark."""
    with work() as session:
        lines = [
            chain.typed_line("X1"),
            chain.typed_line("X2", kind="stock"),
            chain.typed_line("X3", kind="text"),
        ]
        return chain.typed_template(session, *lines, now=chain.FOUNDED)


@pytest.fixture
def signed_in(app: Any) -> Callable[[str, str], Any]:
    """`signed_in("clerk", code)` gives a browser in which that person is signed in."""

    def browser(role: str, organisation: str) -> Any:
        app.reset()
        sign_in(app, f"{role}-{organisation}")
        post(app, "/language", {"locale": "en", "next": "/help"}, status=303)
        return app

    return browser


def submit_form(page: Any, action: str = "", **fields: Any) -> Any:
    """Fill in the form in a page's main part that has these fields, and press a button: `do=save`, say."""
    frame = ("/sign-out", "/language")
    forms = [
        one for one in page.forms.values() if one.method.upper() == "POST" and not one.action.endswith(frame)
    ]
    button, _, pressed = action.partition("=")
    forms = [one for one in forms if _has(one, button, pressed)] or forms
    form = next(one for one in forms if fields.keys() <= one.fields.keys())
    for name, value in fields.items():
        form[name] = value
    return form.submit(button or None, value=pressed or None, expect_errors=True)


def _has(form: Any, button: str, value: str) -> bool:
    return any(one.value_if_submitted() == value for one in form.fields.get(button, ()))


def text(page: Any) -> str:
    """The words of a page's main part, with single spaces."""
    return " ".join(page.html.find("main").get_text(" ").split())


def row(page: Any, word: str) -> str:
    """The words of the first table row that has this word."""
    for one in page.html.find_all("tr"):
        found = " ".join(one.get_text(" ").split())
        if word in found:
            return found
    raise AssertionError(word)


@pytest.fixture
def at_desk(people: None, work: Any, clock: Any) -> Callable[[Callable[[Desk], Any]], Any]:
    """Called with a function of a desk: what is done there is committed."""

    def run(act: Callable[[Desk], Any]) -> Any:
        with work() as session:
            return act(Desk(session, clock))

    return run


@pytest.fixture
def issued(at_desk: Callable[[Callable[[Desk], Any]], Any]) -> str:
    """A directive to both counties that has arrived; its subject."""

    def act(desk: Desk) -> str:
        subject = desk.issue(files=[File("通知.pdf", PDF)])
        desk.deliver()
        return subject

    return at_desk(act)


@pytest.fixture
def read(people: None, signed_in: Any) -> Callable[..., Any]:
    """`read(code, path)` is what a leader's program reads there, which is as the document says."""

    def get(organisation: str, path: str, status: int = 200) -> Any:
        app = signed_in("leader", organisation)
        answer = app.get(f"/api/v1/organisations/{organisation}/tiers/{path}", status=status)
        document = app.get("/api/v1/openapi.json").json
        said = _described(document, path)["get"]["responses"][str(answer.status_int)]["content"]
        assert list(faults(answer.json, said[answer.content_type]["schema"], document)) == []
        return answer.json

    return get


def _described(document: Any, path: str) -> Any:
    """What the document says of a path of the chain."""
    base, asked = "/organisations/{org}/tiers/", path.partition("?")[0]
    shapes = [one.removeprefix(base) for one in document["paths"] if one.startswith(base)]
    (found,) = (one for one in shapes if re.fullmatch(re.sub(r"{\w+}", "[^/]+", one), asked))
    return document["paths"][base + found]
