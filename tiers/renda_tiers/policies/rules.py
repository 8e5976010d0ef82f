"""From policies and the tree to what stands for each organisation: pure functions.

On a day an issuer's word on a module is that of its highest revision that holds by then; a revision that
takes back is no word. Where several above an organisation have a word, the highest body's stands.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from renda.directory.modules import RULES, Rule
from renda_tiers.reports.standings import holds_on

RELEASE = "release"
"""The rule that takes back what was said before."""

Ruled = tuple[str, date, date | None, Rule]
"""Organisation, since, until, and the rule."""
Key = tuple[str, str]
"""Organisation and module."""


@dataclass(frozen=True, slots=True)
class Word:
    """One revision of a policy; `order` decides which of several revisions is the highest."""

    issuer: str
    rule: Rule
    tiers: frozenset[str]
    since: date
    order: tuple[int, datetime, bytes]

    def concerns(self, tier: str) -> bool:
        """Whether it is for bodies of a tier."""
        return not self.tiers or tier in self.tiers


def standing(words: Iterable[Word], day: date) -> dict[str, list[Word]]:
    """The words that stand on a day, by issuer."""
    highest: dict[Key, Word] = {}
    for word in sorted(words, key=lambda one: one.order):
        if word.since <= day:
            highest[word.issuer, word.rule.module] = word
    found: dict[str, list[Word]] = {}
    for word in highest.values():
        if word.rule.rule in RULES:
            found.setdefault(word.issuer, []).append(word)
    return found


def on(words: Iterable[Word], edges: Iterable[Any], tiers: Mapping[str, str], day: date) -> dict[Key, Rule]:
    """What stands for every organisation on a day.

    Args:
        words: of all issuers.
        edges: with child, parent, valid_from and valid_to.
        tiers: of the organisations, by code.
        day: whose tree and whose words count.
    """
    said = standing(words, day)
    below: dict[str, list[str]] = {}
    above: dict[str, str] = {}
    for edge in edges:
        if holds_on(edge, day):
            below.setdefault(edge.parent, []).append(edge.child)
            above[edge.child] = edge.parent
    found: dict[Key, Rule] = {}
    # The deepest issuers speak first, so that the highest has the last word.
    for issuer in sorted(said, key=lambda code: (-_depth(code, above), code)):
        for code in _inside(issuer, below):
            for word in said[issuer]:
                if word.concerns(tiers.get(code, "")):
                    found[code, word.rule.module] = word.rule
    return found


def _depth(code: str, above: Mapping[str, str]) -> int:
    seen = {code}
    while (code := above.get(code, "")) and code not in seen:
        seen.add(code)
    return len(seen)


def _inside(root: str, below: Mapping[str, Sequence[str]]) -> list[str]:
    """Everything below an organisation, itself left out."""
    found: dict[str, None] = {}
    waiting = list(below.get(root, ()))
    while waiting:
        code = waiting.pop()
        if code not in found and code != root:
            found[code] = None
            waiting += below.get(code, ())
    return list(found)


def over_time(words: Sequence[Word], edges: Sequence[Any], tiers: Mapping[str, str]) -> list[Ruled]:
    """What stands for every organisation, from when until when."""
    if not words:
        return []
    first = min(word.since for word in words)
    turns = {word.since for word in words} | {
        day for edge in edges for day in (edge.valid_from, edge.valid_to) if day is not None and day > first
    }
    open_: dict[Key, tuple[date, Rule]] = {}
    found: list[Ruled] = []
    for day in sorted(turns):
        now = on(words, edges, tiers, day)
        for key, (since, rule) in list(open_.items()):
            if now.get(key) != rule:
                found.append((key[0], since, day, rule))
                del open_[key]
        for key, rule in now.items():
            open_.setdefault(key, (day, rule))
    return found + [(key[0], since, None, rule) for key, (since, rule) in open_.items()]
