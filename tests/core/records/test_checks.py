"""A declaration that contradicts itself stops the start and says what is wrong."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Mapped

from renda.declarations import Attachments, Limit, RecordType, State, Transition, Workflow
from renda.errors import Misconfigured
from renda.records import fields
from renda.records.checks import check
from renda.records.models import Record
from tests.core.records.probe import PLANNED, STOPS, VISITS


class Clash(Record):
    __tablename__ = "probe_clash"

    page: Mapped[str] = fields.text("Page")


ROLES = {"clerk", "leader"}
MISSPELT = Workflow((State("planned", "Planned", limit=Limit(months=1, escalate=("leader", "leadr"))),), ())
NO_DAY = Workflow((State("planned", "Planned", limit=Limit(field="title")),), ())
NOWHERE = Workflow((State("planned", "Planned"),), (Transition("go", "Go", ("planned",), "away"),))


def test_the_probe_is_sound():
    check({kind.name: kind for kind in (VISITS, STOPS)}, ROLES)


@pytest.mark.parametrize(
    ("kind", "problem"),
    [
        (replace(VISITS, columns=()), "no columns"),
        (replace(VISITS, columns=("colour",)), "columns names ['colour']"),
        (replace(VISITS, search=("state",)), "search names ['state']"),
        (replace(VISITS, evidence=("colour",)), "evidence names ['colour']"),
        (replace(VISITS, evidence=("phone",)), "personal data"),
        (replace(VISITS, workflow=NOWHERE), "the step go names ['away']"),
        (replace(VISITS, attachments=Attachments(kinds=("exe",))), "['exe'], which are no kinds"),
        (replace(VISITS, attachments=Attachments(kinds=())), "no files"),
        (replace(VISITS, attachments=Attachments(limit=20)), "more than 19 MB"),
        (replace(VISITS, workflow=MISSPELT), "the state planned: escalate names ['leadr']"),
        (replace(VISITS, workflow=NO_DAY), "the state planned names title, which is no day"),
        (replace(VISITS, part_of="probe_stop"), "part of probe_stop"),
        (replace(STOPS, part_of="probe_gone"), "part of probe_gone"),
        (RecordType(Clash, title="Clash", workflow=PLANNED, columns=("page",)), "['page'] are words"),
    ],
)
def test_others_are_refused(kind, problem):
    types = {VISITS.name: VISITS, STOPS.name: STOPS, kind.name: kind}
    with pytest.raises(Misconfigured) as caught:
        check(types, ROLES)
    said = caught.value.message.interpolate()
    assert kind.name in said
    assert problem in said
