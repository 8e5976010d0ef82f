"""How security says no."""

from renda.errors import RendaError
from renda.i18n import _


class SignInNeeded(RendaError):
    """Nobody is signed in; pages lead to the sign-in form, programs get 401."""

    status = 401
    message = _("Please sign in first.")


class SignInRefused(RendaError):
    """Wrong account, password or code; which of them is never said."""

    status = 422
    message = _("The account or the password is wrong.")


class CodeRefused(SignInRefused):
    """A second factor that is wrong, expired or used already; or the password given with it."""

    message = _("This is not right, or the code was used already. Wait for the next code and try again.")


class SignInLocked(RendaError):
    """Too many failures in a row for this login or from this address."""

    status = 429
    message = _("Too many failed attempts. Wait a quarter of an hour and try again.")


class TokenRefused(RendaError):
    """A token that is none, or no longer one; which of them is never said."""

    status = 401
    message = _("This token is unknown, expired or closed. Make a new one on your page of tokens.")


class Unreadable(RendaError):
    """A request whose text is not UTF-8 or holds characters that no text has."""

    message = _("The request contains characters that cannot be read. Enter the text again.")
