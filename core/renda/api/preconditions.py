"""ETags of records are their counts of changes; a change says which of them it was made from."""

from pyramid.response import Response

from renda.api.errors import PreconditionFailed, PreconditionRequired
from renda.records.models import Record
from renda.types import Request


def require_seen(request: Request, row: Record) -> int:
    """The count of changes that whoever changes a record has seen.

    Raises:
        PreconditionRequired: the request does not say.
        PreconditionFailed: somebody changed the record after that.
    """
    # An empty header, as of a script whose variable was never set, would be read as any state.
    if not request.headers.get("If-Match", "").strip():
        raise PreconditionRequired
    if str(row.lock) not in request.if_match:
        raise PreconditionFailed(lock=row.lock)
    return row.lock


def known(request: Request, row: Record) -> bool:
    """Whether the reader has the present state of a record already."""
    return str(row.lock) in request.if_none_match


def marked(response: Response, row: Record) -> Response:
    """An answer that tells the state of a record, and may be kept if it is asked for again each time."""
    response.etag = str(row.lock)
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Authorization, Cookie"
    return response
