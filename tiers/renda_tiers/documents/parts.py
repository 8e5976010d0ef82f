"""Who may have the parts of a document: one rule that a body declares, for pages and for links alike.

A body names the parts that not everybody may have:

    "withheld": {"identity": {"for": ["371700"], "never": ["371721"]}}

Those named by `for` may have the part, but nobody whom `never` names; the origin has it in any case. A part
that is not named is for the origin and the whole audience. What is not written so is for the origin alone.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda_tiers.documents.envelope import WHOLE_CHAIN, Document
from renda_tiers.documents.models import LedgerPart

WITHHELD = "withheld"
"""The field of a body that holds the rule."""

_FOR, _NEVER = "for", "never"


@dataclass(frozen=True, slots=True)
class Parts:
    """Names of a document's parts: those that may be had, and those that are withheld."""

    given: frozenset[str]
    withheld: frozenset[str]


@dataclass(frozen=True, slots=True)
class Held:
    """A part as an organisation sees it.

    Attributes:
        content: its bytes; None where they are withheld, erased, or were never delivered here.
        withheld: whether the rule keeps it from this organisation.
        erased: whether it was erased by an order.
    """

    content: bytes | None
    withheld: bool
    erased: bool


def withhold(readers: Collection[str], never: Collection[str] = ()) -> dict[str, list[str]]:
    """The rule of one part, as a body has it."""
    return {_FOR: sorted(set(readers)), _NEVER: sorted(set(never))}


def is_rule(value: object) -> bool:
    """Whether a body's field `withheld` is written as it has to be."""
    return isinstance(value, dict) and all(_is_entry(one) for one in value.values())


def _is_entry(value: object) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == {_FOR, _NEVER}
        and all(
            isinstance(codes, list) and all(isinstance(code, str) for code in codes)
            for codes in value.values()
        )
    )


def parts_for(document: Document, organisation: str) -> Parts:
    """Which parts of a document an organisation may have, by what the document says: a pure function."""
    names = frozenset(part.name for part in document.parts)
    given = frozenset(name for name in names if _may_have(document, name, organisation))
    return Parts(given, names - given)


def _may_have(document: Document, name: str, organisation: str) -> bool:
    if organisation == document.origin:
        return True
    rules = document.body.get(WITHHELD, {})
    if not isinstance(rules, Mapping):
        return False
    if name not in rules:
        return document.audience == WHOLE_CHAIN or organisation in document.audience
    rule = rules[name]
    return _is_entry(rule) and organisation in rule[_FOR] and organisation not in rule[_NEVER]


def parts_across(document: Document, peer: str, beyond: Collection[str]) -> Parts:
    """Which parts may be handed over a link.

    That is what somebody on its far side may have, if the body whose node it is may carry it: the bytes lie
    on every node on the way, so a part never passes a node of somebody from whom it is kept.

    Args:
        document: what is handed over.
        peer: the organisation at whose node the link ends.
        beyond: all organisations on that side of the link, the peer among them.
    """
    wanted = frozenset(name for one in beyond for name in parts_for(document, one).given)
    given = frozenset(
        name for name in wanted if peer == document.origin or not _is_barred(document, name, peer)
    )
    return Parts(given, frozenset(part.name for part in document.parts) - given)


def _is_barred(document: Document, name: str, organisation: str) -> bool:
    rules = document.body.get(WITHHELD, {})
    rule = rules.get(name) if isinstance(rules, Mapping) else None
    return rule is not None and (not _is_entry(rule) or organisation in rule[_NEVER])


def read(session: Session, documents: Sequence[Document], organisation: str) -> dict[tuple[bytes, str], Held]:
    """The parts of documents as an organisation sees them, by document and name."""
    allowed = {one.hash: parts_for(one, organisation).given for one in documents}
    rows = session.execute(
        select(LedgerPart.document, LedgerPart.name, LedgerPart.content, LedgerPart.erased).where(
            LedgerPart.document.in_(list(allowed))
        )
    )
    found = {}
    for row in rows:
        withheld = row.name not in allowed[row.document]
        content = None if withheld or row.erased else row.content
        found[row.document, row.name] = Held(content, withheld, row.erased)
    return found
