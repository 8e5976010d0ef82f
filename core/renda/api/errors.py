"""What the API refuses beyond what every page does."""

from renda.errors import Conflict, RendaError
from renda.i18n import _


class Malformed(RendaError):
    """A body that is no JSON object as this API reads it."""

    message = _("The body is no JSON object that can be read.")


class WrongType(RendaError):
    """A body of another media type."""

    status = 415
    message = _("Send the body as application/json.")


class PreconditionRequired(RendaError):
    """A change that does not say which state of the record it was made from."""

    status = 428
    message = _("Say in If-Match which ETag of the record you have seen.")


class PreconditionFailed(RendaError):
    """A change that was made from an older state of the record."""

    status = 412
    message = Conflict.message
