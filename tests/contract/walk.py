"""What a clerk does with a stranger's module, from list to roll-up; prints what was found as one JSON object.

Run with the node's interpreter: walk.py CONFIG CODE.
"""

import json
import sys
from datetime import UTC, datetime, time

from pyramid.paster import get_app
from webtest import TestApp

from renda.app import load_node, unit_of_work
from renda.clock import LOCAL, local_day
from renda.directory import service
from renda.indicators.periods import Period, PeriodKind
from renda.security import accounts, grants
from renda_tiers.reports import submission, templates
from renda_tiers.rollup import explain

CONFIG, CODE = sys.argv[1:]
NOW = datetime.now(UTC)
PASSWORD = "a-long-password-for-a-walk"


def prepare(registry):
    """Enable the module, publish its report and open a clerk's account."""
    with unit_of_work(registry) as session:
        service.enable(session, CODE, "petitions", local_day(NOW).replace(day=1))
        templates.publish(session, CODE, "petitions-month", now=NOW)
        clerk = accounts.create_account(session, login="walker", name="走查", now=NOW, password=PASSWORD)
        grants.grant(session, account=clerk, organisation=CODE, role="clerk", now=NOW)


def walk(app):
    """The pages, as a clerk goes through them."""
    form = app.get("/sign-in").forms[0]
    form["login"], form["password"] = "walker", PASSWORD
    form.submit(status=303)
    home = app.get(f"/o/{CODE}")
    register = f"/o/{CODE}/r/petitions_petition"
    page = app.get(f"{register}/new")
    form = next(one for one in page.forms.values() if "title" in one.fields)
    form["title"], form["received_on"] = "修路", local_day(NOW).isoformat()
    form.submit(status=303)
    export = app.get(f"{register}/export.xlsx")
    return {
        "menu": "信访台账" in home.text,
        "form": "收到日期" in page.text,
        "listed": "修路" in app.get(register).text,
        "export": export.body[:2] == b"PK",
    }


registry = load_node(CONFIG)
prepare(registry)
found = walk(TestApp(get_app(CONFIG, "main")))
with unit_of_work(registry) as session:
    period = Period.of(PeriodKind.MONTH, local_day(NOW))
    over = datetime.combine(period.end, time(12), LOCAL)
    submission.submit(session, CODE, "petitions-month", period, actor=None, now=over)
    (total,) = explain.totals(session, CODE, "petitions-month", period.code, "latest")
    (part,) = [
        part
        for part in explain.parts(
            session, CODE, "petitions-month", period.code, "latest", "X01", "", total.meaning
        )
        if part.own
    ]
    found |= {"report": part.figure.value, "rollup": total.figure.value}
print(json.dumps(found))
