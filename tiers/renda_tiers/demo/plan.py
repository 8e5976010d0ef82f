"""What the demonstration consists of, as data."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from renda.clock import LOCAL
from renda.indicators.periods import Period, PeriodKind

CITY = "371700"
FOUNDED = date(2006, 1, 1)
TERM = 19
TERM_STARTS = date(2022, 1, 15)

DECADE = "published-decade"
DECADE_PERIOD = Period(date(2006, 1, 1), date(2015, 12, 31))
BIMONTH = "training-bimonth"

RETURNED = "371721101"
"""A town of 曹县 whose first report is returned, corrected and then endorsed."""
UNREVIEWED = "371722"
"""单县: nobody reviewed its townships' reports, nor the city its own."""
SILENT = ("371724102", "371726103")
"""Towns that have not reported; the first has been nudged."""

SEATS = {"city": 36, "county": 18, "town": 10, "township": 8}
"""Invented seats by kind; a street and a development zone have no congress."""

ACCOUNTS = (
    ("shi-luru", "市人大录入员", CITY, "clerk"),
    ("shi-shenhe", "市人大审核员", CITY, "reviewer"),
    ("shi-lingdao", "市人大领导", CITY, "leader"),
    ("caoxian-luru", "曹县人大录入员", "371721", "clerk"),
    ("caoxian-shenhe", "曹县人大审核员", "371721", "reviewer"),
    ("shanxian-shenhe", "单县人大审核员", UNREVIEWED, "reviewer"),
    ("zhen-luru", "镇人大录入员", RETURNED, "clerk"),
    ("jiedao-luru", "街道人大工委录入员", "371721001", "clerk"),
    ("weibao-luru", "未报乡镇录入员", SILENT[0], "clerk"),
)
"""(login, name, organisation, role)."""

NOTICE = (
    "演示数据：区划和十年汇总数为公开数据；代表、培训记录、十年数据在各单位间的分解以及十年起止年份均为虚构。"
)


@dataclass(frozen=True)
class Calendar:
    """The instants of the demonstration, all of them before the present one."""

    today: date

    @property
    def period(self) -> Period:
        """The last bimonth that has ended."""
        found = Period.of(PeriodKind.BIMONTH, self.today).previous()
        assert found is not None  # noqa: S101 - a calendar period always has one before it
        return found

    @property
    def before(self) -> Period:
        """The bimonth before that, so that a report has one to be compared with."""
        found = self.period.previous()
        assert found is not None  # noqa: S101 - as above
        return found

    def after(self, period: Period, days: int) -> datetime:
        """Ten in the morning, some days after a period's end."""
        return datetime.combine(period.end + timedelta(days=days), time(10), LOCAL)
