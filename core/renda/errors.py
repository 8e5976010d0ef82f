"""What can be wrong, as typed exceptions; `renda.web.errors` alone turns them into responses.

A message tells the person what to do, in their language; `detail` is for machines and logs.
"""

from collections.abc import Mapping

from renda.i18n import _


class RendaError(Exception):
    """The family of everything that renda refuses, with the HTTP status that says so.

    Attributes:
        status: HTTP status of the refusal.
        message: translatable sentence that says what to do; the class has one for where the place that
            raises has nothing more exact to say.
        detail: values that a program may need, as plain JSON.
    """

    status = 400
    message = _("This request could not be carried out.")

    def __init__(self, message: str = "", **detail: object) -> None:
        self.message = message or self.message
        self.detail = detail
        super().__init__(self.message)

    @property
    def sentence(self) -> str:
        """What is said where there is room for one sentence: the most exact that there is."""
        return self.message


class NotFound(RendaError):
    """There is no such thing here, or the reader may not know of it (both look the same)."""

    status = 404
    message = _("There is no such page, or you have no role at this organisation.")


class Forbidden(RendaError):
    """The reader may know of the thing, but a role is missing for this action."""

    status = 403
    message = _("Your role does not allow this. Ask your administrator for the role you need.")


class Conflict(RendaError):
    """Somebody else changed the thing meanwhile, or its state does not allow the action."""

    status = 409
    message = _("Somebody changed this meanwhile. Look at the current state and repeat your change.")


class Invalid(RendaError):
    """Input that a declaration refuses; `errors` maps field names to sentences."""

    status = 422
    message = _("Some entries need correction. Nothing was saved.")

    def __init__(self, errors: Mapping[str, str], message: str = "", **detail: object) -> None:
        self.errors = dict(errors)
        super().__init__(message, **detail)

    @property
    def sentence(self) -> str:
        """What is wrong with the first field."""
        return next(iter(self.errors.values()), self.message)


class TooLarge(RendaError):
    """More bytes, rows or levels than the receiver takes."""

    status = 413
    message = _("This is larger than what is accepted here.")


class Misconfigured(RendaError):
    """The install cannot start: a setting, profile, module or hook is wrong."""

    status = 500


class ScopeMissing(RendaError):
    """A statement on organisation-scoped rows ran in a session that names no organisation.

    Reading without a scope is a programming error; it fails instead of showing every organisation.
    """

    status = 500
