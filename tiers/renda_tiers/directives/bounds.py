"""What a directive may say that breaks down another: never later, never wider, nothing taken out.

A child directive names the exact revision that it breaks down. It carries that document as it was signed, so
that a node which was never sent it (a township's, of what the city told the county) can judge the child
without asking anyone. A child that carries none is judged once the named document is here.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from renda.errors import RendaError
from renda.i18n import _
from renda_tiers.directives import bodies
from renda_tiers.documents import signing
from renda_tiers.documents.envelope import Document, Signed

DEEPEST = 8
"""Directives inside one another; no tree has more levels."""


def carried(document: Document) -> tuple[Document, Signed] | None:
    """The directive that a child carries as its parent; None where it names it only, or has none.

    Raises:
        RendaError: what is carried is not the named directive, or not signed.
    """
    parent = document.body["parent"]
    if parent is None or parent["envelope"] is None:
        return None
    said = parent["envelope"]
    signed = Signed(
        said["payload"].encode(),
        bytes.fromhex(said["signature"]),
        bytes.fromhex(said["key"]),
        said["algorithm"],
    )
    found = signing.open_signed(signed)
    if found.hash.hex() != parent["document"] or found.kind != bodies.DIRECTIVE:
        raise RendaError(_("The directive that this one carries is another than it names."))
    bodies.check_directive(found.body)
    return found, signed


def carrying(parent: Signed, document: bytes) -> dict[str, Any]:
    """How a child's body names and carries its parent."""
    return {
        "document": document.hex(),
        "envelope": {
            "payload": parent.payload.decode(),
            "signature": parent.signature.hex(),
            "key": parent.key.hex(),
            "algorithm": parent.algorithm,
        },
    }


def above(document: Document) -> frozenset[str]:
    """The issuers above in the chain of directives: whom a directive is for beside its targets."""
    return frozenset(document.audience) - frozenset(document.body["targets"])


def breaches(parent: Document, child: Document) -> str | None:
    """Why a child is not within the revision that it breaks down; None where it is."""
    return next(_breaches(parent, child), None)


def _breaches(parent: Document, child: Document) -> Iterator[str]:
    outer, inner = parent.body, child.body
    if outer["state"] != bodies.OPEN:
        yield _("The directive that this one breaks down has ended.")
    if child.origin not in outer["targets"]:
        yield _("The directive that this one breaks down was not for its issuer.")
    if inner["due"] > outer["due"]:
        yield _("This directive is due later than the one that it breaks down.")
    if not inner["text"].startswith(outer["text"]) or not _within(outer["steps"], inner["steps"]):
        yield _("This directive leaves out something of the one that it breaks down.")
    if outer["report"] is not None and inner["report"] not in (None, outer["report"]):
        yield _("This directive asks for another report than the one that it breaks down.")
    if above(child) != above(parent) | {parent.origin}:
        yield _("This directive is not for those whose directive it breaks down.")


def _within(steps: Sequence[str], more: Sequence[str]) -> bool:
    """Whether all steps are among others, in their order."""
    rest = iter(more)
    return all(step in rest for step in steps)
