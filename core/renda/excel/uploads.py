"""From a file's bytes to verdicts, and the life of an upload until it is written or refused."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import Session

from renda.declarations import RecordType
from renda.errors import Conflict, NotFound
from renda.excel import asking, grids
from renda.excel.columns import IDENTITY, Layout, find
from renda.excel.judging import judge
from renda.excel.models import Upload
from renda.excel.safety import refused
from renda.excel.template import version
from renda.excel.verdicts import ASKED, CHANGED, FAULTY, NEW, Verdict, fingerprint
from renda.excel.writing import write
from renda.i18n import DEFAULT_LOCALE, Translator, _
from renda.records import passing
from renda.tasks import enqueue
from renda.types import Registry

OPEN, WAITING, WRITTEN, REFUSED = "open", "waiting", "written", "refused"
KEPT = timedelta(days=1)
MOST_KEPT = 10
"""Files of one person at one organisation."""
MOST_AT_ONCE = 2_000
"""Rows that are written within the request; more go to the background."""
WRITE, FORGET = "core.write_upload", "core.forget_upload"
_MOST_NAME = 200

CHANGED_MEANWHILE = _("The records changed meanwhile. Look at what the file would do now, and confirm again.")
_OTHER_FORM = _("This file is a template of another register. Open that register, and enter it there.")
_OTHER_PLACE: str = _("This file is a template of another organisation (${code}).")
_NO_COLUMNS = _("No column of the file is a field of this register. Say below what the columns are.")
_OLDER = _("The file is a template of an earlier version of this form. Check the columns.")


@dataclass(frozen=True)
class Opened:
    """A file that was read; all that takes long, and needs no database.

    Attributes:
        layout: how its sheet is read.
        remark: something that the person should know about the file, or "".
    """

    layout: Layout
    remark: str = ""


@dataclass(frozen=True)
class Judged:
    """A file as it would be entered.

    Attributes:
        layout: how its sheet is read.
        verdicts: one for every row of data.
        remark: something that the person should know about the file, or "".
    """

    layout: Layout
    verdicts: Sequence[Verdict]
    remark: str = ""

    @property
    def good(self) -> int:
        """Rows that would be written."""
        return sum(one.what in {NEW, CHANGED} for one in self.verdicts)

    @property
    def faulty(self) -> int:
        """Rows that would be left out because of what is wrong with them."""
        return sum(one.what == FAULTY for one in self.verdicts)

    @property
    def asked(self) -> int:
        """Rows that would be left out because nobody has said what they are."""
        return sum(one.what == ASKED for one in self.verdicts)


def chinese(registry: Registry) -> Translator:
    """The words in which files name fields and choices, whatever language their reader has chosen."""
    return Translator([one.package for one in registry.declared.components], DEFAULT_LOCALE)


def examine(
    session: Session,
    registry: Registry,
    kind: RecordType,
    organisation: str,
    content: bytes,
    *,
    now: datetime,
    mapping: Mapping[int, str] | None = None,
    answers: Mapping[int, str] | None = None,
) -> Judged:
    """Read a file and judge its rows.

    Raises:
        Invalid: the file is refused as a whole, or is for another register or organisation.
        TooLarge, Conflict: see `renda.excel.grids.read` and `renda.excel.judging.judge`.
    """
    file = opened(registry, kind, organisation, content, mapping=mapping)
    return assess(session, registry, kind, organisation, file, now=now, answers=answers)


def assess(
    session: Session,
    registry: Registry,
    kind: RecordType,
    organisation: str,
    file: Opened,
    *,
    now: datetime,
    answers: Mapping[int, str] | None = None,
) -> Judged:
    """Judge the rows of a file that was read, with what was said of those that are asked about.

    Raises:
        Invalid, Conflict: see `renda.excel.judging.judge`.
    """
    say = chinese(registry)
    verdicts = judge(session, kind, organisation, file.layout, answers=answers, translate=say, now=now)
    return Judged(file.layout, verdicts, file.remark)


def opened(
    registry: Registry,
    kind: RecordType,
    organisation: str,
    content: bytes,
    *,
    name: str = "",
    mapping: Mapping[int, str] | None = None,
) -> Opened:
    """Read a file; a transaction that may write should not wait for that.

    Args:
        registry: of the node.
        kind: the register that it fills.
        organisation: code of the organisation.
        content: its bytes.
        name: what it is called, where it has not been judged by that before.
        mapping: fields of its columns, as a person corrected them.

    Raises:
        Invalid: the file is refused as a whole, or is for another form or organisation.
        TooLarge: see `renda.excel.grids.read`.
    """
    book = grids.read(content, name)
    said = book.meta
    if said.get("form", kind.name) != kind.name:
        raise refused(_OTHER_FORM)
    if said.get("organisation", organisation) != organisation:
        raise refused(_OTHER_PLACE % {"code": said["organisation"]})
    layout = find(book, kind, chinese(registry))
    if mapping is not None:
        layout = layout.corrected(mapping)
    remark = _OLDER if said.get("version", version(kind)) != version(kind) else ""
    return Opened(layout, remark if set(layout.fields.values()) - {IDENTITY} else _NO_COLUMNS)


def keep(
    session: Session,
    kind: RecordType,
    organisation: str,
    account: uuid.UUID,
    *,
    name: str,
    content: bytes,
    now: datetime,
) -> Upload:
    """Keep a file for a day; of one person's files the newest few, so that nobody fills the database."""
    _make_room(session, organisation, account, now)
    row = Upload(
        organisation=organisation,
        type=kind.name,
        account=account,
        name="".join(one for one in name if one.isprintable())[-_MOST_NAME:],
        content=content,
        state=OPEN,
        given_at=now,
    )
    session.add(row)
    session.flush()
    enqueue(session, FORGET, row.id, now=now, due=now + KEPT)
    return row


