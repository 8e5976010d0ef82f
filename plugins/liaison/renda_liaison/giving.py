"""An opinion that a stranger gives, what its receipt code opens, and the rating: without any page."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from renda.clock import local_day
from renda.errors import Conflict, Invalid, NotFound, TooLarge
from renda.files import kinds, names
from renda.i18n import _
from renda.records import attaching, engine
from renda.records.attaching import Given
from renda.records.attachments import Attachment
from renda.records.models import TransitionLog
from renda.settings import Settings
from renda_liaison import photos, receipts
from renda_liaison.opinions import BY_CODE, DECLINED, HANDLED, OPINIONS, RATINGS, PublicOpinionItem
from renda_liaison.stations import OPEN, Station

PHOTOS = ("jpeg", "png")
NO_SUCH_CODE = _("There is no such code. Compare it with your receipt.")
_GONE = _("This QR code is no longer in use. Ask at the station for the present one.")
_NO_ROOM = _("No photo can be taken at present. Please send it without one.")
_NOT_YET = _("It can be rated once it is answered.")
_ONCE = _("It is rated already.")


def station_of(session: Session, code: str) -> Station:
    """The open station whose QR code this is.

    Raises:
        NotFound: the code was withdrawn or never given out, or the station is not open.
    """
    found = session.scalar(select(Station).where(Station.code == code, Station.state == OPEN))
    if found is None:
        raise NotFound(_GONE)
    return found


def give(
    session: Session,
    station: Station,
    said: Mapping[str, str],
    photo: Given | None,
    *,
    subject: str,
    code: str,
    settings: Settings,
    now: datetime,
) -> PublicOpinionItem:
    """Keep an opinion under a receipt code; given a second time under the same code it is the first one.

    Args:
        session: the session of a request at the station's organisation.
        station: where it was scanned in.
        said: content, and kind and phone where they were given.
        photo: a picture, or None.
        subject: what lists call it until somebody has read it.
        code: its receipt code.
        settings: those of the node.
        now: when.

    Raises:
        Invalid: a field, or `photo`, is not as it should be.
        Conflict: the same form was sent twice at once, and the other came first.
    """
    digest = receipts.hashed(code)
    there = session.scalar(select(PublicOpinionItem).where(PublicOpinionItem.receipt == digest))
    if there is not None:
        return there
    values: dict[str, Any] = {
        "subject": subject,
        "source": BY_CODE,
        "received_on": local_day(now).isoformat(),
        "place": station.name,
        **{name: said.get(name, "") for name in ("content", "kind", "phone")},
    }
    _check(values, photo)
    kept = None
    if photo is not None:
        _check_room(session, station.organisation, len(photo.content), settings)
        kept = Given(photo.name, photos.bare(photo.content))
    row = engine.create(session, OPINIONS, station.organisation, values, now=now, author=None)
    assert isinstance(row, PublicOpinionItem)  # noqa: S101 - the type's own class
    row.station, row.receipt = station.id, digest
    if kept is not None:
        try:
            attaching.add(session, OPINIONS, row, [kept], settings=settings, now=now, actor=None)
        except (Invalid, TooLarge) as error:
            raise Invalid({"photo": error.sentence}) from error
    engine.save(session)
    return row


def _check(values: Mapping[str, Any], photo: Given | None) -> None:
    """All that is wrong at once: fields, and a photo that is none."""
    errors: dict[str, str] = {}
    try:
        engine.cleaned(OPINIONS, values, values)
    except Invalid as error:
        errors |= error.errors
    if photo is not None:
        try:
            kinds.judge(names.cleaned(photo.name), photo.content, PHOTOS)
        except (Invalid, TooLarge) as error:
            errors["photo"] = error.sentence
    if errors:
        raise Invalid(errors)


def _check_room(session: Session, organisation: str, size: int, settings: Settings) -> None:
    """Strangers' photos take half of the organisation's room at most, so that its staff is never shut out."""
    taken = session.scalar(
        select(func.sum(Attachment.size)).where(
            Attachment.organisation == organisation,
            Attachment.type == OPINIONS.name,
            Attachment.added_by.is_(None),
            Attachment.digest.is_not(None),
        )
    )
    if 2 * (int(taken or 0) + size) > settings["attachments_mb"] * attaching.MEGABYTE:
        raise Invalid({"photo": _NO_ROOM})


def find(session: Session, typed: str) -> PublicOpinionItem:
    """The opinion that a receipt code opens at the session's organisation.

    Raises:
        Invalid: no opinion has this code; malformed, foreign and unknown codes look alike.
    """
    digest = receipts.hashed(typed) or bytes(32)
    found = session.scalar(select(PublicOpinionItem).where(PublicOpinionItem.receipt == digest))
    if found is None:
        raise Invalid({"code": NO_SUCH_CODE})
    return found


def reason_of(session: Session, item: PublicOpinionItem) -> str:
    """Why it was not accepted; "" where it was."""
    if item.state != DECLINED:
        return ""
    last = (
        select(TransitionLog.reason)
        .where(
            TransitionLog.record == item.id,
            TransitionLog.type == OPINIONS.name,
            TransitionLog.target == DECLINED,
        )
        .order_by(TransitionLog.at.desc())
        .limit(1)
    )
    return session.scalar(last) or ""


def rate(session: Session, item: PublicOpinionItem, rating: str, *, now: datetime) -> None:
    """Keep what whoever holds the code thinks of the reply.

    Raises:
        Invalid: it is no rating.
        Conflict: there is no reply yet, or it was rated before.
    """
    if rating not in dict(RATINGS):
        raise Invalid({"rating": _("Choose one of the three.")})
    if item.state not in HANDLED:
        raise Conflict(_NOT_YET)
    if item.rating is not None:
        raise Conflict(_ONCE)
    item.rating, item.rated_at = rating, now
    engine.save(session)
    engine.log(session, OPINIONS, [item], "rate", {"rating": rating}, now=now, actor=None)
