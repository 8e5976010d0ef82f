"""Whoever says two things in one place is told of: on the link over which that body is reached.

The documents stay as they are, and every node lets the same one count; but why there are two, a person has
to find out. That a fork was told of is kept in the audit trail, so that it is told of once.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.directory.models import Organisation
from renda.i18n import _
from renda.security import audit
from renda.security.models import AuditEntry
from renda_tiers.documents import forks
from renda_tiers.documents.forks import Fork
from renda_tiers.documents.judging import Judged
from renda_tiers.links import alarms, state
from renda_tiers.links.models import Link

FORKED = "link.fork"
"""Action of the entry that says that a body has signed two things in one place; its target is the fork."""

_MANY = 2000
"""Documents from which on all forks are looked for instead of those of each."""


def follow(event: Judged) -> None:
    """Raise the alarm of a link where a body beyond it turns out to have signed two things in one place.

    A fork that a higher revision had ended before both its branches were here needs nobody.
    """
    session, documents = event.session, event.documents
    if session.scalar(select(Link.peer).limit(1)) is None:
        return
    # A rebuild judges everything at once.
    found = forks.find(session) if len(documents) > _MANY else forks.among(session, documents)
    for fork in found:
        link = session.get(Link, state.host_of(session, fork.origin))
        if fork.ended_by is None and link is not None and not _is_told(session, fork):
            _tell(session, link, fork)


def _is_told(session: Session, fork: Fork) -> bool:
    told = select(AuditEntry.id).where(AuditEntry.target == fork.name, AuditEntry.action == FORKED)
    return session.scalar(told.limit(1)) is not None


def _tell(session: Session, link: Link, fork: Fork) -> None:
    row = session.get(Organisation, fork.origin)
    values = {"name": row.name if row else fork.origin}
    alarms.add(
        link,
        _(
            "${name} has signed two different documents in one place: its node was restored or copied, or "
            "somebody tells different things to different people. See Forks.",
            mapping=values,
        ),
    )
    audit.record(
        session,
        actor=None,
        organisation=None,
        action=FORKED,
        target=fork.name,
        now=session.info["registry"].clock(),
        detail={"link": link.peer, "documents": sorted(one.hash.hex() for one in fork.branches)},
    )
    session.flush()
