"""Addresses of the chain's pages, all below the organisation that the reader is at."""

from collections.abc import Mapping
from typing import Any

from renda import word
from renda.errors import NotFound
from renda.types import Request
from renda_tiers.documents.payload import is_hex32


def to(request: Request, page: str, query: Mapping[str, Any] | None = None, **placed: Any) -> str:
    """The address of a page.

    Args:
        request: whose context is the organisation.
        page: name that the page was mounted with.
        query: what follows the question mark; None and "" are left out.
        placed: values of the pattern's placeholders; a document's hash may be bytes.
    """
    parts = {name: part.hex() if isinstance(part, bytes) else part for name, part in placed.items()}
    if kept := {name: value for name, value in (query or {}).items() if value not in (None, "")}:
        parts["_query"] = kept
    address: str = request.route_path(f"tiers.{page}", org=request.context.organisation.code, **parts)
    return address


def paper(request: Request, page: str, **placed: Any) -> str | None:
    """The address of a page as a Word file; None where none can be written."""
    return to(request, f"{page}.paper", **placed) if word.available() else None


def document(text: str) -> bytes:
    """The hash that an address or a form names.

    Raises:
        NotFound: for any text that is no hash.
    """
    if not is_hex32(text):
        raise NotFound
    return bytes.fromhex(text)
