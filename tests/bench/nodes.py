"""Nodes that run as they do in a chain: one `renda serve` each, on loopback and on PostgreSQL."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, update
from webob.client import send_request_app
from webtest import TestApp

from renda.clock import system_clock
from renda.security.accounts import create_account
from renda.security.grants import grant
from renda.slices import slices
from renda.tasks.models import TaskRow
from renda_tiers.documents import ledger
from renda_tiers.documents.envelope import Outcome, Signed
from renda_tiers.links import entering, joining, waking
from renda_tiers.rollup.models import RollupCell
from tests.bench import city
from tests.bench.city import CITY, City
from tests.bench.databases import several
from tests.core.security.town import PASSWORD, sign_in
from tests.network.running import Running

COUNTY, TOWN = "371721", "371721101"
"""曹县, whose node speaks for 26 townships as well; and one of them."""

PATIENCE = 900.0
"""Seconds after which a benchmark gives up."""


@dataclass(frozen=True)
class Chain:
    """Running nodes, each the child of the one before.

    Attributes:
        city: what was founded on the first.
        nodes: from the city's downward.
    """

    city: City
    nodes: list[Running]


@contextmanager
def chain(folder: Path, *codes: str) -> Iterator[Chain]:
    """The city's node, and one for each of these bodies below it: joined, level and running."""
    with several(folder, "postgresql") as fresh, ExitStack() as ends:
        top = Running(CITY, fresh(), folder / CITY)
        ends.callback(_end, top)
        found = Chain(city.found(top.folder, top.url), [top])
        _start(top)
        for code in codes:
            node = Running(code, fresh(), folder / code)
            ends.callback(_end, node)
            _join(node, found.nodes[-1])
            _start(node)
            found.nodes.append(node)
        yield found


def _join(node: Running, above: Running) -> None:
    with above.work() as session:
        code = joining.invite(session, node.code, now=system_clock())
    entering.join(node.registry, node.code, above.address, code)
    while not node.link(above.code).level:
        entering.catch_up(node.registry)
    city.analyse(node.registry)


def _start(node: Running) -> None:
    node.start()
    wait(node.is_up, 0.1)


def _end(node: Running) -> None:
    node.kill()
    node.close()


def wait(until: Callable[[], object], pause: float = 0.02) -> None:
    """Look every few moments whether something has come true.

    Raises:
        TimeoutError: it has not.
    """
    deadline = time.monotonic() + PATIENCE
    while not until():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(pause)


def total(node: Running, periods: Iterable[str], *of: Any) -> int:
    """The sum of the city's totals on a node; of those rows alone that conditions name."""
    statement = select(func.sum(RollupCell.value)).where(
        RollupCell.organisation == CITY, RollupCell.standing == "latest", RollupCell.period.in_(periods), *of
    )
    with node.look() as session:
        return session.scalar(statement) or 0


def person(node: Running, organisation: str, *roles: str) -> Any:
    """A browser, over HTTP, in which somebody with these roles has signed in."""
    with node.work() as session:
        now = system_clock()
        account = create_account(session, login=organisation, name="王科员", password=PASSWORD, now=now)
        for role in roles:
            grant(session, account=account, organisation=organisation, role=role, now=now)
    place = {"SERVER_NAME": "127.0.0.1", "SERVER_PORT": str(node.port)}
    browser = TestApp(
        send_request_app, {**place, "HTTP_HOST": f"127.0.0.1:{node.port}"}, lint=False, cookiejar=None
    )
    sign_in(browser, organisation)
    return browser


def keep(node: Running, signed: Sequence[Signed]) -> None:
    """Commit documents at a node, and let them wait there until somebody knocks at it."""
    with node.work() as session:
        for some in slices(signed):
            receipts = ledger.receive(session, some, now=city.NOW)
            assert all(one.outcome is Outcome.APPLIED for one in receipts), receipts
        later = system_clock() + timedelta(hours=1)
        session.execute(update(TaskRow).where(TaskRow.name == waking.DIAL).values(due=later))
