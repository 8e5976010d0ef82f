"""Kinto, which stores JSON records: the same signed documents, one record each, by its batch POST.

Kinto is no dependency of renda. To have it measured, install it somewhere else and say where:

    python3 -m venv kinto && kinto/bin/pip install 'kinto[postgresql]'
    RENDA_BENCH_KINTO=kinto/bin/kinto python -m tests.bench exchange

It runs as it is installed, on PostgreSQL and waitress, 200 records to a request; it verifies nothing and adds
nothing up.
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import httpx
from sqlalchemy.engine import make_url

from renda.testing.servers import answers
from renda_tiers.documents.envelope import Signed
from tests.bench import nodes
from tests.bench.databases import fresh
from tests.bench.figures import Figure
from tests.network.running import free_port

BATCH = 200
_RECORDS = "/buckets/renda/collections/reports/records"
_INI = """\
[app:main]
use = egg:kinto
kinto.storage_backend = kinto.core.storage.postgresql
kinto.storage_url = {url}
kinto.permission_backend = kinto.core.permission.postgresql
kinto.permission_url = {url}
kinto.cache_backend = kinto.core.cache.memory
kinto.bucket_create_principals = system.Everyone
kinto.batch_max_requests = {batch}

[server:main]
use = egg:waitress#main
host = 127.0.0.1
port = %(http_port)s

[loggers]
keys = root

[handlers]
keys = console

[formatters]
keys =

[logger_root]
level = ERROR
handlers = console

[handler_console]
class = StreamHandler
args = (sys.stderr,)
"""


def command() -> str | None:
    """The command of an installed Kinto, if there is one."""
    return os.environ.get("RENDA_BENCH_KINTO") or shutil.which("kinto")


def beside(ours: float, theirs: float | None = None) -> Figure:
    """Reports per second beside Kinto's."""
    name = "The same reports, beside Kinto"
    if theirs is None:
        return Figure(f"{name}: not installed, see tests/bench/kinto.py", "reports/s", ours)
    return Figure(
        name, "reports/s", ours, theirs, at_least=2, beside="Kinto's batch POST, which adds nothing up"
    )


@contextmanager
def served(folder: Path, kinto: str) -> Iterator[Callable[[Sequence[Signed]], None]]:
    """A Kinto on a database of its own; what is yielded sends it documents."""
    port, file = free_port(), folder / "kinto.ini"
    with fresh(folder, "postgresql") as url, (folder / "kinto.output").open("wb") as output:
        address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        file.write_text(_INI.format(url=address.replace("%", "%%"), batch=BATCH), encoding="utf-8")
        environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
        begin = partial(subprocess.Popen, env=environment, stdout=output, stderr=output)
        with begin([kinto, "migrate", "--ini", str(file)]) as migrating:
            assert migrating.wait() == 0, (folder / "kinto.output").read_text()
        with begin([kinto, "start", "--ini", str(file), "--port", str(port)]) as process:
            try:
                nodes.wait(lambda: answers("127.0.0.1", port), 0.1)
                with httpx.Client(base_url=f"http://127.0.0.1:{port}/v1", timeout=120) as client:
                    for place in ("/buckets/renda", "/buckets/renda/collections/reports"):
                        client.put(place).raise_for_status()
                    yield partial(_post, client)
            finally:
                process.terminate()


def _post(client: httpx.Client, signed: Sequence[Signed]) -> None:
    for start in range(0, len(signed), BATCH):
        requests = [{"body": {"data": _record(one)}} for one in signed[start : start + BATCH]]
        content = {"defaults": {"method": "POST", "path": _RECORDS}, "requests": requests}
        answer = client.post("/batch", json=content).raise_for_status()
        assert all(one["status"] == httpx.codes.CREATED for one in answer.json()["responses"])


def _record(one: Signed) -> dict[str, str]:
    return {"payload": one.payload.decode(), "key": one.key.hex(), "signature": one.signature.hex()}
