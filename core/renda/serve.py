"""Serving a node: web and background work in one process, or web alone beside Celery workers."""

import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType
from typing import Any

import plaster
from waitress import create_server

from renda.app import load_node
from renda.errors import Misconfigured
from renda.i18n import _
from renda.settings import no_such_file
from renda.tasks.relay import Relay, start
from renda.tasks.running import run
from renda.types import Registry

OPTIONS: Mapping[str, Any] = {
    "threads": 8,
    "connection_limit": 500,
    "asyncore_use_poll": True,
    "channel_timeout": 30,
    "cleanup_interval": 10,
    "max_request_header_size": 16_384,
    "max_request_body_size": 31_457_280,
    "clear_untrusted_proxy_headers": True,
    "expose_tracebacks": False,
    "ident": None,
}
"""Options of waitress where the ini file's `[server:main]` says nothing else.

waitress alone would take 100 connections, bodies of 1 GiB and headers of 256 KiB, so that a handful of
slow or large requests stops a node. Sizes are bytes, times are seconds.
"""


LISTEN = "127.0.0.1:6543"
"""Where a node listens if its file says nothing of it: on this machine alone."""

_PLACES = frozenset({"listen", "host", "port", "unix_socket"})
_NOT_OPTIONS = frozenset({"use", "here", "__file__"})
_STOP = (signal.SIGTERM, signal.SIGINT)


def serve(config_path: str | Path, **overrides: Any) -> None:
    """Serve the node that an ini file describes until SIGTERM or SIGINT.

    Args:
        config_path: the node's ini file.
        overrides: options of waitress that outrank the file, such as `port`.

    Raises:
        Misconfigured: the file is missing or says something wrong.
    """
    loader = _loader(config_path)
    app = loader.get_wsgi_app()
    options = {**OPTIONS, **server_options(loader), **overrides}
    if not options.keys() & _PLACES:
        options["listen"] = LISTEN
    try:
        server = create_server(app, **options)
    except (OSError, ValueError) as error:
        raise Misconfigured(
            _("The web server cannot start: ${error}", mapping={"error": str(error)})
        ) from error
    for number in _STOP:
        signal.signal(number, _leave)
    stop_relay = start_relay(app.registry)
    try:
        server.run()
    finally:
        server.close()
        stop_relay()


def _leave(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def _loader(config_path: str | Path) -> Any:
    """The reader of an ini file, once it has set up logging."""
    if not Path(config_path).is_file():
        raise Misconfigured(no_such_file(config_path))
    loader = plaster.get_loader(str(config_path), protocols=["wsgi"])
    loader.setup_logging()
    return loader


def server_options(loader: Any) -> dict[str, Any]:
    """The options of waitress that an ini file's `[server:main]` sets."""
    section = loader.get_settings("server:main")
    return {key: value for key, value in section.items() if key not in _NOT_OPTIONS}


def start_relay(registry: Registry) -> Callable[[], None]:
    """Start the background work of a node in this process; the answer stops it.

    Without a broker the work is done here; with one, this process sends what its own requests ask for.
    """
    if not registry.values["broker_url"]:
        return start(Relay(registry, run))
    from renda.tasks import broker

    return start(Relay(registry, broker.sender(registry), embedded=False))


def work(config_path: str | Path, concurrency: int | None = None) -> None:
    """Do a node's background work, without serving pages, until SIGTERM or SIGINT.

    Args:
        config_path: the node's ini file.
        concurrency: processes of a Celery worker; without a broker there is one thread.

    Raises:
        Misconfigured: the file is missing or says something wrong.
    """
    _loader(config_path)
    registry = load_node(config_path)
    if registry.values["broker_url"]:
        from renda.tasks import broker

        broker.work(lambda: load_node(config_path), concurrency)
        return
    # Blocked before the thread starts, so that it inherits the mask and this one alone takes the signal.
    signal.pthread_sigmask(signal.SIG_BLOCK, _STOP)
    stop_relay = start_relay(registry)
    signal.sigwait(_STOP)
    stop_relay()
