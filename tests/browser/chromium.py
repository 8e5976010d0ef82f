"""Debian's Chromium, driven by Playwright, and the application that it looks at."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

from playwright.sync_api import Browser, sync_playwright
from waitress import create_server

_INSTALLED = [Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium")]
"""The first, which has no windows, takes half the time of the other."""
EXECUTABLE = next((one for one in _INSTALLED if one.exists()), _INSTALLED[-1])
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESKTOP = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
THREADS = 4


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser with a profile of its own, thrown away at the end."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=list(ARGUMENTS))
        yield browser
        browser.close()


@contextmanager
def served(application: Any) -> Iterator[str]:
    """The address of an application that waitress serves in a thread, without a slash at its end."""
    server = create_server(
        application, host="127.0.0.1", port=0, threads=THREADS, clear_untrusted_proxy_headers=True
    )
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        for channel in list(server.active_channels.values()):
            channel.handle_close()
        server.close()
        server.task_dispatcher.shutdown()
        thread.join(timeout=10)
