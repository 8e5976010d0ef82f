"""The county of the tests of records with its administrator, and a receiver that speaks HTTPS."""

import ssl
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from renda.security import sessions
from renda.security.models import Account, Grant
from tests.core.records.conftest import (
    COUNTY,
    NOW,
    assembled,
    database_url,
    people,
    sign_in,
    stored_visit,
)

__all__ = ["assembled", "database_url", "people", "sign_in", "stored_visit"]


@dataclass
class Receiver:
    """What the other side has got, and with which status it answers."""

    port: int
    status: int = 204
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def host(self) -> str:
        """As the setting writes it."""
        return f"127.0.0.1:{self.port}"

    @property
    def address(self) -> str:
        """Where it takes calls."""
        return f"https://{self.host}/renda"


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A certificate for this machine, and its key, as two files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "receiver")])
    today = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("certificate")
    (folder / "one.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))
    return folder / "one.pem", folder / "key.pem"


@pytest.fixture
def receiver(certificate, monkeypatch, registry):
    """A receiver whose certificate this machine trusts, and whose host is registered."""
    found = Receiver(0)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.got.append((dict(self.headers), body))
            self.send_response(found.status)
            self.send_header("Location", f"https://127.0.0.1:{found.port}/elsewhere")
            self.end_headers()

        def log_message(self, *_arguments):
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    found.port = server.server_port
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    monkeypatch.setitem(registry.values, "webhook_hosts", (found.host,))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def admin(app, work, registry, people):
    """The application as the county's administrator uses it, in English."""
    with work() as session:
        account = Account(login="admin", name="管理员", created_at=NOW)
        session.add(account)
        session.flush()
        session.add(Grant(account=account.id, organisation=COUNTY, role="admin", since=NOW))
        token = sessions.open_session(session, account.id, NOW)
    app.set_cookie(sessions.cookie_name(registry), token)
    app.set_cookie(f"{sessions.cookie_name(registry)}-language", "en")
    return app
