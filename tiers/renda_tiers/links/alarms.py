"""What a person has to look at on a link: one text, to which what comes later is added until it is read."""

from renda.i18n import _, freeze, thaw
from renda_tiers.links.models import Link


def add(link: Link, message: str) -> None:
    """Raise an alarm; one that is there already stays, and is not said twice."""
    if not link.alarm:
        link.alarm = freeze(message)
    # What is frozen holds the messages that are its values as they are frozen themselves.
    elif freeze(message) not in link.alarm:
        both = {"first": thaw(link.alarm), "second": message}
        link.alarm = freeze(_("${first} ${second}", mapping=both))
