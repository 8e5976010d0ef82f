"""The only place that asks what time it is; everything else is told."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]
"""Returns an aware UTC instant. Tests and the demonstration give their own."""

LOCAL = ZoneInfo("Asia/Shanghai")
"""The one civil time zone of China; days, periods and due dates are counted in it."""


def system_clock() -> datetime:
    """The machine's time in UTC."""
    return datetime.now(UTC)


def local_day(instant: datetime) -> date:
    """The civil day in China at an instant."""
    return instant.astimezone(LOCAL).date()


def local_minute(instant: datetime) -> str:
    """An instant as people in China write it, to the minute."""
    return f"{instant.astimezone(LOCAL):%Y-%m-%d %H:%M}"
