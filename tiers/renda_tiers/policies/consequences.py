"""What a word on a module would change for the bodies below, before it is said."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.clock import local_day
from renda.directory.models import ModuleUse, Organisation
from renda.directory.modules import REQUIRE, Rule, allowed, in_use
from renda.directory.validity import valid_at
from renda_tiers.documents import issuing
from renda_tiers.documents.envelope import MAX_COUNT
from renda_tiers.policies import arrival
from renda_tiers.policies.deciding import Said
from renda_tiers.policies.rules import Key, Ruled, Word


@dataclass(frozen=True, slots=True)
class Consequences:
    """Names of the bodies below for which something changes; of other nodes only that they are told.

    Attributes:
        begin: they begin to use the module.
        end: they use it no more; their data stay.
        cannot: it is required of them, and this node or their profile does not have it.
        outranked: a higher body says otherwise, and that stands.
        remote: they have nodes of their own.
    """

    begin: tuple[str, ...]
    end: tuple[str, ...]
    cannot: tuple[str, ...]
    outranked: tuple[str, ...]
    remote: tuple[str, ...]


def of(session: Session, issuer: str, said: Said) -> Consequences:
    """What a word would change on the day from which it holds."""
    now = session.info["registry"].clock()
    rule = Rule(said.module, said.rule, issuer, said.reason)
    word = Word(issuer, rule, said.tiers, said.since, (MAX_COUNT, now, b""))
    before = _on(arrival.current(session), said.since)
    after = _on(arrival.current(session, word), said.since)
    below = _on(_alone(session, word), said.since)
    hosted = issuing.hosted(session)
    use = _Use(session, max(said.since, local_day(now)))
    found: dict[str, list[str]] = {name: [] for name in Consequences.__slots__}
    for code, name in _named(session, {organisation for organisation, _module in below}):
        if code not in hosted:
            found["remote"].append(name)
            continue
        had, has = (said.module in use.of(code, rules) for rules in (before, after))
        if has and not had:
            found["begin"].append(name)
        if had and not has:
            found["end"].append(name)
        standing = after.get((code, said.module))
        if said.rule == REQUIRE and standing == rule and not has:
            found["cannot"].append(name)
        if standing is not None and standing.by != issuer:
            found["outranked"].append(name)
    return Consequences(**{name: tuple(names) for name, names in found.items()})


def _alone(session: Session, word: Word) -> list[Ruled]:
    """Whom a word concerns, whatever others say and even where it takes back."""
    rule = word.rule._replace(rule=REQUIRE)
    return arrival.worked_out(session, [Word(word.issuer, rule, word.tiers, word.since, word.order)])


def _on(ruled: list[Ruled], day: date) -> dict[Key, Rule]:
    return {
        (code, rule.module): rule
        for code, since, until, rule in ruled
        if since <= day and (until is None or until > day)
    }


def _named(session: Session, codes: set[str]) -> list[tuple[str, str]]:
    rows = session.execute(select(Organisation.code, Organisation.name).order_by(Organisation.code))
    return [(row.code, row.name) for row in rows if row.code in codes]


class _Use:
    """Which modules organisations use on a day, under one set of rules or another."""

    def __init__(self, session: Session, day: date) -> None:
        registry = session.info["registry"]
        self._registry = registry
        self._tiers: dict[str, Any] = {
            row.code: row.tier for row in session.execute(select(Organisation.code, Organisation.tier))
        }
        self._chosen: dict[str, set[str]] = {}
        for row in session.execute(
            select(ModuleUse.organisation, ModuleUse.module).where(
                valid_at(ModuleUse.since, ModuleUse.until, day)
            )
        ):
            self._chosen.setdefault(row.organisation, set()).add(row.module)

    def of(self, code: str, rules: dict[Key, Rule]) -> frozenset[str]:
        said = {module: rule.rule for (organisation, module), rule in rules.items() if organisation == code}
        able = allowed(self._registry, code, self._tiers[code])
        return in_use(self._chosen.get(code, ()), said, self._registry.declared.modules, able)
