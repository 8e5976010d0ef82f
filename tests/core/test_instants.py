"""Days and instants lie in SQLite's files as SQLAlchemy writes them, so that files of before read alike."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from sqlalchemy import Date, create_engine, literal, select

from renda.database import UTCDateTime, make_engine

CHINA = timezone(timedelta(hours=8))


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Date(), date(2026, 2, 9)),
        (Date(), date(1, 1, 1)),
        (UTCDateTime(), datetime(2026, 2, 9, tzinfo=UTC)),
        (UTCDateTime(), datetime(2026, 2, 9, 23, 5, 1, 7, tzinfo=CHINA)),
        (UTCDateTime(), datetime(999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)),
    ],
)
def test_what_is_written_is_what_is_read_and_what_sqlalchemy_writes(kind, value):
    ours, plain = make_engine("sqlite://"), create_engine("sqlite://")
    texts = {kind.dialect_impl(one).bind_processor(one)(value) for one in (ours.dialect, plain.dialect)}
    assert len(texts) == 1
    with ours.connect() as connection:
        assert connection.scalar(select(literal(value, kind))) == value


@pytest.mark.parametrize("kind", [Date(), UTCDateTime()])
def test_nothing_stays_nothing(kind):
    with make_engine("sqlite://").connect() as connection:
        assert connection.scalar(select(literal(None, kind))) is None


def test_an_instant_of_no_zone_is_refused():
    with pytest.raises(ValueError, match="naive"):
        UTCDateTime().process_bind_param(datetime(2026, 2, 9), None)  # noqa: DTZ001 - that is the point
