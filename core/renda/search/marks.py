"""Which characters of a text a query found, told as pieces of plain text that templates mark."""

from itertools import groupby

from renda.search.tokens import normalised, runs

AROUND = 20
"""Characters that an excerpt shows before the first match."""
LONGEST = 80
"""Characters of an excerpt."""

Piece = tuple[str, bool]
"""Some text, and whether it was found."""


def marked(text: str, query: str) -> list[Piece]:
    """The whole text in pieces."""
    places = _places(text, query)
    found = groupby(enumerate(text), key=lambda pair: pair[0] in places)
    return [("".join(char for _place, char in pairs), hit) for hit, pairs in found]


def excerpt(text: str, query: str) -> list[Piece]:
    """The surroundings of the first match in pieces, or nothing where there is none."""
    places = _places(text, query)
    if not places:
        return []
    start = max(0, min(places) - AROUND)
    shown = text[start : start + LONGEST]
    before, after = "…" if start else "", "…" if start + LONGEST < len(text) else ""
    return marked(f"{before}{shown}{after}", query)


def _places(text: str, query: str) -> set[int]:
    """Places of characters that are part of a match; compared as the index compares them."""
    asked = list(runs(normalised(query)))
    whole = normalised(text)
    if not any(one.text in whole for one in asked):
        # A long text that says nothing of what was asked for is not walked through.
        return set()
    plain, origin = "", []
    for place, char in enumerate(text):
        piece = normalised(char)
        plain += piece
        origin += [place] * len(piece)
    found: set[int] = set()
    for run in runs(plain):
        for one in asked:
            if one.paired == run.paired and (one.paired or one.text == run.text):
                start = run.text.find(one.text)
                while start >= 0:
                    first = run.start + start
                    found.update(origin[first : first + len(one.text)])
                    start = run.text.find(one.text, start + 1)
    return found
