"""Files that leave the system: saved by the browser under their name, and never opened in it."""

from typing import IO
from urllib.parse import quote

from pyramid.response import FileIter, Response

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ANYTHING = "application/octet-stream"


def file_name(*words: str, ending: str) -> str:
    """Such as `2026-培训班-曹县.xlsx`; characters that file systems refuse are left out."""
    return (
        "".join(one for one in "-".join(words) if one.isprintable() and one not in '\\/:*?"<>|')
        + f".{ending}"
    )


def download(content: bytes | IO[bytes], name: str, *, plain: str = "", media_type: str = XLSX) -> Response:
    """The answer that hands out a file.

    Args:
        content: its bytes, or an open file, which is read and closed while it is sent.
        name: what it is called, in any language.
        plain: what it is called where only ASCII is understood, without quotes; "" where the address says it.
        media_type: what it is.
    """
    spare = f'filename="{plain}"; ' if plain else ""
    said = f"attachment; {spare}filename*=UTF-8''{quote(name, safe='')}"
    body = [content] if isinstance(content, bytes) else FileIter(content)
    return Response(app_iter=body, content_type=media_type, content_disposition=said)
