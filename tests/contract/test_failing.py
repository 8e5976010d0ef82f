"""Every test of the contract fails for a plugin that breaks what it says."""

import re

import pytest

from renda.testing.contract import Contract
from tests.contract.plugins import QUIET, installed, run

MISSPELT = {"__init__.py": {"def register_slots": "def register_slot"}}
UNSOUND = {
    "__init__.py": {
        "from renda import hookimpl": "import renda_tiers\nfrom renda import hookimpl",
        'MenuEntry("topics", ': 'MenuEntry("attic", ',
        '"unsound:read"': '"unsound:burn"',
        'summary=_("Say here in one sentence what the module is for.")': 'summary=_("No such words.")',
        "@hookimpl\ndef register_samples": "@hookimpl\ndef register_settings():\n"
        "    from renda.declarations import Setting\n    return [Setting('days', '')]\n\n\n"
        "@hookimpl\ndef register_samples",
    },
    "records.py": {'evidence=("title", "kind", "held_on")': 'evidence=("nothing",)'},
    "figures.py": {'lines=("UNSOUND1",)': 'lines=("UNSOUND2",)'},
    "migrations/versions/unsound001_first_tables.py": {'revision = "unsound001"': 'revision = "other001"'},
}
CARELESS = {
    "__init__.py": {
        'f"r/{ENTRIES.name}"': '"m/careless/nowhere"',
        "@hookimpl\ndef register_module": "def includeme(config):\n"
        "    from pyramid.response import Response\n"
        "    config.add_route('careless.open', '/o/{org}/careless')\n"
        "    config.add_view(lambda request: Response(), route_name='careless.open', request_method='GET',\n"
        "                    permission='__no_permission_required__')\n\n\n"
        "@hookimpl\ndef register_module",
    },
    "records.py": {
        "class Entry(Record):": "class Lax(fields.Text):\n    def clean(self, value):\n"
        "        return str(value or '')\n\n\n"
        "class Shy(fields.Paragraph):\n    def show(self, value, translate):\n        return '…'\n\n\n"
        "def nobody(session, record):\n    if record.author is not None:\n"
        "        from renda.errors import Conflict\n        raise Conflict('Nobody may.')\n\n\n"
        "class Entry(Record):",
        'fields.text(_("Title"), max_length=120)': 'mapped_column(info={"field": Lax("Title")})',
        'fields.paragraph(_("Note"))': 'mapped_column(info={"field": Shy("Note")})',
        "from sqlalchemy.orm import Mapped": "from sqlalchemy.orm import Mapped, mapped_column",
        "    workflow=PLANNED_WORK,\n    columns": "    workflow=PLANNED_WORK,\n    guard=nobody,\n    columns",
    },
    "figures.py": {'null().label("key")': 'null().label("nothing")'},
    "samples.py": {
        'f"示例 {number}"': 'f"示例 {random.random()}"',
        "from datetime import timedelta": "import random\nfrom datetime import timedelta",
    },
}
UNMIGRATED = {
    "records.py": {
        "    note: Mapped": '    more: Mapped[str | None] = fields.text("More")\n    note: Mapped',
    }
}
BREAKS = {
    "misspelt": (MISSPELT, {"it_starts"}),
    "unsound": (UNSOUND, {"nothing_is_wrong_with_its"}),
    "careless": (
        CARELESS,
        {
            "a_form_makes_a_record_that_the_list_shows_and_a_page_opens",
            "an_empty_form_is_refused_with_a_word_beside_each_required_field",
            "a_program_makes_reads_lists_and_changes_a_record",
            "a_workbook_comes_back_unchanged_and_elsewhere_as_new_records",
            "every_view_of_its_own_names_a_permission",
            "every_entry_of_the_menu_opens",
            "its_measures_run_on_both_databases",
            "its_samples_are_valid_and_the_same_for_the_same_seed",
        },
    ),
    "unmigrated": (
        UNMIGRATED,
        {
            "its_migrations_make_what_its_models_say",
            "its_records_are_exported",
            "search_finds_a_record_by_what_its_type_says",
            "each_role_opens_what_its_verbs_open",
            "strangers_find_nothing",
            "where_the_module_is_not_in_use_there_is_no_register",
            "records_outlast_it_when_you",
        },
    ),
}
CHECKS = {"registers", "figures", "rights", "menus", "settings", "words", "imports", "histories"}


def failed(folder, name, wanted):
    """(test, its parameters) of what fails for a plugin of this name, of the tests wanted."""
    changes, _expected = BREAKS[name]
    made = installed(folder, name, changes)
    chosen = " or ".join(wanted) if wanted else ""
    words = (
        "--pyargs",
        "renda.testing.contract",
        "--plugin",
        name,
        "-rfE",
        *(("-k", chosen) if chosen else ()),
    )
    done = run(made, "pytest", *QUIET, *words)
    found = re.findall(r"^(?:FAILED|ERROR) \S+::test_(\w+)\[(.*?)\](?: - .*)?$", done.stdout, re.MULTILINE)
    assert found, done.stdout + done.stderr
    return found


@pytest.mark.parametrize("name", ["misspelt", "unmigrated"])
def test_it_fails_for_a_plugin_that_is(tmp_path, name):
    wanted = BREAKS[name][1]
    assert {test for test, _ in failed(tmp_path, name, wanted)} == wanted


def test_every_check_of_declarations_and_files_fails_for_one_that_is_unsound(tmp_path):
    found = failed(tmp_path, "unsound", {"nothing_is_wrong_with_its"})
    assert {check for _, parameters in found for check in parameters.split("-")} - {"unsound"} == CHECKS


def test_what_runs_fails_for_one_that_is_careless_and_nothing_else_does(tmp_path):
    assert {test for test, _ in failed(tmp_path, "careless", ())} == BREAKS["careless"][1]


def test_there_is_no_test_of_the_contract_that_nothing_fails():
    tests = {name.removeprefix("test_") for name in dir(Contract) if name.startswith("test_")}
    assert tests == set().union(*(fails for _changes, fails in BREAKS.values()))
