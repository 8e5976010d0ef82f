"""The node's secret: one file, from which every purpose derives a key of its own."""

import hashlib
import hmac
from pathlib import Path

from renda.errors import Misconfigured
from renda.i18n import _
from renda.types import Registry

FEWEST_BYTES = 32


def derived_key(registry: Registry, purpose: str) -> bytes:
    """A 256-bit key for one purpose, from the file that the setting `secret_file` names.

    Raises:
        Misconfigured: the file is missing or too short to be a secret.
    """
    path = registry.values["secret_file"]
    keys: dict[tuple[str, str], bytes] = registry.__dict__.setdefault("derived_keys", {})
    if (path, purpose) not in keys:
        keys[path, purpose] = hmac.digest(read_secret(path), purpose.encode(), hashlib.sha256)
    return keys[path, purpose]


def read_secret(path: str) -> bytes:
    """The content of a file of secrets, without white space around it, such as an editor's last newline.

    Raises:
        Misconfigured: the file is missing or too short to be a secret.
    """
    try:
        secret = Path(path).read_bytes().strip()
    except OSError as error:
        reason = error.strerror or str(error)
        raise Misconfigured(
            _("The secret file ${path} cannot be read: ${error}", mapping={"path": path, "error": reason})
        ) from error
    if len(secret) < FEWEST_BYTES:
        raise Misconfigured(
            _(
                "The secret file ${path} must hold at least ${count} random bytes.",
                mapping={"path": path, "count": FEWEST_BYTES},
            )
        )
    return secret
