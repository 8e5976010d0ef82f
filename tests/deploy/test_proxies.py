"""Both reverse proxies bound what reaches a web process, and say truly who asks and how."""

import json
import re
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Thread

import httpx
import plaster
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from waitress import create_server

from renda.serve import OPTIONS, server_options
from renda.testing.servers import answers
from renda_tiers.links.sealing import MAX_MESSAGE
from tests.core.tasks.support import until
from tests.core.tasks.test_serving import free_port
from tests.deploy.files import DEPLOY, UNITS, program, sections, words

NGINX = (DEPLOY / "nginx/renda.conf").read_text(encoding="utf-8")
UPSTREAM = (DEPLOY / "nginx/upstream.conf").read_text(encoding="utf-8")
HAPROXY = (DEPLOY / "haproxy/haproxy.cfg").read_text(encoding="utf-8")
PROXIES = ("nginx", "haproxy")


def test_what_the_server_takes_the_proxies_let_through_and_not_more():
    most = OPTIONS["max_request_body_size"]
    assert most >= MAX_MESSAGE
    assert int(re.findall(r"client_max_body_size (\d+)m;", NGINX)[0]) * 1024**2 == most
    assert int(re.findall(r"req.body_size gt (\d+)", HAPROXY)[0]) == most


def test_they_reach_every_web_process_that_systemd_starts():
    wanted = words(dict(sections(UNITS / "renda.target")["Unit"])["Wants"])
    ports = {one.removeprefix("renda@").removesuffix(".service") for one in wanted if "@" in one}
    assert set(re.findall(r"server 127\.0\.0\.1:(\d+)", UPSTREAM)) == ports
    assert set(re.findall(r"server \w+ 127\.0\.0\.1:(\d+)", HAPROXY)) == ports


def test_both_bound_slow_clients_as_was_measured():
    assert "client_header_timeout 5s;" in NGINX
    assert "proxy_request_buffering on;" in NGINX
    assert re.search(r"^\s*timeout http-request 5s$", HAPROXY, re.MULTILINE)
    assert re.search(r"^\s*option http-buffer-request$", HAPROXY, re.MULTILINE)


