"""`python -m tests.browser.screenshots docs/images`: pictures of the demonstration, as a reader sees it.

The demonstration is built anew in a temporary folder, on a fixed day on which one report can still be filled in.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pyramid.paster import get_appsettings

from renda.app import configure
from renda.clock import local_day
from renda_tiers.demo import node, plan
from renda_tiers.demo.plan import Calendar
from tests.browser.chromium import chromium, served
from tests.browser.visiting import sign_in

NOW = datetime(2026, 5, 8, 2, tzinfo=UTC)
WIDTH = 1366
PERIOD = Calendar(local_day(NOW)).period.code
OF = f"template={plan.BIMONTH}&period={PERIOD}"

PICTURES = {
    "home": ("shanxian-shenhe", f"/o/{plan.UNREVIEWED}", 820),
    "register": ("caoxian-luru", "/o/371721/r/training_class", 800),
    "report": ("weibao-luru", f"/o/{plan.SILENT[0]}/m/tiers/reports/{plan.BIMONTH}/{PERIOD}", 720),
    "matrix": ("shi-shenhe", f"/o/{plan.CITY}/m/tiers/matrix?{OF}", 1050),
    "rollup": ("shi-shenhe", f"/o/{plan.CITY}/m/tiers/rollup/figure?{OF}&indicator=T02", 1180),
}
"""Name of the picture: whose account, which page, and the height in pixels that shows all of it."""


@contextmanager
def demonstration(folder: Path) -> Iterator[tuple[str, str]]:
    """Address and password of a demonstration that is served from a folder."""
    ini = node.prepare(folder, 0)
    config = configure(get_appsettings(str(ini), name="main"), environment={}, clock=lambda: NOW)
    try:
        password = node.fill(config.registry, NOW, print)
        with served(config.make_wsgi_app()) as address:
            yield address, password
    finally:
        config.registry.engine.dispose()


def take(address: str, password: str, target: Path) -> None:
    """Write every picture into a folder."""
    target.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for name, (login, path, height) in PICTURES.items():
            size = {"width": WIDTH, "height": height}
            context = browser.new_context(base_url=address, viewport=size, reduced_motion="reduce")
            page = context.new_page()
            sign_in(page, login, password)
            page.goto(path)
            page.screenshot(path=target / f"{name}.png")
            context.close()


def main(target: str) -> None:
    """Build, serve, photograph."""
    with (
        tempfile.TemporaryDirectory(prefix="renda-pictures-") as folder,
        demonstration(Path(folder)) as (address, password),
    ):
        take(address, password, Path(target))


if __name__ == "__main__":
    main(*sys.argv[1:])
