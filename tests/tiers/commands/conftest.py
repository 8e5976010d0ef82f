"""`renda …` against a node of its own, as a script calls it."""

import json
from datetime import date
from typing import Any

import pytest
from click.testing import CliRunner

from renda.clock import local_day, system_clock
from renda.indicators.periods import Period, PeriodKind
from renda.testing.plugin import node_settings


def write_ini(path: Any, settings: dict[str, Any]) -> str:
    """An ini file with these settings."""
    lines = [f"{key} = {str(value).replace('%', '%%')}" for key, value in settings.items()]
    path.write_text("[app:main]\nuse = egg:renda\n" + "\n".join(lines), encoding="utf-8")
    return str(path)


@pytest.fixture
def config(node_folder, database_url):
    """The ini file of this test's node."""
    return write_ini(node_folder / "node.ini", node_settings(node_folder, database_url))


@pytest.fixture
def renda():
    """Calls a command and gives the JSON that it prints."""

    def run(command, *arguments):
        result = CliRunner().invoke(command, [*arguments, "--json"], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return json.loads(result.output)

    return run


@pytest.fixture
def today() -> date:
    """The day on which commands run: they ask the machine's clock."""
    return local_day(system_clock())


@pytest.fixture
def period(today) -> Period:
    """The last bimonth that has ended."""
    found = Period.of(PeriodKind.BIMONTH, today).previous()
    assert found is not None
    return found
