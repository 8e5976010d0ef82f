"""Whom a directive is for: a rule, resolved to a list of organisations that the signed body freezes."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from renda.directory.models import Edge, ModuleUse, Organisation
from renda.directory.validity import valid_at
from renda.errors import Conflict, Invalid, NotFound
from renda.i18n import _
from renda.records.fields import Rejected, Text
from renda_tiers.directives.bodies import CHILDREN, LIST, TIER
from renda_tiers.directives.models import Selection as SavedSelection
from renda_tiers.rollup import expectation

MOST_TARGETS = 5_000
NAME = Text(_("Name of the list"), max_length=80)


@dataclass(frozen=True, slots=True)
class Selection:
    """How targets are chosen.

    Attributes:
        rule: children (all direct ones), tier (all of a tier below), or list (those in `codes`).
        tier: of the rule `tier`.
        module: only those that use it, or "".
        name: of a saved list, or "".
        codes: of the rule `list`, unless it is a saved one.
    """

    rule: str = CHILDREN
    tier: str = ""
    module: str = ""
    name: str = ""
    codes: tuple[str, ...] = ()

    @property
    def said(self) -> dict[str, str]:
        """As a directive's body says it."""
        return {"rule": self.rule, "tier": self.tier, "module": self.module, "name": self.name}


def of(said: dict[str, Any]) -> Selection:
    """The selection that a directive's body says; of a list without a name nobody joins later."""
    return Selection(said["rule"], said["tier"], said["module"], said["name"])


def resolve(session: Session, issuer: str, selection: Selection, day: date) -> list[str]:
    """The codes of those that a selection chooses below an issuer on a day, sorted.

    Raises:
        Invalid: nobody is chosen, or more than `MOST_TARGETS`; or there is no such rule or saved list.
        NotFound: a named organisation does not stand below the issuer.
    """
    found = matching(session, issuer, selection, day)
    if not found or len(found) > MOST_TARGETS:
        message = _("Choose 1 to ${most} organisations below yours.", mapping={"most": MOST_TARGETS})
        raise Invalid({"targets": message}, message)
    return found


def matching(session: Session, issuer: str, selection: Selection, day: date) -> list[str]:
    """The same, of nobody, too."""
    if selection.rule == LIST:
        codes = saved(session, issuer, selection.name) if selection.name else selection.codes
        return below(session, issuer, codes, day)
    if selection.rule not in (CHILDREN, TIER):
        message = _("Say which organisations: all below, those of a tier, or a list.")
        raise Invalid({"targets": message}, message)
    tree = expectation.subtree([issuer], day)
    statement = (
        select(Organisation.code)
        .join(tree, tree.c.code == Organisation.code)
        .where(tree.c.code != issuer)
        .order_by(Organisation.code)
    )
    if selection.rule == TIER:
        statement = statement.where(Organisation.tier == selection.tier)
    else:
        is_child = exists().where(
            Edge.child == Organisation.code,
            Edge.parent == issuer,
            valid_at(Edge.valid_from, Edge.valid_to, day),
        )
        statement = statement.where(is_child)
    if selection.module:
        uses = exists().where(
            ModuleUse.organisation == Organisation.code,
            ModuleUse.module == selection.module,
            valid_at(ModuleUse.since, ModuleUse.until, day),
        )
        statement = statement.where(uses)
    return list(session.scalars(statement))


def below(session: Session, issuer: str, codes: Iterable[str], day: date) -> list[str]:
    """The codes, sorted, each once, if all stand below the issuer on a day.

    Raises:
        NotFound: one does not.
    """
    wanted = sorted(set(codes))
    tree = expectation.subtree([issuer], day)
    known = set(session.scalars(select(tree.c.code).where(tree.c.code != issuer)))
    if strange := [code for code in wanted if code not in known]:
        names = {"codes": ", ".join(strange)}
        raise NotFound(_("There is no such organisation below yours: ${codes}.", mapping=names))
    return wanted


def saved(session: Session, issuer: str, name: str) -> tuple[str, ...]:
    """The codes of a saved list; of those that are still below, `below` tells.

    Raises:
        NotFound: there is no such list.
    """
    codes = session.scalar(
        select(SavedSelection.codes).where(SavedSelection.organisation == issuer, SavedSelection.name == name)
    )
    if codes is None:
        raise NotFound(_("There is no saved list ${name}.", mapping={"name": name}))
    return tuple(json.loads(codes))


def names(session: Session, issuer: str) -> list[str]:
    """The names of an issuer's saved lists."""
    statement = select(SavedSelection.name).where(SavedSelection.organisation == issuer)
    return sorted(session.scalars(statement))


def save(session: Session, issuer: str, name: str, codes: Collection[str]) -> None:
    """Keep a list under a name; one of the same name is replaced.

    Raises:
        Invalid: the name is empty or too long.
        Conflict: there are too many organisations in it.
    """
    try:
        word = NAME.clean(name)
    except Rejected as error:
        raise Invalid({"name": error.message}, error.message) from None
    if len(codes) > MOST_TARGETS:
        raise Conflict(_("Choose 1 to ${most} organisations below yours.", mapping={"most": MOST_TARGETS}))
    row = session.scalar(
        select(SavedSelection).where(SavedSelection.organisation == issuer, SavedSelection.name == word)
    )
    if row is None:
        row = SavedSelection(organisation=issuer, name=word)
        session.add(row)
    row.codes = json.dumps(sorted(set(codes)))
    session.flush()
