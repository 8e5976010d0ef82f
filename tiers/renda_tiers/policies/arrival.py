"""The `policy` document: a body requires or forbids a module for those below it, or takes that back."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from renda.declarations.modules import CORE
from renda.directory import service
from renda.directory.models import Edge, Organisation
from renda.directory.modules import FORBID, REQUIRE, Rule
from renda.errors import Invalid
from renda.i18n import _
from renda_tiers.documents.envelope import Document
from renda_tiers.documents.judging import aside
from renda_tiers.documents.store import Verdict
from renda_tiers.policies import rules
from renda_tiers.policies.models import Policy
from renda_tiers.policies.rules import RELEASE, Word

KIND = "policy"
CHAIN = "tiers"
"""The module without which a body is out of reach; nobody forbids it."""

_BODY = {"module", "rule", "tiers", "since", "reason"}
_MODULE = re.compile(r"[a-z][a-z0-9]{0,31}|[0-9A-Za-z]{2,20}-[a-z][a-z0-9]{0,30}")
"""The name of a module, or the id of a practice pack."""
_OUTDATED = "tiers.policies"


def subject(issuer: str, module: str) -> str:
    """What all an issuer says of a module is a revision of."""
    return f"{KIND}:{issuer}:{module}"


def check(body: Mapping[str, Any]) -> None:
    """Refuse a body that is not {module, rule, tiers: […], since, reason}."""
    try:
        well_formed = (
            body.keys() == _BODY
            and _MODULE.fullmatch(body["module"]) is not None
            and body["rule"] in (REQUIRE, FORBID, RELEASE)
            and all(isinstance(tier, str) and tier.isalpha() for tier in body["tiers"])
            and bool(body["reason"].strip())
        )
        date.fromisoformat(body["since"])
    except (TypeError, ValueError, AttributeError, KeyError):
        well_formed = False
    if not well_formed:
        raise Invalid({"body": _("This is no word on a module.")})
    if body["module"] == CORE or (body["module"], body["rule"]) == (CHAIN, FORBID):
        raise Invalid({"module": _("Nobody can do without this module.")})


def judge(_session: Session, documents: Sequence[Document]) -> dict[bytes, Verdict]:
    """A policy is its issuer's word on one module."""
    return {
        one.hash: aside(_("The subject of this document is another than what it says."))
        for one in documents
        if one.subject != subject(one.origin, one.body["module"])
    }


def apply(session: Session, documents: Sequence[Document]) -> None:
    """Keep what was said; `complete` works out what it means for whom."""
    session.execute(
        insert(Policy),
        [
            {
                "document": one.hash,
                "issuer": one.origin,
                "module": one.body["module"],
                "revision": one.revision,
                "issued": one.issued,
                "rule": one.body["rule"],
                "tiers": " ".join(sorted(one.body["tiers"])),
                "since": date.fromisoformat(one.body["since"]),
                "reason": one.body["reason"],
            }
            for one in documents
        ],
    )
    outdate(session)


def outdate(session: Session) -> None:
    """Have it worked out anew at the end of this batch: a policy came, or the tree changed."""
    session.info[_OUTDATED] = True


def complete(session: Session) -> None:
    """Tell the directory what stands for whom."""
    if session.info.pop(_OUTDATED, False):
        service.set_rules(session, current(session))


def current(session: Session, *further: Word) -> list[rules.Ruled]:
    """What stands for whom and when, by what was received and by further words."""
    return worked_out(session, [*received(session), *further])


def worked_out(session: Session, words: Sequence[Word]) -> list[rules.Ruled]:
    """What words mean for whom, along the tree that this node knows."""
    if not words:
        return []
    edges = session.execute(select(Edge.child, Edge.parent, Edge.valid_from, Edge.valid_to)).all()
    tiers = {row.code: row.tier for row in session.execute(select(Organisation.code, Organisation.tier))}
    return rules.over_time(words, edges, tiers)


def received(session: Session) -> list[Word]:
    """All words on modules that this node has received."""
    return [
        Word(
            one.issuer,
            Rule(one.module, one.rule, one.issuer, one.reason),
            frozenset(one.tiers.split()),
            one.since,
            (one.revision, one.issued, one.document),
        )
        for one in session.scalars(select(Policy))
    ]


def forget(session: Session) -> None:
    """Empty the policies; what they meant goes when the batch is complete."""
    session.execute(delete(Policy))
    outdate(session)
