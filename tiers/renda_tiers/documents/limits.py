"""How long the texts of documents are that become keys in the databases, and how far their days reach.

PostgreSQL takes keys of an index up to some 2,700 bytes, SQLite of any length. So what a body names is
measured when the body is checked: a document has the same verdict on both. The longest key, that of a folded
figure (`tiers_rollup_key`), is two names, a dimension and some 200 bytes; a character has at most four.
"""

import re

ORGANISATION = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.-]{0,31}")
"""The code of an organisation."""

MOST_NAME = 100
"""Characters of what a template, a figure, a tier or a module is called in documents."""

MOST_DIMENSION = 200
"""Characters of a figure's dimension."""

MOST_DAYS = 36_500
"""Days between the end of a period and the day on which something is due or locked: a century."""


def is_organisation(value: object) -> bool:
    """Whether a JSON value is written as the code of an organisation."""
    return isinstance(value, str) and ORGANISATION.fullmatch(value) is not None


def is_name(value: object) -> bool:
    """Whether a JSON value is a text of at most `MOST_NAME` characters."""
    return isinstance(value, str) and len(value) <= MOST_NAME


def is_days(value: object) -> bool:
    """Whether a JSON value is a number of days, before or after, that the calendar takes."""
    return type(value) is int and abs(value) <= MOST_DAYS
