"""Files that people attach: each becomes a part beside the signed document."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from renda.errors import Invalid
from renda.i18n import _
from renda_tiers.documents.envelope import MAX_PART, Part, PartReference
from renda_tiers.documents.signing import make_part

MOST_FILES = 10
_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\]")
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class File:
    """What somebody attaches."""

    name: str
    content: bytes


def as_parts(files: Sequence[File]) -> list[tuple[PartReference, Part]]:
    """The parts that files become.

    Raises:
        Invalid: too many, one that is empty or too large, or two of one name.
    """
    if len(files) > MOST_FILES:
        raise _refused(_("Attach at most ${most} files.", mapping={"most": MOST_FILES}))
    names = [_name(one.name) for one in files]
    if len(set(names)) != len(names):
        raise _refused(_("Two of these files have the same name."))
    for one in files:
        if not one.content or len(one.content) > MAX_PART:
            limit = {"name": one.name[:_LONGEST], "most": MAX_PART // 2**20}
            raise _refused(_("The file ${name} is empty or larger than ${most} MB.", mapping=limit))
    return [make_part(name, one.content) for name, one in zip(names, files, strict=True)]


def _name(text: str) -> str:
    """The last part of a path, without what a name cannot hold; never one that hides itself."""
    name = _UNSAFE.sub("_", re.split(r"[/\\]", text)[-1]).strip().lstrip(".")
    if len(name) > _LONGEST:
        stem, dot, ending = name.rpartition(".")
        name = (
            f"{stem[: _LONGEST - len(ending) - 1]}{dot}{ending}"
            if dot and len(ending) < _LONGEST // 2
            else ""
        )
    if not name:
        raise _refused(_("A file has no name that can be kept."))
    return name


def _refused(message: str) -> Invalid:
    return Invalid({"files": message}, message)
