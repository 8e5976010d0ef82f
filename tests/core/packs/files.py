"""A pack as a county writes it, and ways to write it otherwise."""

from typing import Any

from renda.packs.declared import Pack
from renda.packs.reading import read
from tests.core.security.town import COUNTY

NAME = f"{COUNTY}-visits"
TYPE = f"{NAME}_visit"

FILE = f"""
id = "{NAME}"
version = 1
title = "走访日"
summary = "代表每月走访选民。"
menu = "topics"

[[registers]]
name = "visit"
title = "走访记录"
workflow = "planned"
columns = ["title", "kind", "held_on", "amount", "leader", "state"]
search = ["title"]
evidence = ["title", "held_on"]

[[registers.fields]]
name = "title"
kind = "text"
label = "主题"
max_length = 40

[[registers.fields]]
name = "kind"
kind = "choice"
label = "类别"
choices = {{ village = "入村", company = "入企" }}

[[registers.fields]]
name = "held_on"
kind = "day"
label = "日期"

[[registers.fields]]
name = "amount"
kind = "money"
label = "金额"
unit = "元"
optional = true

[[registers.fields]]
name = "open"
kind = "flag"
label = "是否公开"

[[registers.fields]]
name = "leader"
kind = "person"
label = "带队代表"
optional = true

[registers.participation]
name = "attendance"
title = "参加走访的代表"
roles = {{ member = "成员" }}

[[registers]]
name = "issue"
title = "走访发现的问题"
part_of = "visit"
columns = ["words"]

[[registers.fields]]
name = "words"
kind = "paragraph"
label = "问题"

[[indicators]]
code = "visits"
title = "走访次数"
definition = "期内已进行的走访，每次计一次。"
unit = "次"
register = "visit"
date = "held_on"
where = {{ state = "held" }}

[[indicators]]
code = "amount"
title = "走访解决资金"
definition = "期内走访解决的资金。"
unit = "元"
register = "visit"
date = "held_on"
sum = "amount"

[[indicators]]
code = "issues"
title = "走访发现问题数"
definition = "期内走访发现的问题，每个计一次。"
unit = "件"
register = "issue"
date = "held_on"

[[indicators]]
code = "times"
title = "参加走访代表人次"
definition = "期内走访实际到场的代表，同一代表两次计两次。"
unit = "人次"
register = "visit"
date = "held_on"
count = "person_times"

[[indicators]]
code = "persons"
title = "参加走访代表人数"
definition = "期内走访实际到场的代表，每人计一次。"
unit = "人"
register = "visit"
date = "held_on"
count = "persons"

[report]
title = "走访日情况"
period = "bimonth"
tiers = ["city", "county", "township"]
"""


def other(*changes: tuple[str, str]) -> str:
    """The file with some of its words, each there exactly once or everywhere alike, replaced."""
    text = FILE
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after)
    return text


def pack(*changes: tuple[str, str]) -> Pack:
    """The pack of such a file."""
    return read(other(*changes).encode(), "走访日.toml")


def values(**given: Any) -> dict[str, Any]:
    """What a clerk types of a visit."""
    return {"title": "走访孙老家镇", "kind": "village", "held_on": "2026-04-20", **given}
