"""What a clerk saw before sending a report: its figures and the revision that they were to replace.

A clerk signs what she saw: the confirmation carries this along as a token, and sending compares. The token is
no secret and no proof; who forges it deceives nobody but herself.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, urlencode

from renda.errors import Conflict
from renda.i18n import _
from renda_tiers.reports.filling import Draft

Place = tuple[str, str]
"""Indicator and dimension of a cell."""

_DIGITS = 16
"""Hex digits of a cell's digest; a change by accident is missed once in 2**64."""


class FiguresChanged(Conflict):
    """A report would be sent otherwise than the clerk saw it.

    Attributes:
        indicators: of the figures that are others now; none where only a newer revision came in between.
    """

    message = _("The report changed since you looked at it. Look at it again before you send it.")

    def __init__(self, indicators: Iterable[str]) -> None:
        super().__init__()
        self.indicators = tuple(indicators)


@dataclass(frozen=True, slots=True)
class Seen:
    """What was on the page.

    Attributes:
        revision: hash of the current revision in hex, "" for none.
        cells: digest of each cell with its explanation, and with the definition that says what it means.
    """

    revision: str
    cells: Mapping[Place, str]

    @property
    def token(self) -> str:
        """The text form, which `read` reads back."""
        cells = [("\n".join(place), digest) for place, digest in self.cells.items()]
        return urlencode([("", self.revision), *cells])


def read(token: str) -> Seen:
    """What a token says; of any other text that nothing was seen, which no report equals."""
    said = dict(parse_qsl(token, keep_blank_values=True))
    cells = {}
    for name, digest in said.items():
        indicator, mark, dimension = name.partition("\n")
        if mark:
            cells[indicator, dimension] = digest
    return Seen(said.get("", ""), cells)


def of(draft: Draft) -> Seen:
    """What the page shows of a draft."""
    definition = draft.template.document.hex()
    cells = {
        (one.line.indicator, one.dimension): _digest(
            definition, str(one.status), one.value, one.qualifier.symbol, one.words, one.explanation
        )
        for one in draft.cells
    }
    return Seen(draft.submitted.hex() if draft.submitted else "", cells)


def sent(body: Mapping[str, Any]) -> dict[Place, str]:
    """The same digests of the body of a `report` document, as `submission.body` makes it."""
    explained = {(indicator, dimension): text for indicator, dimension, text in body["explanations"]}
    return {
        (cell[0], cell[1]): _digest(
            body["definition"], *cell[2:5], _words(cell), explained.get((cell[0], cell[1]), "")
        )
        for cell in body["cells"]
    }


def _words(cell: Sequence[Any]) -> str | None:
    """The remark of a text figure; a distinct one has keys in its place, which no page shows."""
    more = cell[5] if len(cell) > 5 else None  # noqa: PLR2004 - the sixth place, where there is one
    return more if isinstance(more, str) else None


def _digest(*said: Any) -> str:
    return sha256(json.dumps(said).encode()).hexdigest()[:_DIGITS]


def ensure_same(before: Seen, now: Seen) -> None:
    """Check that a draft is what the clerk saw.

    Raises:
        FiguresChanged: a figure or an explanation is another one, or there is a newer revision.
    """
    places = {**now.cells, **before.cells}
    changed = [place[0] for place in places if now.cells.get(place) != before.cells.get(place)]
    if changed or before.revision != now.revision:
        raise FiguresChanged(dict.fromkeys(changed))
