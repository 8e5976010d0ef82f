"""What only the person who gave a file can tell of its rows: how it is asked, answered and kept."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from renda.excel.models import Upload

OF_ITS_OWN = "new"
"""The answer that a row is about something that is not known here."""
_CONTROL = re.compile(r"answer\.([0-9]{1,6})")


def answers_of(row: Upload) -> dict[int, str]:
    """What the person said of rows, by the row's number."""
    return {int(line): said for line, said in json.loads(row.answers or "{}").items()}


def answer(row: Upload, said: Mapping[int, str]) -> None:
    """Keep what the person says of rows, beside what was said before."""
    row.answers = json.dumps({str(line): one for line, one in {**answers_of(row), **said}.items()})


def control(line: int, label: str, choices: Iterable[tuple[str, str]], **more: Any) -> dict[str, Any]:
    """The control with which a row is answered for."""
    return {"name": f"answer.{line}", "label": label, "widget": "choice", "choices": list(choices), **more}


def said(form: Mapping[str, Any]) -> dict[int, str]:
    """What a form with such controls says, by the row's number."""
    found = ((_CONTROL.fullmatch(key), str(value)) for key, value in form.items())
    return {int(line.group(1)): value for line, value in found if line}
