"""The inventory names every column of personal data, with its purpose and its span."""

import json
import re
from datetime import date

import pytest
from click.testing import CliRunner
from sqlalchemy import update

from renda.database import Base
from renda.deputies.data import data
from renda.deputies.inventory import entries
from renda.deputies.retention import SPANS
from renda.directory.models import Mandate
from renda.directory.persons import Seated, add_mandates
from renda.i18n import Translator
from renda.testing.plugin import node_settings
from tests.core.deputies.conftest import CITY, COUNTY

PERSONAL = re.compile(
    r"(^|_)(name|login|password|phone|identity|address|born_on|householder|contact|masked|sealed|person|actor)$"
)
HARMLESS = {
    *("core_organisation.name", "core_token.name", "core_group.name", "core_upload.name", "core_secret.name"),
    *("core_transition.name", "core_constituency.name", "core_handling_unit.name", "core_secret.sealed"),
    *("core_webhook.address", "core_webhook.sealed", "core_saved_view.name", "core_pack.name"),
    *("core_excel_upload.name", "core_task.name", "core_session.name", "core_stamp.name"),
}
"""Columns of the core whose names sound personal and that name bodies, groups, files or keys."""


def test_no_column_that_sounds_personal_is_left_out(registry):
    listed = {f"{one.table}.{one.column}" for one in entries(registry.declared)}
    sounding = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        if table.name.startswith("core_")
        for column in table.columns
        if PERSONAL.search(column.name)
    }
    assert sounding - listed - HARMLESS == set()


def test_every_entry_has_a_purpose_and_a_span_that_exists(registry):
    found = entries(registry.declared)
    assert found
    assert all(one.personal.purpose for one in found)
    assert {one.personal.kept for one in found} <= SPANS.keys()


def test_what_registers_mark_personal_is_in_it(registry):
    found = {(one.table, one.column): one.personal for one in entries(registry.declared)}
    assert found["core_contact_household", "householder"].kept == "record"
    assert found["core_person_secret", "sealed"].sensitive


def test_every_entry_is_called_by_words_of_its_own(registry):
    found = entries(registry.declared)
    assert all(one.label for one in found)
    translate = Translator(["renda"], "zh_Hans")
    words = {(one.table, one.column): translate(one.label) for one in found}
    assert words["core_account", "login"] == "账号：登录名"
    assert words["core_contact_household", "householder"] == "联系户：户主"


def test_the_page_says_no_name_of_a_table(as_):
    app = as_("zhang")
    app.set_cookie("renda-language", "zh_Hans")
    said = app.get(f"/o/{CITY}/m/core/data").html.find(id="inventory").get_text(" ")
    assert "账号：登录名" in said
    assert not re.search(r"[a-z]_[a-z]", said)


@pytest.fixture
def renda(node_folder, database_url, placed):
    ini = node_folder / "data.ini"
    lines = [
        f"{key} = {str(value).replace('%', '%%')}"
        for key, value in node_settings(node_folder, database_url).items()
    ]
    ini.write_text("[app:main]\nuse = egg:renda\n" + "\n".join(lines), encoding="utf-8")

    def run(command, *arguments):
        result = CliRunner().invoke(data, [command, str(ini), *arguments, "--json"], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return json.loads(result.output)

    return run


def test_the_commands_print_the_inventory_and_what_is_due(renda, work, clock):
    told = renda("inventory")["inventory"]
    assert {"table", "column", "label", "purpose", "kept", "sensitive"} == told[0].keys()
    with work() as session:
        seated = [Seated(1, "李梅", "x", date(2012, 1, 1))]
        add_mandates(session, COUNTY, 17, seated, now=clock())
        add_mandates(session, COUNTY, 19, [Seated(1, "王小明", "y", date(2022, 1, 8))], now=clock())
        ended = update(Mandate).where(Mandate.term == 17).values(ended_on=date(2017, 1, 1))
        session.execute(ended)
    due = renda("due", "--org", COUNTY)["due"]
    assert [(one["kind"], one["since"]) for one in due] == [("person", "2022-01-01")]
