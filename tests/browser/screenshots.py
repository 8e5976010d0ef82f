"""`python -m tests.browser.screenshots docs/images`: pictures of the demonstration, as a reader sees it.

The demonstration is built anew in a temporary folder, on a fixed day on which one report can still be filled in.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from renda import ini
from renda.app import configure, unit_of_work
from renda_tiers.demo import building, nodes, plan, run, world
from renda_tiers.demo import chain as talking
from renda_tiers.demo.nodes import Servers
from renda_tiers.demo.plan import Calendar
from tests.browser.chromium import chromium, served
from tests.browser.visiting import sign_in
from tests.tiers.directives.desk import Desk

NOW = datetime(2026, 5, 8, 2, tzinfo=UTC)
WIDTH = 1280
PASSWORD = "pictures-of-renda"
PERIOD = Calendar(NOW).period.code
OF = f"template={plan.BIMONTH}&period={PERIOD}"

CORE = f"/o/{plan.CITY}/m/core"

PICTURES = {
    "home": ("shanxian-shenhe", f"/o/{plan.UNREVIEWED}", 740),
    "report": ("weibao-luru", f"/o/{plan.SILENT[0]}/m/tiers/reports/{plan.BIMONTH}/{PERIOD}", 860),
    "matrix": ("shi-shenhe", f"/o/{plan.CITY}/m/tiers/matrix?{OF}", 1090),
    "rollup": ("shi-shenhe", f"/o/{plan.CITY}/m/tiers/rollup/figure?{OF}&indicator=T02", 1110),
    "directive": ("shi-lingdao", f"/o/{plan.CITY}/m/tiers/directives", 900),
    "module": ("shi-guanli", f"{CORE}/modules/training", 940),
    "pack": ("shi-guanli", f"{CORE}/packs/shipped/renda-studentaid", 980),
    "node": ("shi-guanli", f"/o/{plan.CITY}/m/tiers/node", 980),
}
"""Name of the picture: whose account, which page, and the height in pixels that shows all of it."""
OPENED = {"directive": "tbody th a, tbody td a"}
"""Pictures of what the first entry of a list leads to, whose address no run repeats: the entry's selector."""


@contextmanager
def demonstration(folder: Path) -> Iterator[Callable[[str], str]]:
    """`address(organisation)` of a demonstration's node that is served from a folder."""
    on, calendar = Servers(folder, range(1, 1 + len(nodes.ORDER))), Calendar(NOW)
    chain = building.begin(on, calendar, print)
    try:
        run.inside(chain, calendar, print)
        world.open_accounts(chain, PASSWORD, NOW)
        _call_now(chain)
        with ExitStack() as running:
            addresses = {}
            for place in plan.PLACES:
                app = configure(ini.read(on.config(place)), environment={}, clock=lambda: NOW)
                addresses[place.code] = running.enter_context(served(app.make_wsgi_app()))
            yield lambda organisation: addresses[chain.host(organisation)]
    finally:
        chain.close()


def _call_now(chain: talking.Chain) -> None:
    """Let the nodes be in touch on the day of the pictures, and say what has come, as they do while they run."""
    for registry in chain.nodes.values():
        registry.clock = lambda: NOW
        with unit_of_work(registry) as session:
            Desk(session, registry.clock).deliver()
    chain.settle()
    talking.within(chain)


def take(address: Callable[[str], str], target: Path) -> None:
    """Write every picture into a folder."""
    target.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for name, (login, path, height) in PICTURES.items():
            size = {"width": WIDTH, "height": height}
            place = address(path.split("/")[2])
            context = browser.new_context(
                base_url=place, viewport=size, locale="zh-CN", reduced_motion="reduce"
            )
            page = context.new_page()
            sign_in(page, login, PASSWORD)
            page.goto(path)
            if name in OPENED:
                page.locator(OPENED[name]).first.click()
                page.wait_for_load_state()
            page.screenshot(path=target / f"{name}.png")
            context.close()


def main(target: str) -> None:
    """Build, serve, photograph."""
    with (
        tempfile.TemporaryDirectory(prefix="renda-pictures-") as folder,
        demonstration(Path(folder)) as address,
    ):
        take(address, Path(target))


if __name__ == "__main__":
    main(*sys.argv[1:])
