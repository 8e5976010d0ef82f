"""Files that people attach to documents: judged as those of records are, before anything is signed."""

from renda.errors import Invalid, TooLarge
from renda.files.kinds import KINDS, endings, judge

ENDINGS = tuple(endings(KINDS))
"""What the names of such files end with."""


def check(field: str, name: str, content: bytes) -> None:
    """Refuse a file that no record would take; what arrives signed from elsewhere is not judged so.

    Args:
        field: the field of the form that sends it.
        name: what it is called, as it will be kept.
        content: its bytes.

    Raises:
        Invalid: at that field, with the sentence that records say.
    """
    try:
        judge(name, content, KINDS)
    except (Invalid, TooLarge) as error:
        raise Invalid({field: error.sentence}, error.sentence) from error
