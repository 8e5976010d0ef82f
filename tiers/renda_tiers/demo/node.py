"""The demonstration's node: its folder, its ini file, and the runs that fill it."""

import os
import random
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import cast

from renda.app import configure, unit_of_work, upgrade
from renda.clock import Clock, local_day
from renda.types import Registry
from renda_tiers.demo import cycle, decade, plan, world
from renda_tiers.demo.plan import Calendar

SEED = 371700
DONE = "demo.password"
"""Written last: a folder without it is an unfinished demonstration and is begun anew."""

MADE = "demo.*"
"""All that a demonstration writes into its folder, and all that it ever removes there: no node's files."""

INI = """\
[app:main]
use = egg:renda
renda.profile = city
renda.database_url = sqlite:///{folder}/demo.sqlite
renda.secret_file = {folder}/demo.secret
renda.key_file = {folder}/demo.key
renda.secure_cookies = false
renda.notice = {notice}

[server:main]
use = egg:waitress#main
host = 127.0.0.1
port = {port}
"""


def prepare(folder: Path, port: int) -> Path:
    """Write the ini file and, where they are missing, the secrets; the path of the ini file."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("demo.secret", "demo.key"):
        path = folder / name
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(os.urandom(32).hex(), encoding="ascii")
    config = folder / "demo.ini"
    config.write_text(
        INI.format(folder=str(folder.resolve()).replace("%", "%%"), notice=plan.NOTICE, port=port),
        encoding="utf-8",
    )
    return config


def registry_of(folder: Path, clock: Clock) -> Registry:
    """The node of a prepared folder, on a clock."""
    text = {
        "renda.profile": "city",
        "renda.database_url": f"sqlite:///{folder.resolve()}/demo.sqlite",
        "renda.secret_file": str(folder / "demo.secret"),
        "renda.key_file": str(folder / "demo.key"),
        "renda.secure_cookies": "false",
        "renda.notice": plan.NOTICE,
    }
    return cast("Registry", configure(text, environment={}, clock=clock).registry)


def fill(registry: Registry, now: datetime, say: Callable[[str], None]) -> str:
    """Build the demonstration from nothing; the accounts' password."""
    calendar = Calendar(local_day(now))
    chance = random.Random(SEED)  # noqa: S311 - invented data, the same at every run
    upgrade(registry)
    say("bodies")
    with unit_of_work(registry) as session:
        founded = calendar.after(calendar.before, -20)
        bodies = world.found(session, registry, founded)
        decade.publish(session, registry, founded)
        world.populate(session, bodies, chance)
    say("records")
    for period in (calendar.before, calendar.period):
        with unit_of_work(registry) as session:
            world.keep_records(
                session,
                registry,
                bodies=bodies,
                period=period,
                chance=chance,
                now=calendar.after(period, 0),
            )
    say("decade")
    with unit_of_work(registry) as session:
        decade.report(session, bodies, chance, calendar.after(calendar.before, 2))
    with unit_of_work(registry) as session:
        cycle.endorse(session, bodies, plan.DECADE, plan.DECADE_PERIOD, calendar)
    say("reports")
    for period in (calendar.before, calendar.period):
        with unit_of_work(registry) as session:
            cycle.submit_all(session, bodies, period, calendar)
        if period == calendar.period:
            with unit_of_work(registry) as session:
                cycle.return_one(session, calendar)
            with unit_of_work(registry) as session:
                cycle.correct_one(session, calendar)
        with unit_of_work(registry) as session:
            cycle.endorse(session, bodies, plan.BIMONTH, period, calendar)
    with unit_of_work(registry) as session:
        cycle.nudge_one(session, calendar)
        return world.open_accounts(session, now)
