"""Addresses inside this application, and none outside of it."""

from urllib.parse import urlencode, urlsplit

from renda.types import Request


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
    """The sign-in form; it leads back to the page that was asked for."""
    address = f"{request.script_name}/sign-in"
    if request.method not in {"GET", "HEAD"} or request.path_qs == f"{request.script_name}/":
        return address
    return f"{address}?{urlencode({'next': local_path(request.path_qs)})}"
