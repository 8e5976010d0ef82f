"""What was found about the rows of a file."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from renda.declarations import Message, RecordType
from renda.i18n import Translate
from renda.records.models import Record

NEW, CHANGED, UNCHANGED, ASKED, FAULTY = "new", "changed", "unchanged", "asked", "faulty"
KINDS = (NEW, CHANGED, UNCHANGED, ASKED, FAULTY)


@dataclass(frozen=True)
class Question:
    """What only the person who gave the file can tell of a row: whether it is a record of its own.

    Attributes:
        row: the record that it looks like, or None.
        values: what the row says otherwise than that record, by field.
        before: the record's present values of the same fields.
        twin: number of the row that it equals, or 0.
        answer: what the person said: the id of the record, `renda.excel.asking.OF_ITS_OWN`, or "".
    """

    row: Record | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    before: Mapping[str, Any] = field(default_factory=dict)
    twin: int = 0
    answer: str = ""


@dataclass(frozen=True)
class Verdict:
    """What is to become of a row.

    Attributes:
        line: its number in the sheet.
        what: one of `KINDS`.
        values: cleaned values by field: of a new record all that the file gives, of a changed one those that
            differ.
        row: the record that is changed.
        before: its present values of the same fields.
        errors: sentences by the name of a field; "" for what concerns the row as a whole.
        question: what the person has to say of it, or has said.
    """

    line: int
    what: str
    values: Mapping[str, Any] = field(default_factory=dict)
    row: Record | None = None
    before: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, Message] = field(default_factory=dict)
    question: Question | None = None


def counts(verdicts: Iterable[Verdict]) -> dict[str, int]:
    """How many rows there are of each kind."""
    found = dict.fromkeys(KINDS, 0)
    for one in verdicts:
        found[one.what] += 1
    return found


def reasons(kind: RecordType, verdict: Verdict, translate: Translate) -> str:
    """All that is wrong with a row, in one line."""
    return "；".join(
        (f"{translate(kind.fields[name].label)}：" if name in kind.fields else "") + translate(message)
        for name, message in verdict.errors.items()
    )


def fingerprint(kind: RecordType, verdicts: Iterable[Verdict]) -> str:
    """Tells whether a confirmation is about the very changes that were shown."""
    good = [
        [
            one.line,
            one.what,
            str(one.row.id) if one.row is not None else "",
            {name: kind.fields[name].plain(value) for name, value in one.values.items()},
            {name: kind.fields[name].plain(value) for name, value in one.before.items()},
        ]
        for one in verdicts
        if one.what in {NEW, CHANGED}
    ]
    return hashlib.sha256(json.dumps(good, sort_keys=True).encode()).hexdigest()