def _make_room(session: Session, organisation: str, account: uuid.UUID, now: datetime) -> None:
    mine = (
        select(Upload.id)
        .where(Upload.account == account, Upload.state != WAITING)
        .order_by(Upload.given_at.desc(), Upload.id.desc())
    )
    spare = session.scalars(mine.offset(MOST_KEPT - 1)).all()
    # A file whose day is over has a task that deletes it, but not where its body moved here with it.
    over = and_(Upload.organisation == organisation, Upload.given_at <= now - KEPT)
    session.execute(delete(Upload).where(or_(Upload.id.in_(spare), over)))


def find_upload(
    session: Session,
    kind: RecordType,
    organisation: str,
    account: uuid.UUID,
    *,
    identifier: str,
    now: datetime,
) -> Upload:
    """Somebody's own file.

    Raises:
        NotFound: there is none, it is somebody else's, or its day is over.
    """
    try:
        row = session.get(Upload, uuid.UUID(identifier))
    except ValueError:
        raise NotFound from None
    if (
        row is None
        or (row.organisation, row.type, row.account) != (organisation, kind.name, account)
        or row.given_at + KEPT <= now
    ):
        raise NotFound
    return row


def reopened(registry: Registry, kind: RecordType, row: Upload) -> Opened:
    """Read a kept file with the columns as the person corrected them; see `opened`."""
    return opened(registry, kind, row.organisation, row.content, mapping=asking.mapping_of(row))


def judged(
    session: Session, registry: Registry, kind: RecordType, row: Upload, file: Opened, *, now: datetime
) -> Judged:
    """What a kept file that was read would do now, with the answers of its giver; see `examine`."""
    said = asking.answers_of(row)
    return assess(session, registry, kind, row.organisation, file, now=now, answers=said)


def confirm(
    session: Session,
    registry: Registry,
    kind: RecordType,
    row: Upload,
    file: Opened,
    *,
    shown: str,
    now: datetime,
) -> None:
    """Write the good rows that were shown, now or, where they are many, in the background.

    The file was read before the transaction; its rows are judged in it, beside what others wrote meanwhile.

    Raises:
        Conflict: they are not what was shown any more, or were written already.
        RendaError: see `renda.excel.writing.write`; the caller aborts the transaction.
    """
    # Of two confirmations at once the second waits here, and finds the file written.
    session.refresh(row, with_for_update=True)
    if row.state != OPEN:
        raise Conflict
    found = judged(session, registry, kind, row, file, now=now)
    if shown != fingerprint(kind, found.verdicts):
        raise Conflict(CHANGED_MEANWHILE)
    row.shown = shown
    if found.good > MOST_AT_ONCE:
        row.state = WAITING
        enqueue(session, WRITE, row.id, now=now)
        return
    settle(session, kind, row, found, now)


def settle(session: Session, kind: RecordType, row: Upload, found: Judged, now: datetime) -> None:
    """Write the good rows, and that they are written."""
    row.written = write(session, kind, row.organisation, found.verdicts, now=now, actor=row.account)
    row.state, row.settled_at = WRITTEN, now
    passing.imported(
        session,
        kind,
        row.organisation,
        row.written,
        left_out=found.faulty + found.asked,
        upload=row.id,
        now=now,
        actor=row.account,
    )
