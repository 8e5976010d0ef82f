"""What `renda doctor` looks at in the files that are attached to records."""

from collections.abc import Iterator

from pyramid.config import Configurator
from sqlalchemy import select

from renda.app import Node
from renda.examining import Check, Examining
from renda.files import store
from renda.i18n import _
from renda.records.attachments import Attachment


def files_are_whole(node: Node) -> Iterator[str]:
    """Whether the bytes of every attached file are there, and those that were attached."""
    for digest in store.damaged(node.session):
        named = select(Attachment).where(Attachment.digest == digest).order_by(Attachment.id)
        for one in node.session.scalars(named):
            values = {"name": one.name, "place": f"{one.organisation} {one.type}/{one.record}"}
            yield _("The bytes of ${name} (${place}) are damaged.", mapping=values)
    missing = select(Attachment.id).where(
        Attachment.digest.is_not(None), ~Attachment.digest.in_(select(store.StoredFile.digest))
    )
    for identifier in node.session.scalars(missing.order_by(Attachment.id)):
        yield _("The bytes of the attachment ${id} are missing.", mapping={"id": identifier})


def add(event: Examining) -> None:
    """Add the check to those of the node."""
    event.checks.append(
        Check(
            "core.files",
            _("The files that are attached to records are whole"),
            _("The disk may be failing. Restore the last backup, or attach the file again."),
            files_are_whole,
            whole=True,
        )
    )


def includeme(config: Configurator) -> None:
    """Let nodes be examined."""
    config.add_subscriber(add, Examining)
