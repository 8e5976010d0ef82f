"""Serving a node: web and background work in one process, or web alone beside Celery workers."""

import errno
import os
import signal
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

import plaster
from waitress import create_server
from waitress.adjustments import Adjustments
from waitress.trigger import trigger

from renda import collector, ini
from renda.app import load_node
from renda.errors import Misconfigured
from renda.i18n import _
from renda.tasks.relay import Relay, start
from renda.tasks.running import run
from renda.types import Registry

OPTIONS: Mapping[str, Any] = {
    "threads": 8,
    "connection_limit": 500,
    "asyncore_use_poll": True,
    "asyncore_loop_timeout": 30,
    "channel_timeout": 30,
    "cleanup_interval": 10,
    "max_request_header_size": 16_384,
    "max_request_body_size": 67_108_864,
    "clear_untrusted_proxy_headers": True,
    "expose_tracebacks": False,
    "ident": None,
}
"""Options of waitress where the ini file's `[server:main]` says nothing else.

waitress alone would take 100 connections, bodies of 1 GiB and headers of 256 KiB, so that a handful of
slow or large requests stops a node; and it would wake every second while nobody calls. Sizes are bytes, times
are seconds. What waitress refuses it refuses in English, so bodies have half of its limit in
`renda.web.limits`, which answers in the reader's language.
"""


LISTEN = "127.0.0.1:6543"
"""Where a node listens if its file says nothing of it: on this machine alone."""

_PLACES = frozenset({"listen", "host", "port", "unix_socket"})
_NOT_OPTIONS = frozenset({"use", "here", "__file__"})
_NO_SERVER = _("The web server cannot start. Check the section [server:main].")
_NO_PLACE: Mapping[int, str] = {
    errno.EADDRINUSE: _(
        "The web server cannot start: something else listens at this address. "
        "Stop it, or choose another port in [server:main]."
    ),
    errno.EADDRNOTAVAIL: _(
        "The web server cannot start: this machine has no such address. Correct it in [server:main]."
    ),
    errno.EACCES: _(
        "The web server cannot start: this user may not listen there. "
        "Choose a port from 1024 on in [server:main]."
    ),
}
_STOP = (signal.SIGTERM, signal.SIGINT)


def serve(config_path: str | Path, **overrides: Any) -> None:
    """Serve the node that an ini file describes until SIGTERM or SIGINT.

    Args:
        config_path: the node's ini file.
        overrides: options of waitress that outrank the file; `listen` outranks all that it says of places.

    Raises:
        Misconfigured: the file is missing or says something wrong.
    """
    loader = _loader(config_path)
    app = loader.get_wsgi_app()
    options = {**OPTIONS, **server_options(loader)}
    if overrides.keys() & _PLACES:
        options = {key: value for key, value in options.items() if key not in _PLACES}
    options |= overrides
    if not options.keys() & _PLACES:
        options["listen"] = LISTEN
    sockets: dict[int, Any] = {}
    try:
        server = create_server(app, map=sockets, **options)
    except OSError as error:
        raise Misconfigured(_NO_PLACE.get(error.errno or 0, _NO_SERVER)) from error
    except ValueError as error:
        wrong = _wrong_option(options)
        told = _("The option ${name} of [server:main] cannot be used.", mapping={"name": wrong})
        raise Misconfigured(told if wrong else _NO_SERVER) from error
    for number in _STOP:
        signal.signal(number, _leave)
    _wake_at_signals(sockets)
    stop_relay = start_relay(app.registry)
    collector.spare()
    try:
        server.run()
    finally:
        signal.set_wakeup_fd(-1)
        server.close()
        stop_relay()


def _wake_at_signals(sockets: dict[int, Any]) -> None:
    """End the server's wait at every signal.

    Python looks for signals between two statements, so that one which comes just before the wait begins would
    be noticed only when that ends.
    """
    end: int = trigger(sockets).trigger
    os.set_blocking(end, False)
    signal.set_wakeup_fd(end)


def _wrong_option(options: Mapping[str, Any]) -> str:
    """The one option without which waitress would take the others, or ""."""
    for name in options:
        with suppress(ValueError):
            Adjustments(**{key: value for key, value in options.items() if key != name})
            return name
    return ""


def _leave(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def _loader(config_path: str | Path) -> Any:
    """The reader of an ini file, once it has set up logging."""
    ini.read(config_path)
    loader = plaster.get_loader(str(config_path), protocols=["wsgi"])
    try:
        loader.setup_logging()
    except Exception as error:
        message = _(
            "${path}: the sections of logging cannot be used; compare them with an example of config/."
        )
        raise Misconfigured(message % {"path": str(config_path)}) from error
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
    collector.spare()
    signal.sigwait(_STOP)
    stop_relay()
