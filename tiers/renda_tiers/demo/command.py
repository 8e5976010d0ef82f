"""`renda demo`: from nothing to a served chain of nodes, or to one reconciled cycle with `--check`."""

import shutil
import signal
import socket
import sys
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

import click

from renda.cli import emit, json_option, translator
from renda.clock import system_clock
from renda.i18n import _
from renda_tiers.demo import building, check, nodes, plan, run, servers, showing, world
from renda_tiers.demo.nodes import Servers
from renda_tiers.demo.plan import Calendar

CHECKED_AT = datetime(2026, 5, 20, 2, tzinfo=UTC)
"""The instant at which `--check` runs, so that every run prints the same."""

POSTGRESQL = "postgresql+psycopg://postgres@127.0.0.1:5432"
RABBITMQ = "amqp://guest:guest@127.0.0.1:5672//"

STEPS = {
    "bodies": _("Placing 179 bodies on four nodes that join one another…"),
    "records": _("Making invented persons and records…"),
    "decade": _("Splitting the published ten-year totals among the bodies…"),
    "published": _("Submitting and endorsing one bimonth, and publishing it…"),
    "moved": _("Moving a township to a node of its own…"),
    "corrected": _("Correcting a report after publication, and publishing again…"),
    "directive": _("Sending a directive down to townships, and closing it…"),
    "reports": _("Submitting, returning, correcting and endorsing reports…"),
}


@click.command(
    help=_("The demonstration: build it once, then serve it; --check runs one cycle and reconciles.")
)
@click.option("--dir", "folder", type=click.Path(file_okay=False), help=_("Folder of the demonstration."))
@click.option(
    "--port",
    default=6543,
    show_default=True,
    type=click.IntRange(1, 65531),
    help=_("Where the first node listens; the others take the next ports."),
)
@click.option("--check", "checking", is_flag=True, help=_("Run one cycle, print the totals, and exit."))
@click.option("--production", is_flag=True, help=_("Use PostgreSQL, and Celery workers with a broker."))
@click.option(
    "--database",
    default=POSTGRESQL,
    help=_("PostgreSQL server of --production; its databases renda_demo_… are made anew."),
)
@click.option("--broker", default=RABBITMQ, help=_("RabbitMQ or Redis server of --production."))
@json_option
def demo(
    *,
    folder: str | None,
    port: int,
    checking: bool,
    production: bool,
    database: str,
    broker: str,
    as_json: bool,
) -> None:
    """Build and serve, or build and check."""
    where = Path(folder) if folder else None
    stands_on: dict[str, Any] = {"database": database, "broker": broker} if production else {}
    if checking:
        sys.exit(_check(where, stands_on, as_json=as_json))
    place = where or Path("demo-data/production" if production else "demo-data")
    _serve(Servers(place, range(port, port + len(nodes.ORDER)), **stands_on))


def _serve(stands_on: Servers) -> None:
    done = stands_on.folder / nodes.DONE
    if done.exists():
        building.readdress(stands_on)
    else:
        nodes.clear(stands_on)
        password = _build(stands_on)
        done.touch(mode=0o600)
        done.write_text(password, encoding="ascii")
    signal.signal(signal.SIGTERM, _leave)
    configs = {stands_on.address(place): stands_on.config(place) for place in plan.PLACES}
    with servers.served(configs, workers=bool(stands_on.broker)) as processes:
        for line in showing.directions(stands_on, done.read_text(encoding="ascii")):
            click.echo(line)
        servers.watch(processes)
    sys.exit(1)


def _leave(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def _build(stands_on: Servers) -> str:
    """Everything, within this process; the accounts' password."""
    say, now = translator(), system_clock()
    calendar, password = Calendar(now), world.new_password()
    chain = building.begin(stands_on, calendar, lambda step: click.echo(say(STEPS[step])))
    try:
        run.inside(chain, calendar, lambda step: click.echo(say(STEPS[step])))
        world.open_accounts(chain, password, now)
    finally:
        chain.close()
    return password


def _check(folder: Path | None, stands_on: dict[str, Any], *, as_json: bool) -> int:
    say = translator()
    place = folder or Path(tempfile.mkdtemp(prefix="renda-demo-"))
    on = Servers(place, _free_ports(len(nodes.ORDER)), **stands_on)
    nodes.clear(on)
    calendar = Calendar(CHECKED_AT)

    def told(step: str) -> None:
        if not as_json:
            click.echo(say(STEPS[step]))

    chain = building.begin(on, calendar, told)
    try:
        course = run.over_http(on, chain, calendar, told)
        with chain.work(plan.CITY) as session:
            tables = [
                showing.table(session, plan.DECADE, plan.DECADE_PERIOD.code, ("T01", "T02")),
                showing.table(session, plan.BIMONTH, calendar.period.code, ("T01", "T02", "T03")),
            ]
        found = list(check.findings(chain, calendar, course))
    finally:
        chain.close()
        if not folder:
            nodes.clear(on)
            shutil.rmtree(place, ignore_errors=True)
    result = {
        "tables": tables,
        "findings": [{"name": say(one.name), "holds": not one.wrong, "wrong": one.wrong} for one in found],
    }
    emit(result, as_json=as_json, lines=showing.lines(result))
    return 0 if all(not one.wrong for one in found) else 1


def _free_ports(count: int) -> list[int]:
    with ExitStack() as open_:
        found = [open_.enter_context(socket.socket()) for _port in range(count)]
        for one in found:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in found]
