"""Good rows become records, all of them or none."""

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
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
        do = partial(_create if what == NEW else _update, session, kind, organisation, now=now, actor=actor)
        for some in slices(group, AT_ONCE):
            _together(session, some, do)
            done += len(some)
    return done


def _together(session: Session, verdicts: Sequence[Verdict], do: Callable[[Sequence[Verdict]], None]) -> None:
    try:
        with session.begin_nested():
            do(verdicts)
    except RendaError:
        # Most often all are right; where one is not, each is tried alone, to say which.
        for one in verdicts:
            try:
                do([one])
            except RendaError as error:
                said = {"line": one.line, "sentence": error.sentence}
                raise Conflict(_("Row ${line}: ${sentence}", mapping=said)) from error


def _create(
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
    stored = [{**nothing, **one.values} for one in verdicts]
    engine.create_many(session, kind, organisation, stored, now=now, author=actor)


def _update(
    session: Session,
    kind: RecordType,
    _organisation: str,
    verdicts: Sequence[Verdict],
    *,
    now: datetime,
    actor: uuid.UUID | None,
) -> None:
    several = [(one.row, one.values, one.row.lock) for one in verdicts if one.row is not None]
    engine.update_many(session, kind, several, now=now, actor=actor)
