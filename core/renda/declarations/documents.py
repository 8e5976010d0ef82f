"""Kinds of document that a module sends along the chain."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session


@dataclass(frozen=True)
class DocumentKind:
    """A kind of document that a module sends along the chain.

    Attributes:
        name: identifier in the payload.
        schema: highest version of its body that this install understands.
        check: called with a body; raises a `RendaError` where the body is not of this schema.
        apply: called with (session, documents) that may speak and are seen for the first time; writes
            their effect by sets, and depends on the ledger alone, never on the order of arrival.
        judge: called with (session, documents) whose keys may speak; gives verdicts, by document hash, of
            those that cannot be applied (something they name is missing, or it is not theirs to say).
        complete: called with a session once after each batch in which `apply` ran; does what depends on
            many documents at once.
        doubts: called with (session, documents) of this kind that were just applied; gives the hashes of
            applied documents of other kinds whose verdicts these may have overturned. They are judged again;
            where one falls, all is made anew. Documents of such a kind are judged before all others, so
            they wait for nothing but each other.
        forget: called with a session; empties what `apply` wrote, so that a rebuild starts from nothing.
    """

    name: str
    schema: int
    check: Callable[[Mapping[str, Any]], None]
    apply: Callable[[Session, Sequence[Any]], None]
    judge: Callable[[Session, Sequence[Any]], Mapping[bytes, Any]] | None = None
    complete: Callable[[Session], None] | None = None
    forget: Callable[[Session], None] | None = None
    doubts: Callable[[Session, Sequence[Any]], Collection[bytes]] | None = None
