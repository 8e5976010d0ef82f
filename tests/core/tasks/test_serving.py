"""`renda serve`: a hardened web server and the background work of its node, in one process."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import plaster
import pytest
from waitress.adjustments import Adjustments

from renda.errors import Misconfigured
from renda.i18n import Translator
from renda.serve import OPTIONS, serve, server_options, work
from renda.testing.servers import answers
from renda.types import Registry
from tests.core.tasks.support import ask, effects, until

ROOT = Path(__file__).parents[3]
CONFIG = ROOT / "config"
PROGRAM = "import sys, renda.serve, tests.core.tasks.support; getattr(renda.serve, sys.argv[1])(sys.argv[2])"


def free_port() -> int:
    """A port at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def port() -> int:
    """A free port."""
    return free_port()


@pytest.fixture
def config(url: str, port: int, tmp_path: Path) -> Path:
    """The ini file of a node on the test's database and port."""
    for name in ("testing.secret", "testing.key"):
        (tmp_path / name).write_bytes(b"only-for-tests-" * 4)
        (tmp_path / name).chmod(0o600)
    text = (CONFIG / "testing.ini").read_text(encoding="utf-8")
    text = text.replace("sqlite:///%(here)s/testing.sqlite", url.replace("%", "%%"))
    path = tmp_path / "testing.ini"
    path.write_text(text.replace("port = 0", f"port = {port}"), encoding="utf-8")
    return path


@pytest.fixture
def server(config: Path, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    """`renda serve` in a process of its own."""
    with subprocess.Popen([sys.executable, "-c", PROGRAM, "serve", config], cwd=ROOT) as process:
        assert until(lambda: answers("127.0.0.1", port))
        yield process
        process.kill()


def exchange(port: int, request: bytes) -> bytes:
    """What the server answers to these bytes before it closes, or resets what it does not read."""
    answer = b""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request)
        with suppress(ConnectionResetError):
            while chunk := connection.recv(65536):
                answer += chunk
    return answer


def test_it_serves_does_background_work_and_stops_cleanly(
    server: "subprocess.Popen[bytes]", node: Registry, port: int
) -> None:
    ask(node, "core.test_effect", "a", "b")
    answer = exchange(port, b"GET /no-such-page HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 ")
    assert b"\r\nserver:" not in answer.lower()
    assert until(lambda: effects(node.engine)["hourly"] == 1)
    server.send_signal(signal.SIGTERM)
    assert server.wait(30) == 0


def test_while_nobody_calls_the_server_sleeps(server: "subprocess.Popen[bytes]") -> None:
    def switches() -> list[str]:
        status = Path(f"/proc/{server.pid}/status").read_text(encoding="utf-8")
        return [line for line in status.splitlines() if "ctxt_switches" in line]

    def slept() -> bool:
        before = switches()
        time.sleep(3)
        return switches() == before

    assert until(slept)


def test_large_headers_and_bodies_are_refused_before_they_are_read(
    server: "subprocess.Popen[bytes]", port: int
) -> None:
    assert server.poll() is None
    start = b"POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    long_header = b"X-Long: " + b"x" * OPTIONS["max_request_header_size"] + b"\r\n\r\n"
    assert exchange(port, start + long_header).split()[1] == b"431"
    long_body = b"Content-Length: %d\r\n\r\n" % (OPTIONS["max_request_body_size"] + 1)
    assert exchange(port, start + long_body).split()[1] == b"413"


def test_several_processes_serve_one_node_each_where_its_command_says(
    config: Path, server: "subprocess.Popen[bytes]", port: int
) -> None:
    other = free_port()
    command = [sys.executable, "-c", "from renda.cli import main; main()", "serve", config]
    with subprocess.Popen([*command, "--listen", f"127.0.0.1:{other}"], cwd=ROOT) as process:
        assert until(lambda: answers("127.0.0.1", other))
        assert answers("127.0.0.1", port)
        process.terminate()
        assert process.wait(30) == 0
    assert server.poll() is None


def test_work_alone_serves_no_page_and_stops_cleanly(config: Path, node: Registry, port: int) -> None:
    ask(node, "core.test_effect", "a")
    with subprocess.Popen([sys.executable, "-c", PROGRAM, "work", config], cwd=ROOT) as process:
        assert until(lambda: effects(node.engine)["a"] == 1)
        assert not answers("127.0.0.1", port)
        process.terminate()
        assert process.wait(30) == 0


@pytest.mark.parametrize("name", ["city", "county", "township", "demo"])
def test_shipped_ini_files_say_what_is_the_default_anyway(name: str) -> None:
    options = server_options(plaster.get_loader(str(CONFIG / f"{name}.ini"), protocols=["wsgi"]))
    written, default = Adjustments(**options), Adjustments(**OPTIONS)
    for option in OPTIONS.keys() - {"port"}:
        assert option in options
        assert (getattr(written, option) or None) == (getattr(default, option) or None), option


def test_what_is_wrong_is_said_before_anything_starts(config: Path, port: int) -> None:
    say = Translator(["renda"], "zh_Hans")
    with pytest.raises(Misconfigured):
        serve(config.with_name("missing.ini"))
    with pytest.raises(Misconfigured):
        work(config.with_name("missing.ini"))
    for option, text in {"no_such_option": "1", "threads": "many", "listen": "nowhere:port"}.items():
        with pytest.raises(Misconfigured) as wrong:
            serve(config, **{option: text})
        assert option in say(wrong.value.message)
        assert "invalid literal" not in say(wrong.value.message)
    with socket.create_server(("127.0.0.1", port)):
        assert "something else listens at this address" in refusal(config)
    config.write_text(config.read_text(encoding="utf-8").replace("127.0.0.1", "192.0.2.1"), encoding="utf-8")
    assert "this machine has no such address" in refusal(config)


def refusal(config: Path) -> str:
    """What a server says that cannot start."""
    command = [sys.executable, "-c", PROGRAM, "serve", config]
    done = subprocess.run(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    return done.stderr.splitlines()[-1]
