"""The cells of applied reports as rows of the database.

SQLite reads them out of the stored bytes. PostgreSQL is given them by COPY, in two thirds of the time that it
takes to read them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session

from renda import postgresql
from renda.indicators.kinds import Qualifier
from renda_tiers.documents.envelope import Document

PLAIN, EXTENDED = 5, 6
"""Items of a cell: indicator, dimension, status, value, qualifier; and, in some, keys or words."""
QUALIFIERS: Mapping[str, int] = {qualifier.symbol: int(qualifier) for qualifier in Qualifier}
"""How rows say what documents say by a symbol."""

_NONE = postgresql.NONE
_COLUMNS = "report, indicator, dimension, status, value, qualifier, words"


def project(session: Session, documents: Sequence[Document]) -> None:
    """Write the cells of stored reports, and the members of distinct ones."""
    connection, hashes = session.connection(), {"hashes": [one.hash for one in documents]}
    dialect = connection.dialect.name
    if dialect == "postgresql":
        postgresql.copy(connection, f"tiers_cell ({_COLUMNS})", map(_rows, documents))
    else:
        connection.execute(_CELLS, hashes)
    if any(_has_keys(one.body) for one in documents):
        connection.execute(_KEYS[dialect], hashes)


def _has_keys(body: Mapping[str, Any]) -> bool:
    return any(type(cell[PLAIN]) is list for cell in body["cells"] if len(cell) == EXTENDED)


def _rows(one: Document) -> str:
    """A report's cells as COPY reads them."""
    report, cells = postgresql.in_hex(one.hash), one.body["cells"]
    # What COPY wants to be escaped is behind a backslash in JSON, too.
    if b"\\" in one.payload:
        cells = [[postgresql.escaped(item) if type(item) is str else item for item in cell] for cell in cells]
    return "".join(
        [
            f"{report}\t{indicator}\t{dimension}\t{status}\t{_NONE if value is None else value}\t"
            f"{QUALIFIERS[qualifier]}\t{extra[0] if extra and type(extra[0]) is str else _NONE}\n"
            for indicator, dimension, status, value, qualifier, *extra in cells
        ]
    )


def _for_hashes(statement: str) -> Any:
    return text(statement).bindparams(bindparam("hashes", expanding=True))


_CELLS = _for_hashes(
    """
    INSERT INTO tiers_cell (report, indicator, dimension, status, value, qualifier, words)
    SELECT d.hash, json_extract(c.value, '$[0]'), json_extract(c.value, '$[1]'),
           json_extract(c.value, '$[2]'), json_extract(c.value, '$[3]'),
           CASE json_extract(c.value, '$[4]') WHEN '=' THEN 0 WHEN '>=' THEN 1 ELSE 2 END,
           CASE WHEN json_type(c.value, '$[5]') = 'text' THEN json_extract(c.value, '$[5]') END
    FROM tiers_document d, json_each(CAST(d.payload AS TEXT), '$.body.cells') c
    WHERE d.hash IN :hashes
    """
)
_KEYS = {
    "postgresql": _for_hashes(
        """
        INSERT INTO tiers_cell_key (report, indicator, dimension, key)
        SELECT d.hash, c ->> 0, c ->> 1, k::bigint
        FROM tiers_document d
        CROSS JOIN LATERAL jsonb_array_elements(
            convert_from(d.payload, 'UTF8')::jsonb #> '{body,cells}') c
        CROSS JOIN LATERAL jsonb_array_elements_text(c -> 5) k
        WHERE d.hash IN :hashes AND jsonb_typeof(c -> 5) = 'array'
        """
    ),
    "sqlite": _for_hashes(
        """
        INSERT INTO tiers_cell_key (report, indicator, dimension, key)
        SELECT d.hash, json_extract(c.value, '$[0]'), json_extract(c.value, '$[1]'), k.value
        FROM tiers_document d, json_each(CAST(d.payload AS TEXT), '$.body.cells') c,
             json_each(c.value, '$[5]') k
        WHERE d.hash IN :hashes AND json_type(c.value, '$[5]') = 'array'
        """
    ),
}
