"""A list page of 50 records, beside a bare Pyramid and Jinja2 page of 50 rows with one query.

Both applications are called in this process, through WSGI, by one thread. Ours signs a clerk in first, and
then does on every request what it always does: session, roles, transaction, menu, filters and pages.
"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from pyramid.config import Configurator
from sqlalchemy import Engine, insert, select
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
_ADDRESS = f"/o/{CITY}/r/training_class"
_LOGIN, _PASSWORD = "clerk", "correct horse battery"


def run(folder: Path, *, quick: bool) -> list[Figure]:
    """Requests per second of both, in turns."""
    with fresh(folder, "postgresql") as url:
        city.found(folder, url)
        config = configure(node_settings(folder, url), environment={}, clock=lambda: NOW)
        _fill(config.registry)
        city.analyse(config.registry)
        ours = _ours(config)
        theirs = _calls(_bare(config.registry.engine), "/", {})
        for call in (ours, theirs):
            assert call().count(b"<tr") == ROWS + 1
        times = alternate([(ours, theirs)] * (200 if quick else 1000))
    return [
        Figure(
            f"A list page of {ROWS} records",
            "requests/s",
            1 / times[0],
            1 / times[1],
            at_least=0.4,
            beside=f"a bare Pyramid and Jinja2 page of {ROWS} rows",
        )
    ]


def _fill(registry: Registry) -> None:
    row = {"organisation": CITY, "author": None, "created_at": NOW, "changed_at": NOW, "budget": 5000}
    rows = [
        {
            "id": new_id(),
            "title": f"第{number}期代表履职培训班",
            "kind": "topic",
            "state": "held",
            "place": "市委党校",
            "starts_on": date(2025, 1, 1) + timedelta(days=number),
            **row,
        }
        for number in range(RECORDS)
    ]
    with unit_of_work(registry) as session:
        session.execute(insert(TrainingClass), rows)
        account = create_account(session, login=_LOGIN, name="王科员", password=_PASSWORD, now=NOW)
        grant(session, account=account, organisation=CITY, role="clerk", now=NOW)


def _ours(config: Any) -> Callable[[], bytes]:
    application = config.make_wsgi_app()
    browser = TestApp(application)
    form = browser.get("/sign-in").form
    form["login"], form["password"] = _LOGIN, _PASSWORD
    form.submit(status=303)
    return _calls(application, _ADDRESS, browser.cookies)


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


def _calls(application: Any, address: str, cookies: dict[str, str]) -> Callable[[], bytes]:
    """One GET of an address."""
    header = "; ".join(f"{name}={value}" for name, value in cookies.items())
    environ = Request.blank(address, headers={"Cookie": header}).environ
    return partial(_get, application, environ)


def _get(application: Any, environ: dict[str, Any]) -> bytes:
    said: list[str] = []
    body = application(dict(environ), lambda status, _headers, _info=None: said.append(status))
    page = b"".join(body)
    if hasattr(body, "close"):
        body.close()
    assert said == ["200 OK"], said
    return page
