"""This node among others: whose it is, and the key with which it signs its messages."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.errors import Conflict
from renda.i18n import _
from renda_tiers.documents import issuing
from renda_tiers.documents.models import ThisNode


class NotFounded(Conflict):
    """The database has tables, and no organisation yet."""

    message = _("This node has not been founded. Run renda init, or join a node above with its code.")


def this(session: Session) -> ThisNode:
    """The row about this node.

    Raises:
        NotFounded: there is none.
    """
    found = session.scalars(select(ThisNode)).one_or_none()
    if found is None:
        raise NotFounded
    return found


def signing_key(session: Session) -> bytes:
    """The private key with which this node signs its messages: the newest granted one of its top.

    Raises:
        NotFounded, Forbidden: there is none.
    """
    code = this(session).organisation
    return issuing.private_keys(session, {code})[code]
