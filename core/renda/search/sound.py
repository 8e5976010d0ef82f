"""What `renda doctor` looks at in search."""

from collections.abc import Iterator

from renda.app import Node
from renda.directory import readings
from renda.examining import Check, Examining
from renda.i18n import _
from renda.search.entries import searchable
from renda.search.rebuilding import astray


def entries_fit(node: Node) -> Iterator[str]:
    """Whether what search knows is what the records say."""
    for kind in searchable(node.registry.declared):
        different, without = astray(node.session, kind)
        if different:
            values = {"count": different, "type": kind.name}
            yield _("${count} records of ${type} are not in the index as they are.", mapping=values)
        if without:
            values = {"count": without, "type": kind.name}
            yield _("${count} entries of ${type} name a record that is not there.", mapping=values)
    unread = len(readings.missing(node.session))
    if unread:
        yield _("${count} persons cannot be found by pinyin.", mapping={"count": unread})


def add(event: Examining) -> None:
    """Add the check to those of the node."""
    event.checks.append(
        Check(
            "core.search",
            _("Search finds the records as they are"),
            _("Run renda search rebuild."),
            entries_fit,
            whole=True,
        )
    )
