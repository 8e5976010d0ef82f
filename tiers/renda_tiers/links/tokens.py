"""The token that goes from call to call of a child, by which a copy of its node shows.

A child shows the token of the last answer that it heard. While answers are lost it shows the same one again;
once one is heard, it goes on with a token that was given since, and from then on no other of those is its to
show. Of two copies that call in turn each hears an answer of its own: the first that goes on leaves the other
with a token that is no more. So a line, however bad, is never taken for a copy, and two copies call at most
four times before one is told from the other, even if they have nothing to say.
"""

from renda.database import new_id
from renda_tiers.links.models import Link

_MOST = 100
"""Tokens that are given in answer to one, of which the child may have heard any."""
_PREFIX = 32
"""Digits of a call's hash with which the token for its answer begins."""


def given(link: Link, shown: str, call: bytes) -> str | None:
    """The token for the answer to a call, the same where the call comes again; None for a copy's.

    Args:
        link: of the child; in it the token shown last, and those given in answer to it, oldest first.
        shown: the token that the call shows.
        call: hash of the call.
    """
    known, mark = link.token.split(), call.hex()[:_PREFIX]
    if shown in known or not known:
        link.token_before, known = shown, []
    elif shown != link.token_before:
        return None
    for token in known:
        if token.startswith(mark):
            return token
    token = mark + new_id().hex
    link.token = " ".join([*known, token][-_MOST:])
    return token


def newest(link: Link) -> str:
    """The token with which a child that shows another one goes on."""
    return link.token.split()[-1]
