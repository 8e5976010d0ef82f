"""The records that a new node takes over, in as many answers as they need."""

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from renda.errors import Conflict
from renda.i18n import _
from renda.security import vault
from renda_tiers.links import bundle, joining
from renda_tiers.links.joining import Code
from renda_tiers.links.sealing import MALFORMED, NotAMessage, unseal

_TRIES = 3
"""How often everything is fetched anew where it changed between two portions."""
_CHANGED = _("The records changed while they were fetched. Join again in a quiet hour.")


@dataclass(frozen=True, slots=True)
class Portion:
    """An answer to a node that joins.

    Attributes:
        content: all that it says.
        records: the bytes of the records that came with it.
        whole: size and SHA-256 of all records.
    """

    content: dict[str, Any]
    records: bytes
    whole: tuple[int, str]


def opened(data: bytes, code: Code, organisation: str) -> Portion:
    """An answer, read.

    Raises:
        NotAMessage: it is none, or from another node than the one that gave the code.
    """
    content, key, _hash = unseal(joining.JOIN_TYPE, data)
    if joining.fingerprint(key) != code.fingerprint:
        raise NotAMessage(_("The node at this address is not the one that gave the code."))
    try:
        sealed, owner = base64.b64decode(content["records"]), joining.owner_of(organisation)
        size, digest = content["whole"]
        portion = Portion(content, vault.unseal(sealed, code.secret, owner), (int(size), str(digest)))
    except MALFORMED as error:
        raise NotAMessage from error
    if not 0 <= portion.whole[0] <= bundle.MAX_BUNDLE:
        raise NotAMessage
    return portion


def gather(fetch: Callable[[int], bytes], code: Code, organisation: str) -> list[bytes]:
    """Answers that hold all records together.

    Args:
        fetch: asks for the records from this byte on.
        code: the one-time code.
        organisation: that joins.

    Raises:
        NotAMessage: see `opened`; or an answer holds nothing more, though something is missing.
        Conflict: the records did not stay the same for as long as it took.
    """
    for _try in range(_TRIES):
        answers = [fetch(0)]
        first = opened(answers[0], code, organisation)
        got, last = len(first.records), first
        while got < first.whole[0] and last.whole == first.whole:
            answers.append(fetch(got))
            last = opened(answers[-1], code, organisation)
            if not last.records:
                raise NotAMessage
            got += len(last.records)
        if last.whole == first.whole:
            return answers
    raise Conflict(_CHANGED)


def joined(answers: Sequence[bytes], code: Code, organisation: str) -> tuple[dict[str, Any], bytes]:
    """What the first answer says, and the records that all of them hold together.

    Raises:
        NotAMessage: see `opened`; or they are not the whole.
    """
    found = [opened(one, code, organisation) for one in answers]
    records = b"".join(one.records for one in found)
    if found[0].whole != (len(records), hashlib.sha256(records).hexdigest()):
        raise NotAMessage
    return found[0].content, records
