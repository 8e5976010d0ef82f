"""What the demonstration consists of, as data."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from renda.clock import LOCAL, local_day
from renda.indicators.periods import Period, PeriodKind

CITY = "371700"
FOUNDED = date(2006, 1, 1)
TERM = 19
TERM_STARTS = date(2022, 1, 15)

DECADE = "published-decade"
DECADE_PERIOD = Period(date(2006, 1, 1), date(2015, 12, 31))
BIMONTH = "training-bimonth"

LOCK_DAYS = 90
"""Longer than a bimonth, so that on every day of the year reports of the last one can still be filled in."""

RETURNED = "371721101"
"""庄寨镇 of 曹县, on its own node: its report is returned, and waits to be corrected."""
CORRECTED = "371725102"
"""A town of 郓城县 whose first report is returned, corrected and then endorsed."""
WAITING = "371725001"
"""A street of 郓城县 whose report waits for its review."""
UNREVIEWED = "371722"
"""单县, on its own node: nobody reviewed its townships' reports, nor the city its own."""
SILENT = ("371724102", "371726103", "371725103")
"""Towns that have not reported; the first has been nudged, the last can be by the reviewer of 郓城县."""

UNSETTLED = frozenset({RETURNED, WAITING, UNREVIEWED, *SILENT})
"""Bodies whose report of the present period nobody has endorsed."""

PLAIN = "371721"
"""曹县, on its own node, without the training module: it stands between a town and a city that have it."""
MOVED = "371722101"
"""A town of 单县 that gets a node of its own in the middle of the cycle that is checked."""


BREAK_DOWN = (PLAIN, UNREVIEWED, WAITING[:6])
"""Counties that break a directive down to their townships."""


@dataclass(frozen=True)
class Place:
    """A node of the demonstration.

    Attributes:
        code: the organisation at its top; it hosts all below it that have no node of their own.
        tier: its profile.
        above: the organisation at the top of the node that it calls, or "".
        modules: what it loads, or "" for all that its profile allows.
    """

    code: str
    tier: str
    above: str = ""
    modules: str = ""


PLACES = (
    Place(CITY, "city"),
    Place(PLAIN, "county", CITY, modules="tiers suggestions liaison"),
    Place(UNREVIEWED, "county", CITY),
    Place(RETURNED, "township", PLAIN),
)
"""The nodes, each after the one that it calls."""
NEW_PLACE = Place(MOVED, "township", UNREVIEWED)
"""The node that joins in the middle of the cycle that is checked."""

SEATS = {"city": 36, "county": 18, "town": 10, "township": 8}
"""Invented seats by kind; a street and a development zone have no congress."""

ACCOUNTS = (
    ("shi-luru", "市人大录入员", CITY, "clerk", "市本级台账和报表"),
    ("shi-shenhe", "市人大审核员", CITY, "reviewer", "审核单县的报表，看全市汇总，核实各县的任务"),
    ("shi-lingdao", "市人大领导", CITY, "leader", "看全市汇总、报送进度和任务看板"),
    ("shi-ducha", "市人大督查员", CITY, "leader", "从全市汇总一直点到郓城县各乡镇的原始记录"),
    (
        "shi-guanli",
        "市人大系统管理员",
        CITY,
        "admin",
        "看节点间的连接；停用、启用模块（命令见下）",
    ),
    ("yuncheng-shenhe", "郓城县人大审核员", WAITING[:6], "reviewer", "审核一份待审的报表，催办一个未报的镇"),
    ("jiedao-luru", "街道人大工委录入员", WAITING, "clerk", "报表已报，待县里审核"),
    ("weibao-luru", "未报乡镇录入员", SILENT[0], "clerk", "补报被催办的报表"),
    ("caoxian-shenhe", "曹县人大审核员", PLAIN, "reviewer", "本县没有装培训模块，照样审核庄寨镇的培训报表"),
    ("caoxian-luru", "曹县人大录入员", PLAIN, "clerk", "回复市里的任务；受理、交办、销号代表建议"),
    ("caoxian-daibiao", "曹县人大代表", PLAIN, "deputy", "用手机提建议，看办理进度，测评答复"),
    ("caoxian-jiaotong", "交通运输局承办人", PLAIN, "handler", "答复交给本单位办理的代表建议"),
    ("shanxian-shenhe", "单县人大审核员", UNREVIEWED, "reviewer", "一次审定全县待审的报表，市里马上看到"),
    ("zhen-luru", "庄寨镇人大录入员", RETURNED, "clerk", "按批注更正被退回的报表，县里、市里马上看到"),
)
"""(login, name, organisation, role, what can be tried with it)."""

OPENS_RECORDS = ("shi-ducha", "leader", WAITING[:6])
"""(login, role, county): an account of the city that plays a role at a county and at its towns, too.

It may open the records behind their figures; nobody else of the city may."""

HANDLES = "交通运输局"
"""The handling unit that the account of role handler is."""

PROPOSES = ("suggestions_suggestion", "lead_deputy", "replied")
"""(record type, its deputy, state): whose record the account of role deputy can rate at once."""

NOTICE = (
    "演示数据：区划和十年汇总数为公开数据；代表、届次、会议、培训、代表建议、联络站和民意记录、"
    "十年数据在各单位间的分解以及十年起止年份均为虚构。"
)

CONTACT = "演示联系人（虚构），电话 0530-0000000"

LAST_STEP = 12
"""Days after a period's end when the last thing of the demonstration happens."""


@dataclass(frozen=True)
class Calendar:
    """The instants of the demonstration, all of them before the present one."""

    now: datetime

    @property
    def period(self) -> Period:
        """The last bimonth that has ended."""
        found = Period.of(PeriodKind.BIMONTH, local_day(self.now)).previous()
        assert found is not None  # noqa: S101 - a calendar period always has one before it
        return found

    @property
    def before(self) -> Period:
        """The bimonth before that, so that a report has one to be compared with."""
        found = self.period.previous()
        assert found is not None  # noqa: S101 - as above
        return found

    def recently(self, step: int) -> datetime:
        """A few minutes ago, the later the higher the step is."""
        return self.now - timedelta(minutes=LAST_STEP + 1 - step)

    def after(self, period: Period, days: int) -> datetime:
        """Ten in the morning, some days after a period's end.

        Where that has not come yet, it is a few minutes ago, in the same order.
        """
        fixed = datetime.combine(period.end + timedelta(days=days), time(10), LOCAL)
        return min(fixed, self.now - timedelta(minutes=LAST_STEP + 1 - days))
