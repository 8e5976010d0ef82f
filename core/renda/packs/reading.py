"""A pack's file, read: its size, its TOML, its keys, and then what its parts say of one another."""

import re
import tomllib
from typing import Any

from renda.errors import Invalid, Misconfigured
from renda.i18n import _
from renda.packs import checks
from renda.packs.declared import Pack, declare
from renda.packs.shape import PackShape, ParticipationShape, ReportShape, WorkflowShape
from renda.records.fields import Paragraph, Rejected
from renda.structure import Place, structure

MOST_BYTES = 65_536
MOST_THINGS = 100
"""Entries of one list or table."""
_WORDS = Paragraph(_("Text"), max_length=2_000)
_LINE = re.compile(r"line (\d+)")


class NotAPack(Invalid):
    """A file that is no practice pack; the sentence says where and what is wrong in it."""

    def __init__(self, sentence: str) -> None:
        super().__init__({"file": sentence}, sentence)


def read(data: bytes, file: str) -> Pack:
    """The pack that a file declares; `file` is what messages call it.

    Raises:
        NotAPack: it is none, is too large, or contradicts itself.
    """
    text = _text(data, file)
    said = _parsed(text, file)
    try:
        _require_bounded(said, Place(file))
        shape = _shaped(said, Place(file))
        checks.check(shape, Place(file))
    except Misconfigured as error:
        raise NotAPack(error.message) from error
    return declare(shape, text)


def _text(data: bytes, file: str) -> str:
    """The file's text, the same whichever editor saved it."""
    if len(data) > MOST_BYTES:
        limit = {"file": file, "count": MOST_BYTES // 1024}
        raise NotAPack(
            _("${file} is larger than ${count} KB, the most that a practice pack has.", mapping=limit)
        )
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise NotAPack(_("${file} is no text in UTF-8.", mapping={"file": file})) from error


def _parsed(text: str, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise NotAPack(_("${file} has too many levels.", mapping={"file": file})) from error
    except tomllib.TOMLDecodeError as error:
        raise NotAPack(_no_toml(str(error), file)) from error
    except ValueError as error:
        raise NotAPack(_("${file} has a number of too many digits.", mapping={"file": file})) from error


def _no_toml(error: str, file: str) -> str:
    """Where in the file what the reader of TOML says was; of what is left open it finds only the end."""
    if found := _LINE.search(error):
        where = {"file": file, "line": found.group(1)}
        return _("${file}: line ${line} is not written as TOML wants it.", mapping=where)
    return _(
        "${file}: the end of the file is not written as TOML wants it; a bracket or a quotation mark may be "
        "missing.",
        mapping={"file": file},
    )


def _require_bounded(value: object, place: Place) -> None:
    """Refuse lists and tables that are too long, and texts that no field would take."""
    if isinstance(value, str):
        try:
            _WORDS.clean(value or "-")
        except Rejected as error:
            raise place.wrong(_("${file}: ${key}: ${problem}"), problem=error.message) from error
        return
    parts = (
        value.items() if isinstance(value, dict) else enumerate(value, 1) if isinstance(value, list) else ()
    )
    for count, (name, part) in enumerate(parts, 1):
        if count > MOST_THINGS:
            raise place.wrong(_("${file}: ${key} has more than ${count} entries."), count=MOST_THINGS)
        _require_bounded(part, place.item(name) if isinstance(value, list) else place.at(name))


def _shaped(said: dict[str, Any], place: Place) -> PackShape:
    """The shape of a whole file; what may be one of two things is told apart here."""
    registers = said.get("registers")
    tables = enumerate(registers if isinstance(registers, list) else (), 1)
    for where, one in ((place.at("registers").item(n), it) for n, it in tables if isinstance(it, dict)):
        if "participation" in one:
            at = where.at("participation")
            one["participation"] = structure(ParticipationShape, one["participation"], at)
        if not isinstance(one.get("workflow", ""), str):
            one["workflow"] = structure(WorkflowShape, one["workflow"], where.at("workflow"))
    if "report" in said:
        said["report"] = structure(ReportShape, said["report"], place.at("report"))
    found: PackShape = structure(PackShape, said, place)
    return found
