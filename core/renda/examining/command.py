"""`renda doctor`: every check, one line each, and what to do where one fails."""

import sys
from functools import partial
from pathlib import Path
from typing import Any

import click

from renda import app
from renda.cli import config_argument, emit, json_option, translator
from renda.examining import Check, Examining, Finding, State, examine, machine, rows
from renda.i18n import Translator, _

MOST_LINES = 20
"""Things wrong that are printed of one check; JSON has all."""

MARKS = {State.OK: "OK  ", State.FAIL: "FAIL", State.LEFT_OUT: "----"}

FIRST = (
    Check(
        "core.database",
        _("The database answers and keeps what it has confirmed"),
        _("Start the database; see that renda.database_url is right and PostgreSQL is set to be safe."),
        machine.keeps_its_word,
    ),
    Check(
        "core.tables",
        _("The tables are those of the installed version"),
        _("Make a backup, stop the node, run renda upgrade, start it."),
        rows.tables_are_new,
    ),
)
"""Without these nothing else can be looked at."""


def others(config: Path) -> list[Check]:
    """Checks of the core that need the tables, or only the machine."""
    return [
        Check(
            "core.secrets",
            _("The files of secrets are there, private and different"),
            _("Let them belong to the account that serves, mode 600; keep copies apart from the backups."),
            partial(machine.files_are_private, config),
        ),
        Check(
            "core.seals",
            _("What is sealed opens with the key file"),
            _("Put the key file back that belongs to this database."),
            rows.seals_open,
        ),
        Check(
            "core.clock",
            _("The clock agrees with that of the database"),
            _("Let both machines follow a time server."),
            machine.clocks_agree,
        ),
        Check(
            "core.rows",
            _("The database keeps the rows of organisations apart"),
            _("Give the node a role of its own without SUPERUSER and BYPASSRLS, and run renda upgrade."),
            machine.organisations_are_apart,
        ),
        Check(
            "core.disk",
            _("There is room on the disks"),
            _("Make room or add a disk, before writing stops."),
            partial(machine.there_is_room, config),
        ),
        Check(
            "core.broker",
            _("The broker answers"),
            _("Start RabbitMQ or Redis; see that renda.broker_url is right. Work waits and is not lost."),
            machine.broker_answers,
        ),
        Check(
            "core.tasks",
            _("Background work gets done"),
            _("See that renda worker runs (renda serve, where there is no broker), and read its log."),
            rows.work_gets_done,
        ),
        Check(
            "core.backup",
            _("The last known backup is not old"),
            _("See why the timer of deploy/backup.sh does not succeed, and run it by hand."),
            rows.backup_is_fresh,
        ),
        Check(
            "core.pages",
            _("The database file is in order"),
            _("The disk may be failing. Stop the node and restore the last backup on another one."),
            rows.pages_are_sound,
            whole=True,
        ),
        Check(
            "core.references",
            _("Every reference names a row that is there"),
            _("Rows were changed outside of renda. Restore the last backup."),
            rows.references_hold,
            whole=True,
        ),
        Check(
            "core.audit",
            _("The audit trail is as it was written"),
            _("Somebody wrote past renda. Keep the database as it is, and compare it with a backup."),
            rows.trail_is_whole,
            whole=True,
        ),
    ]


@click.command(help=_("Check on live data and on this machine what must always hold; changes nothing."))
@config_argument
@click.option("--quick", is_flag=True, help=_("Leave out what reads all data, for frequent monitoring."))
@json_option
def doctor(config: str, *, quick: bool, as_json: bool) -> None:
    """Exit 1 where anything is wrong."""
    registry, say = app.load_node(config), translator()
    event = Examining(others(Path(config)))
    registry.notify(event)
    found = []
    try:
        for finding in examine(registry, FIRST, event.checks, quick=quick):
            found.append(finding)
            if not as_json:
                click.echo("\n".join(lines(finding, say)))
    finally:
        registry.engine.dispose()
    sound = all(one.state != State.FAIL for one in found)
    if as_json:
        emit({"sound": sound, "findings": [plain(one, say) for one in found]}, as_json=True, lines=[])
    sys.exit(0 if sound else 1)


def lines(finding: Finding, say: Translator) -> list[str]:
    """A finding for people."""
    shown = [f"{MARKS[finding.state]} {say(finding.check.title)}"]
    shown += [f"       {say(one)}" for one in finding.wrong[:MOST_LINES]]
    left = len(finding.wrong) - MOST_LINES
    if left > 0:
        shown.append(f"       {say(_('and ${count} more', mapping={'count': left}))}")
    if finding.wrong:
        shown.append(f"     → {say(finding.check.advice)}")
    return shown


def plain(finding: Finding, say: Translator) -> dict[str, Any]:
    """A finding for scripts."""
    check = finding.check
    return {
        "check": check.name,
        "title": say(check.title),
        "state": finding.state.value,
        "wrong": [say(one) for one in finding.wrong],
        "advice": say(check.advice) if finding.wrong else "",
    }
