"""Good rows become records, all of them or none."""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from sqlalchemy.orm import Session

from renda.declarations import RecordType
from renda.errors import Conflict, RendaError
from renda.excel.verdicts import CHANGED, NEW, Verdict
from renda.i18n import _
from renda.records import engine
from renda.slices import slices

AT_ONCE = 2_000
"""Rows that are written together; where one of them is refused, each is tried alone."""


def write(
    session: Session,
    kind: RecordType,
    organisation: str,
    verdicts: Sequence[Verdict],
    *,
    now: datetime,
    actor: uuid.UUID | None,
) -> int:
    """Make and change the records of the good rows, and count them.

    Raises:
        Conflict: a row that was good alone is refused beside the others; the caller aborts the transaction.
    """
    done = 0
    good = (one for one in verdicts if one.what in {NEW, CHANGED})
    for what, group in groupby(good, key=attrgetter("what")):
        for some in slices(group, AT_ONCE):
            if what == NEW:
                _create_many(session, kind, organisation, some, now=now, actor=actor)
            else:
                _update_all(session, kind, some, now=now, actor=actor)
            done += len(some)
    return done


def _create_many(
    session: Session,
    kind: RecordType,
    organisation: str,
    verdicts: Sequence[Verdict],
    *,
    now: datetime,
    actor: uuid.UUID | None,
) -> None:
    # What the file has no column for is empty, and was judged as that.
    nothing = engine.cleaned(kind, {}, kind.fields.keys() - verdicts[0].values.keys())

    def create(some: Sequence[Verdict]) -> None:
        stored = [{**nothing, **one.values} for one in some]
        engine.create_many(session, kind, organisation, stored, now=now, author=actor)

    try:
        with session.begin_nested():
            create(verdicts)
    except RendaError:
        # Most often all are right; where one is not, each is tried alone, to say which.
        for one in verdicts:
            with _told_of(one):
                create([one])


def _update_all(
    session: Session, kind: RecordType, verdicts: Sequence[Verdict], *, now: datetime, actor: uuid.UUID | None
) -> None:
    for one in verdicts:
        with _told_of(one):
            if one.row is not None:
                engine.update(session, kind, one.row, one.values, lock=one.row.lock, now=now, actor=actor)


@contextmanager
def _told_of(one: Verdict) -> Iterator[None]:
    """Let a refusal say of which row it is."""
    try:
        yield
    except RendaError as error:
        raise Conflict(
            _("Row ${line}: ${sentence}", mapping={"line": one.line, "sentence": error.sentence})
        ) from error
