"""What `renda doctor` looks at in deputies' personal data."""

from collections.abc import Iterator

from sqlalchemy import exists, func, or_, select

from renda.app import Node
from renda.deputies import secrets
from renda.deputies.publishing import PUBLIC
from renda.directory.models import Person, PersonReading, PersonSecret, PublicField
from renda.examining import Check, Examining
from renda.i18n import _


def seals_open(node: Node) -> Iterator[str]:
    """Whether what is sealed of persons opens with the key that is there, for its own person."""
    shut = secrets.shut(node.session)
    if shut:
        yield _("${count} sealed values of persons cannot be opened.", mapping={"count": shut})


def erased_is_gone(node: Node) -> Iterator[str]:
    """Whether nothing is left of persons whose data were erased, and nothing is public that never may be."""
    left = [exists().where(table.person == Person.id) for table in (PersonSecret, PersonReading, PublicField)]
    told = [
        getattr(Person, name).is_not(None) for name in ("gender", "ethnicity", "born_on", "party", "position")
    ]
    number = node.session.scalar(
        select(func.count(Person.id)).where(Person.erased_at.is_not(None), or_(*left, *told))
    )
    if number:
        yield _("Something is left of ${count} persons whose data were erased.", mapping={"count": number})
    public = node.session.scalar(
        select(func.count()).select_from(PublicField).where(PublicField.field.not_in(PUBLIC))
    )
    if public:
        yield _("${count} fields are public that never may be.", mapping={"count": public})


def add(event: Examining) -> None:
    """Add the checks to those of the node."""
    event.checks.extend(
        (
            Check(
                "core.sealed",
                _("What is sealed of persons opens"),
                _("See that the key file is the one it was sealed with; what was damaged is entered again."),
                seals_open,
                whole=True,
            ),
            Check(
                "core.erased",
                _("What was erased is gone, and nothing is public that never may be"),
                _("Find out who wrote it past the pages, and erase or withdraw it on the deputy's page."),
                erased_is_gone,
            ),
        )
    )
