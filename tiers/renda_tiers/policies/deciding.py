"""Saying a word on a module for those below, and what that would change."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.clock import local_day
from renda.directory.divisions import TIERS
from renda.directory.models import Edge
from renda.directory.modules import RULES
from renda.errors import Conflict, Forbidden, Invalid
from renda.i18n import _
from renda.security import audit
from renda_tiers.documents import issuing
from renda_tiers.documents.envelope import WHOLE_CHAIN
from renda_tiers.documents.issuing import Statement
from renda_tiers.policies import arrival
from renda_tiers.policies.rules import RELEASE, Word
from renda_tiers.reports.standings import valid_on

MOST_WORDS = 500
"""Characters of a reason."""


@dataclass(frozen=True, slots=True)
class Said:
    """What an issuer is about to say of a module; `tiers` is empty for all below it."""

    module: str
    rule: str
    since: date
    reason: str
    tiers: frozenset[str] = frozenset()


def say(session: Session, issuer: str, said: Said, *, actor: uuid.UUID | None, now: datetime) -> bytes:
    """Issue a word on a module to everybody below; the hash of the policy.

    To say again what stands changes nothing.

    Raises:
        Forbidden: nobody stands below the issuer.
        Invalid: no such module, rule or tier, a past day, or no reason.
        Conflict: there is nothing to take back.
    """
    said = checked(session, issuer, said, today=local_day(now))
    last = latest(session, issuer).get(said.module)
    if last is not None and _same(last, said):
        return last.order[2]
    body = _fields(said)
    statement = Statement(
        arrival.KIND, issuer, arrival.subject(issuer, said.module), body, frozenset(WHOLE_CHAIN)
    )
    (document,) = issuing.issue(session, [statement], now=now)
    audit.record(
        session,
        actor=actor,
        organisation=issuer,
        action=f"policy.{said.rule}",
        target=document.hex(),
        now=now,
        detail=body,
    )
    return document


def checked(session: Session, issuer: str, said: Said, *, today: date) -> Said:
    """The word with its texts cleaned, if the issuer can say it; raises as `say` does."""
    reason = " ".join(said.reason.split())
    errors = {}
    if not reason or len(reason) > MOST_WORDS:
        errors["reason"] = _("Say why, in at most ${n} characters.", mapping={"n": MOST_WORDS})
    if said.since < today:
        errors["since"] = _("A word on a module holds from today on or later.")
    if said.tiers - set(TIERS):
        errors["tier"] = _("There is no tier ${tier}.", mapping={"tier": ", ".join(sorted(said.tiers))})
    cleaned = Said(said.module, said.rule, said.since, reason, said.tiers)
    try:
        arrival.check({**_fields(cleaned), "reason": "-"})
    except Invalid as error:
        errors["module"] = error.sentence
    if errors:
        raise Invalid(errors)
    if not has_children(session, issuer, today):
        raise Forbidden(_("No organisation stands below this one."))
    last = latest(session, issuer).get(said.module)
    if said.rule == RELEASE and (last is None or last.rule.rule not in RULES):
        raise Conflict(_("There is nothing to take back for the module ${module}.", mapping=_fields(said)))
    return cleaned


def _fields(said: Said) -> dict[str, object]:
    """The body of a policy."""
    return {
        "module": said.module,
        "rule": said.rule,
        "tiers": sorted(said.tiers),
        "since": said.since.isoformat(),
        "reason": said.reason,
    }


def _same(last: Word, said: Said) -> bool:
    return (last.rule.rule, last.tiers, last.rule.reason) == (said.rule, said.tiers, said.reason) and (
        last.since <= said.since
    )


def latest(session: Session, issuer: str) -> dict[str, Word]:
    """An issuer's highest revision of each module."""
    own = [word for word in arrival.received(session) if word.issuer == issuer]
    return {word.rule.module: word for word in sorted(own, key=lambda one: one.order)}


def has_children(session: Session, organisation: str, day: date) -> bool:
    """Whether anybody stands directly below an organisation on a day."""
    statement = select(Edge.child).where(Edge.parent == organisation, *valid_on(Edge, day)).limit(1)
    return session.scalar(statement) is not None