@pytest.fixture
def certificate(tmp_path) -> tuple[bytes, bytes]:
    """Certificate and key of nobody, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "rd.example.cn")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, SHA256())
    )
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return made.public_bytes(Encoding.PEM), plain


def nginx(folder, certificate, plain, secure, web):
    """The example, on free ports; its folder and the command that runs it."""
    (folder / "fullchain.pem").write_bytes(certificate[0])
    (folder / "privkey.pem").write_bytes(certificate[1])
    text = NGINX.replace("/etc/nginx/renda/", f"{folder}/")
    text = re.sub(r"listen (\[::\]:)?80;", lambda one: f"listen {one[1] or '127.0.0.1:'}{plain};", text)
    text = re.sub(r"listen (\[::\]:)?443", lambda one: f"listen {one[1] or '127.0.0.1:'}{secure}", text)
    text = "".join(line for line in text.splitlines(keepends=True) if "listen [::]" not in line)
    (folder / "renda.conf").write_text(text)
    (folder / "upstream.conf").write_text(re.sub(r"127\.0\.0\.1:\d+", f"127.0.0.1:{web}", UPSTREAM))
    temporary = "\n".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;\n"
        f"events {{}}\nhttp {{ access_log off; {temporary}\ninclude {folder}/upstream.conf;\n"
        f"include {folder}/renda.conf; }}\n"
    )
    return [
        program("nginx"),
        "-p",
        str(folder),
        "-e",
        f"{folder}/error.log",
        "-c",
        f"{folder}/nginx.conf",
    ], "-t"


def haproxy(folder, certificate, plain, secure, web):
    """The example, on free ports; the command that runs it."""
    (folder / "renda.pem").write_bytes(certificate[0] + certificate[1])
    text = HAPROXY.replace("/etc/haproxy/renda.pem", f"{folder}/renda.pem").replace(
        "/dev/log", "stderr format raw"
    )
    text = text.replace("bind :80,:::80", f"bind 127.0.0.1:{plain}")
    text = text.replace("bind :443,:::443", f"bind 127.0.0.1:{secure}")
    text = re.sub(r"(server \w+) 127\.0\.0\.1:\d+", rf"\1 127.0.0.1:{web}", text)
    (folder / "haproxy.cfg").write_text(text)
    return [program("haproxy"), "-q", "-f", f"{folder}/haproxy.cfg"], "-c"


LONG = b"a { color: red }\n" * 1000
SENT = {
    "/static/core/renda.css": "text/css; charset=UTF-8",
    "/static/core/renda.js": "text/javascript; charset=UTF-8",
    "/sign-in": "text/html; charset=UTF-8",
    "/api/openapi.json": "application/json",
}
"""What a web process sends there, all of it `LONG`."""

MAKE = {"nginx": nginx, "haproxy": haproxy}


@pytest.mark.parametrize("name", PROXIES)
def test_the_proxy_itself_finds_nothing_wrong(name, tmp_path, certificate):
    command, check = MAKE[name](tmp_path, certificate, free_port(), free_port(), free_port())
    done = subprocess.run([*command, check], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "[WARNING]" not in done.stderr
    assert "[warn]" not in done.stderr


def says_who_asks(environment, start_response):
    """Answers with what a web process of `deploy/node.ini` sees."""
    size = len(environment["wsgi.input"].read())
    if kind := SENT.get(environment["PATH_INFO"]):
        start_response("200 OK", [("Content-Type", kind)])
        return [LONG]
    start_response("200 OK", [("Content-Type", "application/json")])
    headers = sorted(key for key in environment if key.startswith(("HTTP_X_FORW", "HTTP_FORW")))
    seen = {
        "address": environment["REMOTE_ADDR"],
        "scheme": environment["wsgi.url_scheme"],
        "headers": headers,
    }
    return [json.dumps(seen | {"size": size}).encode()]


@contextmanager
def web_process() -> Iterator[int]:
    """The port of a server with the options of `deploy/node.ini`."""
    options = server_options(plaster.get_loader(str(DEPLOY / "node.ini"), protocols=["wsgi"]))
    server = create_server(says_who_asks, **options | {"port": 0})
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    yield server.effective_port
    for channel in list(server.active_channels.values()):
        channel.handle_close()
    server.close()
    server.task_dispatcher.shutdown()
    thread.join(timeout=10)


@contextmanager
def running(name, folder, certificate) -> Iterator[tuple[str, int, int]]:
    with web_process() as web:
        plain, secure = free_port(), free_port()
        command, _check = MAKE[name](folder, certificate, plain, secure, web)
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
            try:
                assert until(lambda: answers("127.0.0.1", secure))
                time.sleep(1)
                yield f"https://127.0.0.1:{secure}", secure, plain
            finally:
                process.terminate()


@pytest.mark.parametrize("name", PROXIES)
def test_what_a_client_says_of_itself_is_dropped_and_slow_or_large_requests_end_here(
    name, tmp_path, certificate
):
    with running(name, tmp_path, certificate) as (address, secure, plain):
        with httpx.Client(verify=False) as client:
            forged = {
                "X-Forwarded-For": "1.2.3.4",
                "X-Forwarded-Proto": "http",
                "X-Forwarded-Host": "evil.example",
                "Forwarded": "for=1.2.3.4",
            }
            with web_process() as web:
                bare = httpx.get(f"http://127.0.0.1:{web}/", headers={"X-Forwarded-For": "1.2.3.4"}).json()
            assert bare["address"] == "1.2.3.4", "else the next lines would prove nothing"
            answer = client.get(f"{address}/", headers=forged)
            assert answer.status_code == 200
            assert answer.json() == {
                "address": "127.0.0.1",
                "scheme": "https",
                "headers": ["HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO"],
                "size": 0,
            }
            assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
            assert client.get(f"{address}/readyz").status_code == 200
            large = client.post(f"{address}/", content=b"x" * (OPTIONS["max_request_body_size"] + 1))
            assert large.status_code == 413
            assert "Strict-Transport-Security" in large.headers
        moved = httpx.get(f"http://127.0.0.1:{plain}/o/1?a=b", follow_redirects=False)
        assert (moved.status_code, moved.headers["Location"].partition("?")[2]) == (308, "a=b")
        assert moved.headers["Location"].startswith("https://")
        assert ends(secure) < 12


@pytest.mark.parametrize("name", PROXIES)
def test_files_are_compressed_and_pages_that_hold_secrets_are_not(name, tmp_path, certificate):
    with (
        running(name, tmp_path, certificate) as (address, _secure, _plain),
        httpx.Client(verify=False, headers={"Accept-Encoding": "gzip"}) as client,
    ):
        found = {path: client.get(f"{address}{path}") for path in SENT}
        assert all(one.content == LONG for one in found.values())
        small = {path for path, one in found.items() if one.headers.get("Content-Encoding") == "gzip"}
        assert small == {path for path in SENT if path.startswith("/static/")}
        assert all("Accept-Encoding" in found[path].headers["Vary"] for path in small)


def ends(port: int) -> float:
    """Seconds until a client that dribbles its header is sent away."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    began = time.monotonic()
    with (
        socket.create_connection(("127.0.0.1", port), timeout=30) as raw,
        context.wrap_socket(raw, server_hostname="rd.example.cn") as connection,
    ):
        connection.sendall(b"GET / HTTP/1.1\r\nHost: rd.example.cn\r\n")
        connection.settimeout(0.5)
        while time.monotonic() - began < 30:
            try:
                connection.sendall(b"X-A: b\r\n")
                connection.recv(4096)
            except TimeoutError:
                continue
            except OSError:
                pass
            break
    return time.monotonic() - began
