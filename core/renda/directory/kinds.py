"""What an organisation is by the profile of its tier."""

from collections.abc import Collection, Mapping

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from renda.directory.models import Organisation
from renda.directory.organs import Kind
from renda.errors import Misconfigured, NotFound
from renda.i18n import _
from renda.profile import Profile, profile_at
from renda.slices import slices


def profile_of(session: Session, organisation: str) -> Profile:
    """The profile of an organisation's tier.

    Raises:
        NotFound: there is no such organisation.
        Misconfigured: this node has no profile for its tier.
    """
    return profile_at(session.info["registry"].profiles, _place(session, organisation).tier)


def kind_at(session: Session, organisation: str) -> Kind:
    """What an organisation is by the profile of its tier.

    Raises:
        NotFound: there is no such organisation.
        Misconfigured: this node has no profile for its tier, or the profile does not know its kind.
    """
    place = _place(session, organisation)
    return profile_at(session.info["registry"].profiles, place.tier).kind(place.kind)


def formal_names(session: Session, codes: Collection[str]) -> Mapping[str, str]:
    """What organisations are called where they sign, by code; plain names where no profile knows more."""
    profiles = session.info["registry"].profiles
    found = {}
    for some in slices(sorted(codes)):
        columns = (Organisation.code, Organisation.name, Organisation.tier, Organisation.kind)
        for code, name, tier, kind in session.execute(select(*columns).where(Organisation.code.in_(some))):
            try:
                found[code] = profile_at(profiles, tier).kind(kind).formal(name)
            except Misconfigured:
                found[code] = name
    return found


def _place(session: Session, organisation: str) -> Row[str, str]:
    found = session.execute(
        select(Organisation.tier, Organisation.kind).where(Organisation.code == organisation)
    ).one_or_none()
    if found is None:
        raise NotFound(_("There is no organisation ${code}.", mapping={"code": organisation}))
    return found
