"""Whose keys lie here: taking organisations over from another node, and handing them on.

A move changes keys and nothing else: the old one is closed with the list of all that it signed, a new one is
granted, and every document stays what it was.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from renda.clock import local_day
from renda.directory import service
from renda.directory.models import Edge
from renda.errors import Conflict, NotFound
from renda.i18n import _
from renda.security.models import Grant
from renda.slices import slices
from renda_tiers import uses
from renda_tiers.documents import issuing, store
from renda_tiers.documents.authority import in_area
from renda_tiers.documents.models import Anchor, SigningKey
from renda_tiers.links import bundle, keys
from renda_tiers.links.models import CHILD, CLOSED, Link


def parents(session: Session) -> dict[str, str]:
    """Everybody's latest parent."""
    rows = session.execute(select(Edge.child, Edge.parent).order_by(Edge.child, Edge.valid_from))
    return {row.child: row.parent for row in rows}


def take_over(session: Session, now: datetime) -> list[str]:
    """Let the keys made here speak for those below whose superior is hosted here; the codes, top first.

    What other keys of theirs had signed still counts, and they sign nothing more.
    """
    # What is signed meanwhile with an old key would be missing in the list of what still counts.
    store.lock(session)
    done: list[str] = []
    waiting = set(session.scalars(select(SigningKey.organisation).distinct()))
    waiting = {code for code in waiting if keys.ungranted(session, code)}
    while able := {code: by for code in sorted(waiting) if (by := speaker(session, code)) is not None}:
        for code, by in able.items():
            (public, *_older) = sorted(keys.ungranted(session, code))
            old = keys.granted(session, code)
            kept = keys.signed_with(session, code, old)
            issuing.issue(session, [keys.enrolment(by, code, public, old, kept)], now=now)
        done += able
        waiting -= able.keys()
    _use_defaults(session, now)
    uses.tell(session, issuing.hosted(session), now=now)
    return done


def _use_defaults(session: Session, now: datetime) -> None:
    """Let those hosted here that never used a module use those of their profile, as long as they exist."""
    here = issuing.hosted(session)
    begins = {code: local_day(now).replace(month=1, day=1) for code in here}
    for row in session.execute(select(Edge.child, func.min(Edge.valid_from)).group_by(Edge.child)):
        if row[0] in here:
            begins[row[0]] = row[1]
    for since in set(begins.values()):
        codes = sorted(code for code, day in begins.items() if day == since)
        service.use_defaults(session, session.info["registry"].profiles, codes, since)


def speaker(session: Session, code: str) -> str | None:
    """Who on this node speaks of an organisation's keys: the nearest above it that may; None if nobody here.

    A township that was moved to another county's care keeps its code: of it the city speaks, and the county
    that it came from, as long as its node hangs there.
    """
    above, roots = parents(session), set(session.scalars(select(Anchor.organisation)))
    waiting = list(
        session.scalars(select(Edge.parent).where(Edge.child == code).order_by(Edge.valid_from.desc()))
    )
    tried = {code}
    while waiting:
        one = waiting.pop(0)
        if one in tried:
            continue
        tried.add(one)
        if (one in roots or in_area(one, code)) and _can_sign(session, one):
            return one
        if one in above:
            waiting.insert(0, above[one])
    return None


def _can_sign(session: Session, code: str) -> bool:
    held = select(SigningKey.public).where(SigningKey.organisation == code)
    return any(keys.speaks(session, code, key) for key in session.scalars(held))


def take_back(session: Session, organisation: str, records: bytes | None, *, now: datetime) -> list[str]:
    """Host an organisation again that has a node of its own, and those whom that node hosts; their codes.

    Args:
        session: of the node above.
        organisation: at the top of the other node.
        records: what `bundle.pack` gave there after its last change; None to keep what is here.
        now: when.

    Raises:
        NotFound: there is no link with this organisation's node.
        Conflict: both ends have not agreed about everything yet.
        NotABundle: the records are none.
    """
    link = session.get(Link, organisation)
    if link is None or link.role != CHILD:
        raise NotFound(_("There is no link with ${code}.", mapping={"code": organisation}))
    if not link.level:
        raise Conflict(_("Both ends have not agreed yet. Let the other node call, and try again."))
    others = set(session.scalars(select(Link.peer).where(Link.peer != organisation, Link.role == CHILD)))
    codes = sorted(subtree(children(session), organisation, without=others))
    issuing.create_keys(session, codes, now)
    link.state = CLOSED
    session.flush()
    taken = take_over(session, now)
    if records is not None:
        bundle.unpack(session, records)
    return taken


def children(session: Session) -> dict[str, list[str]]:
    """Codes of the children by their latest parent."""
    found: dict[str, list[str]] = {}
    for child, parent in parents(session).items():
        found.setdefault(parent, []).append(child)
    return found


def subtree(below: Mapping[str, Collection[str]], top: str, without: Collection[str] = ()) -> set[str]:
    """An organisation and everybody below it, by each one's latest parent; not those `without`, nor below."""
    found, waiting = {top}, [top]
    while waiting:
        new = set(below.get(waiting.pop(), ())) - found - set(without)
        found |= new
        waiting += new
    return found


def handed_with(session: Session, top: str, without: Collection[str] = ()) -> set[str]:
    """An organisation and those below it whom its own node can host: of whose keys it may speak there."""
    found = subtree(children(session), top, without=without)
    return {code for code in found if in_area(top, code)}


def hand_on(session: Session, codes: Collection[str], now: datetime) -> list[str]:
    """Forget the private keys of organisations that another node will host; the codes that were hosted here.

    From here on this node signs nothing more in their names, and nobody plays a role there on this node.
    """
    here = sorted(issuing.hosted(session) & set(codes))
    quiet = {"synchronize_session": False}
    for some in slices(here):
        of_some = SigningKey.organisation.in_(some)
        session.execute(delete(SigningKey).where(of_some), execution_options=quiet)
        held = (Grant.organisation.in_(some), Grant.until.is_(None))
        session.execute(update(Grant).where(*held).values(until=now), execution_options=quiet)
    return here
