"""Looking at pages: signed in as somebody, at a size, while everything that goes wrong is noted."""

import gzip
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Response

from renda.types import Registry
from tests.browser.chromium import DESKTOP
from tests.browser.world import PASSWORD, World

CHARTS = ("/vendor/echarts/", "/chart.js")
_WATCH = """addEventListener("securitypolicyviolation",
    event => console.error(`refused by the policy: ${event.violatedDirective} ${event.blockedURI}`))"""


def sign_in(page: Page, login: str, password: str) -> None:
    """Come in by the form."""
    page.goto("/sign-in")
    page.fill("[name=login]", login)
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: not url.endswith("/sign-in"))


@dataclass
class Visit:
    """One page in a browser window, and what happened in it.

    Attributes:
        complaints: console errors, refused content, failed requests; of other answers than 2xx and 3xx.
        responses: everything that the page loaded.
    """

    page: Page
    complaints: list[str] = field(default_factory=list)
    responses: list[Response] = field(default_factory=list)

    def watch(self) -> None:
        """Note from now on what goes wrong."""
        self.page.add_init_script(_WATCH)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"error in a script: {error}"))
        self.page.on("requestfailed", lambda request: self.complaints.append(f"failed: {request.url}"))
        self.page.on("response", lambda response: self.responses.append(response))  # noqa: PLW0108 - playwright marks its handlers

    def _console(self, message: Any) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.text} {message.location.get('url', '')}")

    def weight(self) -> int:
        """Bytes of all that was loaded, compressed, but for charts."""
        return sum(
            len(gzip.compress(one.body()))
            for one in self.responses
            if one.ok and not any(part in one.url for part in CHARTS)
        )


@dataclass
class Node:
    """A served node, and who is signed in there.

    Attributes:
        registry: of the application that is served; none where a test has no use for it.
    """

    browser: Browser
    address: str
    world: World
    registry: Registry | None = None
    _states: dict[str, Any] = field(default_factory=dict)

    def context(
        self, login: str | None = None, size: Mapping[str, int] = DESKTOP, **more: Any
    ) -> BrowserContext:
        """A browser context of somebody who has signed in, or of a stranger; it reads Chinese."""
        state = self._state(login) if login else None
        return self.browser.new_context(
            base_url=self.address, viewport=dict(size), locale="zh-CN", storage_state=state, **more
        )

    def _state(self, login: str) -> Any:
        if login not in self._states:
            context = self.context()
            sign_in(context.new_page(), login, PASSWORD)
            self._states[login] = context.storage_state()
            context.close()
        return self._states[login]

    @contextmanager
    def visit(
        self, login: str | None = None, size: Mapping[str, int] = DESKTOP, **more: Any
    ) -> Iterator[Visit]:
        """A watched window without a page in it yet."""
        context = self.context(login, size, **more)
        visit = Visit(context.new_page())
        visit.watch()
        yield visit
        context.close()
