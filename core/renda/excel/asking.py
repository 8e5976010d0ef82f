"""What only the person who gave a file can tell of its columns and rows: how it is asked and kept."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from renda.declarations import Message, RecordType
from renda.errors import Invalid
from renda.excel.columns import IDENTITY
from renda.excel.models import Upload
from renda.excel.verdicts import Verdict
from renda.i18n import Translate, _

OF_ITS_OWN = "new"
"""The answer that a row is about something that is not known here."""
_CONTROL = re.compile(r"answer\.([0-9]{1,6})")
_COLUMN = re.compile(r"column\.([0-9]{1,3})")
_ID = _("Id of the record")
_SAID = "said=answered"
_NOT_YET: str = _("What you chose is kept, and nothing is saved yet. Look at the rows, then save them.")


def called(kind: RecordType, name: str) -> Message:
    """What a column is called that fills a field of a register, or tells which record a row is about."""
    return _ID if name == IDENTITY else kind.fields[name].label


def columns(form: Mapping[str, Any], kind: RecordType, translate: Translate) -> dict[int, str]:
    """What a form says that the columns are.

    Raises:
        Invalid: two of them are said to be the same field.
    """
    found: dict[int, str] = {}
    for key, value in form.items():
        place = _COLUMN.fullmatch(key)
        if place is None or not (value in kind.fields or value == IDENTITY):
            continue
        if value in found.values():
            named = {"field": translate(called(kind, value))}
            message = _("Two columns are said to be ${field}. Choose one of them.", mapping=named)
            raise Invalid({"": message}, message)
        found[int(place.group(1))] = value
    return found


def mapping_of(row: Upload) -> dict[int, str] | None:
    """The columns as the person corrected them, or None."""
    return {int(index): name for index, name in json.loads(row.mapping).items()} if row.mapping else None


def correct(row: Upload, mapping: Mapping[int, str]) -> None:
    """Keep what the person says that the columns are; what was said of rows was said of other values."""
    row.answers = ""
    row.mapping = json.dumps({str(index): name for index, name in mapping.items()})


def answers_of(row: Upload) -> dict[int, str]:
    """What the person said of rows, by the row's number."""
    return {int(line): said for line, said in json.loads(row.answers or "{}").items()}


def answer(row: Upload, said: Mapping[int, str]) -> bool:
    """Keep what the person says of rows, beside what was said before; whether it is anything new."""
    known = answers_of(row)
    new = {line: one for line, one in said.items() if known.get(line, "") != one}
    if new:
        row.answers = json.dumps({str(line): one for line, one in {**known, **new}.items()})
    return bool(new)


def again(address: str, do: str) -> str:
    """Where who has answered looks at what the file would do now; told so who meant to save it with that."""
    return f"{address}?{_SAID}" if do == "confirm" else address


def flashes(params: Mapping[str, str], translate: Translate) -> list[dict[str, str]]:
    """What is said above a page to which `again` led."""
    told = params.get("said") == "answered"
    return [{"light": "warn", "text": translate(_NOT_YET)}] if told else []


def control(line: int, label: str, choices: Iterable[tuple[str, str]], **more: Any) -> dict[str, Any]:
    """The control with which a row is answered for."""
    return {"name": f"answer.{line}", "label": label, "widget": "choice", "choices": list(choices), **more}


def said(form: Mapping[str, Any]) -> dict[int, str]:
    """What a form with such controls says, by the row's number."""
    found = ((_CONTROL.fullmatch(key), str(value)) for key, value in form.items())
    return {int(line.group(1)): value for line, value in found if line}


def of_all(verdicts: Sequence[Verdict], *, twins: bool, own: bool) -> dict[int, str]:
    """One answer for all rows that equal another, or for all that look like a record.

    With `own` each is a record of its own, else a change of the record that it looks like.
    """
    return {
        one.line: OF_ITS_OWN if own or asked.row is None else str(asked.row.id)
        for one in verdicts
        if (asked := one.question) is not None and bool(asked.twin) is twins
    }
