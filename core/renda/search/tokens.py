"""Text as the tokens that both databases index, and what a query asks of them.

Chinese and Japanese have no spaces between words: a run of their characters becomes its overlapping pairs and
its last character, so that 积水治理 is 积水 水治 治理 理. Every pair of a query in a row is thus every place
that contains it, and a single character begins the tokens of every place where it stands. Words and numbers
are whole.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

LONGEST = 100
"""Characters of a word that count."""

_PAIRED = (
    r"\u3005\u3007\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    r"\U00020000-\U000323af"
)
"""Kana and the characters of all dialects and ages; for `re`, inside brackets."""
_WORD = rf"[^\W_{_PAIRED}]+"
_RUN = re.compile(rf"(?P<paired>[{_PAIRED}]+)|{_WORD}")
_TOKEN = re.compile(rf"(?=([{_PAIRED}]{{1,2}}))[{_PAIRED}]|({_WORD})")
"""From every place of a run on, two of its characters, or its last one; or a word."""
_UNSEEN = re.compile(
    r"[\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]"
)
"""Characters without width: soft hyphens, joiners, and those that choose the shape of the one before."""


class Run(NamedTuple):
    """Characters that belong together.

    Attributes:
        text: the run.
        start: where it begins.
        paired: whether it is written without spaces between its words.
    """

    text: str
    start: int
    paired: bool


@dataclass(frozen=True)
class Part:
    """Something that a text must contain: these tokens in a row, or one that begins so."""

    tokens: tuple[str, ...]
    prefix: bool = False


def normalised(text: str) -> str:
    """Text as it is compared: compatibility characters as plain ones, no case, nothing without width."""
    folded = unicodedata.normalize("NFKC", _UNSEEN.sub("", text)).casefold()
    return unicodedata.normalize("NFKC", folded)


def runs(text: str) -> Iterator[Run]:
    """The runs of a normalised text, in order."""
    for found in _RUN.finditer(text):
        yield Run(found.group(), found.start(), found.lastgroup == "paired")


def tokens(text: str) -> list[str]:
    """The tokens of any text, in order."""
    return [paired or word[:LONGEST] for paired, word in _TOKEN.findall(normalised(text))]


def parts(query: str) -> list[Part]:
    """What a text must contain to be found, all of it; nothing where the query has no words."""
    return list(dict.fromkeys(_part(run) for run in runs(normalised(query))))


def _part(run: Run) -> Part:
    if run.paired and len(run.text) > 1:
        return Part(tuple(tokens(run.text)[:-1]))
    return Part((run.text[:LONGEST],), prefix=run.paired)
