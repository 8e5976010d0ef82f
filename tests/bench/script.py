"""The limit: a script with no layers, written for one shape of report, that does the same durable work.

It verifies, decodes, COPYs bytes and cells, and adds the sums of a batch to the two tiers above with one
upsert each. It knows neither revisions nor verdicts, kinds, dimensions or trees that change.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy.engine import make_url

from renda_tiers.documents.envelope import PAYLOAD_TYPE, Signed
from renda_tiers.documents.signing import pae

SCHEMA = """
CREATE SCHEMA script;
CREATE TABLE script.document (
    hash bytea PRIMARY KEY, origin text, subject text, key bytea, payload bytea, signature bytea);
CREATE TABLE script.cell (
    report bytea, indicator text, status text, value bigint, qualifier text,
    PRIMARY KEY (report, indicator));
CREATE TABLE script.rollup (
    organisation text, period text, indicator text, value bigint, reported bigint,
    PRIMARY KEY (organisation, period, indicator));
"""

_DOCUMENT = "COPY script.document FROM STDIN (FORMAT BINARY)"
_CELL = "COPY script.cell FROM STDIN"
_UPSERT = """
INSERT INTO script.rollup
SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::bigint[], %s::bigint[])
ON CONFLICT (organisation, period, indicator) DO UPDATE
SET value = rollup.value + excluded.value, reported = rollup.reported + excluded.reported
"""

Key = tuple[str, str, str]


def connect(url: str) -> psycopg.Connection[Any]:
    """A bare connection to the database of a SQLAlchemy address."""
    return psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False))


def install(connection: psycopg.Connection[Any]) -> None:
    """The script's own tables."""
    connection.execute(cast("Any", SCHEMA))
    connection.commit()


def receive(connection: psycopg.Connection[Any], parents: Mapping[str, str], batch: Sequence[Signed]) -> None:
    """Take a batch in and commit it; `parents` is the whole tree."""
    opened = [(hashlib.sha256(one.payload).digest(), _open(one), one) for one in batch]
    with connection.cursor() as cursor:
        with cursor.copy(_DOCUMENT) as copy:
            copy.set_types(["bytea", "text", "text", "bytea", "bytea", "bytea"])
            for hash_, fields, one in opened:
                copy.write_row(
                    (hash_, fields["origin"], fields["subject"], one.key, one.payload, one.signature)
                )
        project(cursor, parents, [(hash_, fields) for hash_, fields, _one in opened])
    connection.commit()


def _open(one: Signed) -> dict[str, Any]:
    Ed25519PublicKey.from_public_bytes(one.key).verify(one.signature, pae(PAYLOAD_TYPE, one.payload))
    return cast("dict[str, Any]", json.loads(one.payload))


def project(
    cursor: psycopg.Cursor[Any], parents: Mapping[str, str], opened: Sequence[tuple[bytes, dict[str, Any]]]
) -> None:
    """COPY the cells of documents and add them to both tiers above."""
    with cursor.copy(_CELL) as copy:
        for hash_, fields in opened:
            name = f"\\\\x{hash_.hex()}\t"
            copy.write(
                "".join(
                    [
                        f"{name}{indicator}\t{status}\t{value}\t{qualifier}\n"
                        for indicator, _dimension, status, value, qualifier in fields["body"]["cells"]
                    ]
                )
            )
    tier: dict[Key, list[int]] = {}
    for _hash, fields in opened:
        parent, period = parents[fields["origin"]], fields["body"]["period"]
        for cell in fields["body"]["cells"]:
            sums = tier.setdefault((parent, period, cell[0]), [0, 0])
            sums[0] += cell[3]
            sums[1] += 1
    while tier:
        cursor.execute(_UPSERT, [list(column) for column in zip(*_rows(tier), strict=True)])
        tier = _above(tier, parents)


def _rows(tier: Mapping[Key, list[int]]) -> list[tuple[Any, ...]]:
    return [(*key, *sums) for key, sums in tier.items()]


def _above(tier: Mapping[Key, list[int]], parents: Mapping[str, str]) -> dict[Key, list[int]]:
    above: dict[Key, list[int]] = {}
    for (organisation, period, indicator), (value, reported) in tier.items():
        if organisation in parents:
            sums = above.setdefault((parents[organisation], period, indicator), [0, 0])
            sums[0] += value
            sums[1] += reported
    return above


def rebuild(connection: psycopg.Connection[Any], parents: Mapping[str, str], size: int) -> None:
    """Empty cells and sums and project the stored documents again, a batch of `size` at a time."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE script.cell, script.rollup")
        rows = cursor.execute("SELECT hash, payload FROM script.document ORDER BY subject").fetchall()
        for start in range(0, len(rows), size):
            some = [(hash_, json.loads(payload)) for hash_, payload in rows[start : start + size]]
            project(cursor, parents, some)
    connection.commit()
