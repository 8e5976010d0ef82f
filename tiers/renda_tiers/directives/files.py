"""Files that people attach: each becomes a part beside the signed document."""

from collections.abc import Sequence
from dataclasses import dataclass

from renda.errors import Invalid
from renda.files.names import LONGEST, cleaned
from renda.i18n import _
from renda_tiers.documents import attached
from renda_tiers.documents.envelope import MAX_PARTS, Part, PartReference
from renda_tiers.documents.signing import make_part

MOST_FILES = 10


@dataclass(frozen=True, slots=True)
class File:
    """What somebody attaches."""

    name: str
    content: bytes


def as_parts(files: Sequence[File]) -> list[tuple[PartReference, Part]]:
    """The parts that files become.

    Raises:
        Invalid: too many, one that is empty or of no kind that is taken, all of them too large, or two of
            one name.
    """
    if len(files) > MOST_FILES:
        raise _refused(_("Attach at most ${most} files.", mapping={"most": MOST_FILES}))
    names = [_name(one.name) for one in files]
    if len(set(names)) != len(names):
        raise _refused(_("Two of these files have the same name."))
    for one in files:
        if not one.content:
            raise _refused(_("The file ${name} is empty.", mapping={"name": one.name[:LONGEST]}))
    if sum(len(one.content) for one in files) > MAX_PARTS:
        most = {"most": MAX_PARTS // 2**20}
        raise _refused(_("The files together are larger than ${most} MB.", mapping=most))
    for name, one in zip(names, files, strict=True):
        attached.check("files", name, one.content)
    return [make_part(name, one.content) for name, one in zip(names, files, strict=True)]


def _name(text: str) -> str:
    name = cleaned(text)
    if not name:
        raise _refused(_("A file has no name that can be kept."))
    return name


def _refused(message: str) -> Invalid:
    return Invalid({"files": message}, message)
