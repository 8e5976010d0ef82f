"""Addresses inside this application, and none outside of it."""

from urllib.parse import urlencode, urlsplit

from renda.types import Request

PUBLIC = "/public/"
"""What the addresses of pages for everybody begin with."""


def local_path(text: str, default: str = "/") -> str:
    r"""The path to go to next if it is one of ours, else the default.

    Refused are other hosts in every spelling that browsers understand: `https://x`, `//x`, `/\x`, and
    characters that they drop before they look.
    """
    if not text.startswith("/") or text[1:2] in {"/", "\\"} or "\\" in text or not text.isprintable():
        return default
    parts = urlsplit(text)
    return text if not parts.scheme and not parts.netloc else default


def sign_in_address(request: Request) -> str:
    """The sign-in form; it leads back to the page that was asked for, or to the form that was sent.

    Whoever sent a form had a session when it was opened; that it has ended is said there.
    """
    address, root = f"{request.script_name}/sign-in", f"{request.script_name}/"
    if request.method in {"GET", "HEAD"}:
        following, ended = local_path(request.path_qs), {}
    else:
        following, ended = _sent_from(request, root), {"ended": "1"}
    query = ended if following == root else {"next": following, **ended}
    return f"{address}?{urlencode(query)}" if query else address


def _sent_from(request: Request, default: str) -> str:
    """The page of ours that a form was sent from, as the browser tells it."""
    origin, referrer = request.host_url, request.referrer or ""
    return local_path(referrer[len(origin) :], default) if referrer.startswith(f"{origin}/") else default
