"""A list page of 50 records, beside a bare Pyramid and Jinja2 page of 50 rows with one query.

Both applications are served by waitress and asked by one client on one connection; and, for information,
called through WSGI in this process. Ours signs a clerk in first, and then does on every request what it
always does: session, roles, transaction, menu, filters and pages.
"""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial
from http import HTTPStatus
from http.client import HTTPConnection
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from pyramid.config import Configurator
from sqlalchemy import Engine, create_engine, insert, select
from waitress import serve
from webob import Request
from webtest import TestApp

from renda.app import configure, unit_of_work
from renda.database import new_id
from renda.security.accounts import create_account
from renda.security.grants import grant
from renda.testing.plugin import node_settings
from renda.types import Registry
from renda_training.records import TrainingClass
from tests.bench import city
from tests.bench.city import CITY, NOW
from tests.bench.databases import fresh
from tests.bench.figures import Figure, alternate

RECORDS, ROWS = 200, 50
ADDRESS = f"/o/{CITY}/r/training_class"
_LOGIN, _PASSWORD = "clerk", "correct horse battery"


def run(folder: Path, *, quick: bool) -> list[Figure]:
    """Requests per second of both, in turns."""
    rounds = 200 if quick else 1000
    with fresh(folder, "postgresql") as url:
        city.found(folder, url)
        config = configure(node_settings(folder, url), environment={}, clock=lambda: NOW)
        fill(config.registry, RECORDS)
        city.analyse(config.registry)
        # It says its scope once and for all: the limit is a page that asks nothing but its rows.
        stranger = create_engine(url, connect_args={"options": "-c renda.scope=*"})
        application, bare = config.make_wsgi_app(), _bare(stranger)
        cookie = sign_in(application)
        called = [partial(call, application, ADDRESS, cookie), partial(call, bare, "/", "")]
        assert [one().count(b"<tr") for one in called] == [ROWS + 1, ROWS + 1]
        inside = alternate([tuple(called)] * rounds)
        config.registry.engine.dispose()
        stranger.dispose()
        with _served(application) as ours, _served(bare) as theirs:
            outside = alternate([(partial(ours, ADDRESS, cookie), partial(theirs, "/", ""))] * rounds)
    name, beside = f"A list page of {ROWS} records", f"a bare Pyramid and Jinja2 page of {ROWS} rows"
    return [
        Figure(f"{name}, over HTTP", "requests/s", 1 / outside[0], 1 / outside[1], 0.4, beside=beside),
        Figure(f"{name}, without a server", "requests/s", 1 / inside[0], 1 / inside[1], beside=beside),
    ]


def fill(registry: Registry, records: int) -> None:
    """Training classes of the city, and a clerk who may read them."""
    row = {"organisation": CITY, "author": None, "created_at": NOW, "changed_at": NOW, "budget": 5000}
    row["summary"] = None  # What is searched is asked of every row.
    rows = [
        {
            "id": new_id(),
            "title": f"第{number}期代表履职培训班",
            "kind": "topic",
            "state": "held",
            "place": "市委党校",
            "starts_on": date(2025, 1, 1) + timedelta(days=number % 3000),
            **row,
        }
        for number in range(records)
    ]
    with unit_of_work(registry) as session:
        session.execute(insert(TrainingClass), rows)
        account = create_account(session, login=_LOGIN, name="王科员", password=_PASSWORD, now=NOW)
        grant(session, account=account, organisation=CITY, role="clerk", now=NOW)


def sign_in(application: Any) -> str:
    """The cookies of a clerk who has signed in."""
    browser = TestApp(application)
    form = browser.get("/sign-in").form
    form["login"], form["password"] = _LOGIN, _PASSWORD
    form.submit(status=303)
    return "; ".join(f"{name}={value}" for name, value in browser.cookies.items())


def _bare(engine: Engine) -> Any:
    columns = [
        TrainingClass.__table__.c[name] for name in ("id", "title", "kind", "starts_on", "place", "state")
    ]
    newest = select(*columns).where(TrainingClass.organisation == CITY).order_by(TrainingClass.id.desc())

    def view(_request: Any) -> dict[str, Any]:
        with engine.connect() as connection:
            return {"rows": connection.execute(newest.limit(ROWS)).all()}

    config = Configurator()
    config.include("pyramid_jinja2")
    config.add_route("list", "/")
    config.add_view(view, route_name="list", renderer="tests.bench:bare.jinja2")
    return config.make_wsgi_app()


def call(application: Any, address: str, cookie: str) -> bytes:
    """The page at an address, without a server."""
    response = Request.blank(address, headers={"Cookie": cookie}).get_response(application)
    assert response.status_int == HTTPStatus.OK, response.status
    body: bytes = response.body
    return body


@contextmanager
def _served(application: Any) -> Iterator[Callable[[str, str], bytes]]:
    """A waitress of its own process; what is yielded gets an address from it, on one connection."""
    listening = socket.create_server(("127.0.0.1", 0))
    process = get_context("fork").Process(
        target=serve, args=(application,), kwargs={"sockets": [listening], "_quiet": True}, daemon=True
    )
    process.start()
    host, port = listening.getsockname()
    connection = HTTPConnection(host, port, timeout=30)

    def get(address: str, cookie: str) -> bytes:
        connection.request("GET", address, headers={"Cookie": cookie})
        response = connection.getresponse()
        assert response.status == HTTPStatus.OK, response.status
        return response.read()

    try:
        yield get
    finally:
        connection.close()
        listening.close()
        process.terminate()
        process.join()
