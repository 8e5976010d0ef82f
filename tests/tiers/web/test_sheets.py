"""What a table of the chain shows leaves as a workbook: the same rows, filters and readers."""

from datetime import datetime
from io import BytesIO

import openpyxl
import pytest

from renda_tiers.directives import lists as kept
from renda_tiers.matters import handing
from renda_tiers.matters.handing import Handing
from renda_tiers.publications import publishing
from renda_tiers.web.directives import lists
from tests.tiers import chain
from tests.tiers.chain import CAO, CITY, SHAN, TOWN, TRAINING
from tests.tiers.directives.desk import TITLE

CHAIN = "/o/{}/m/tiers/{}"
SPRING = "template=training-bimonth&period=2026-b2"


def sheet(answer):
    return openpyxl.load_workbook(BytesIO(answer.body)).active


def rows(answer):
    """Headers and rows, without the two lines above them."""
    return list(sheet(answer).iter_rows(min_row=4, values_only=True))


@pytest.fixture
def sent(signed_in):
    """`sent(code, address)` is the workbook of the page, by its own button."""

    def fetch(code, address, role="leader"):
        page = signed_in(role, code).get(CHAIN.format(code, address))
        return page.click("Export to Excel")

    return fetch


def test_who_has_reported(reported, sent):
    answer = sent(CITY, f"matrix?{SPRING}")
    assert sheet(answer)["A1"].value == "菏泽市 Who has reported"
    assert sheet(answer)["A2"].value.startswith("菏泽市 · Bimonthly report on training · Months 3–4 of 2026")
    head, *found = rows(answer)
    assert head[:2] == ("Organisation", "State")
    assert [row[0] for row in found] == ["曹县", "单县", "菏泽市 itself"]
    place = head.index("Reports counted")
    assert head[place - 1] == "Reports owed"
    assert isinstance(found[0][place], int)


def test_who_has_reported_inside_a_county(reported, sent):
    names = [row[0] for row in rows(sent(CITY, f"matrix?{SPRING}&at={CAO}"))[1:]]
    assert "单县" not in names
    assert names


def test_periods_beside_each_other(reported, sent):
    head, *found = rows(sent(CITY, f"rollup/compare?{SPRING}"))
    assert head[0] == "Figure"
    now = head.index("Months 3–4 of 2026")
    assert {row[0]: row[now] for row in found}["Person-times trained"] == 2
    assert head[now + 1] == "Months 3–4 of 2026: note"
    assert "counted 1 of 6" in {row[0]: row[now + 1] for row in found}["Person-times trained"]


@pytest.fixture
def published(reported, work, clock):
    with work() as session:
        publishing.publish(session, CITY, TRAINING, chain.SPRING, actor=None, now=clock())


def test_publications_as_the_filter_leaves_them(published, sent):
    answer = sent(CITY, f"publications?template={TRAINING}")
    assert "Bimonthly report on training" in sheet(answer)["A2"].value
    head, (vintage, *_more) = rows(answer)[0], rows(answer)[1]
    assert head[:2] == ("Vintage", "Report")
    assert vintage == "Vintage 1"


def test_tasks_of_all_pages(issued, sent, work, clock):
    head, *found = rows(sent(CITY, "directives?side=issued"))
    assert head == ("Task", "Progress", "Due", "Due: note", "State", "State: note")[: len(head)]
    assert [row[0] for row in found] == [TITLE]
    assert found[0][1] == "0 of 2 verified"
    assert isinstance(found[0][2], datetime)


def test_more_tasks_than_one_page_holds(issued, sent, monkeypatch, at_desk):
    at_desk(lambda desk: desk.issue())
    monkeypatch.setattr(lists, "PAGE", 1)
    monkeypatch.setattr(kept, "PAGE", 1)
    assert len(rows(sent(CITY, "directives?side=issued"))) == 1 + 2


def test_where_everybody_is_with_a_task(issued, sent):
    _kind, issuer, name = issued.split(":")
    answer = sent(CITY, f"directives/{issuer}/{name}")
    assert sheet(answer)["A1"].value == f"菏泽市 {TITLE}"
    head, *found = rows(answer)
    assert head[:3] == ("Organisation", "State", "Due")
    assert [row[0] for row in found] == ["曹县", "单县"]
    filtered = sent(CITY, f"directives/{issuer}/{name}?show=open")
    assert sheet(filtered)["A2"].value.startswith("Not done")


def test_matters_of_the_box_that_is_open(people, sent, work, clock):
    with work() as session:
        said = Handing(CAO, "opinion", "=增设公交站", "镇东头没有公交站。", name="张三")
        handing.hand_over(session, TOWN, said, actor=None, now=clock())
    answer = sent(CAO, "matters", role="clerk")
    assert sheet(answer)["A2"].value.startswith("Waiting here")
    head, (title, *more) = rows(answer)[0], rows(answer)[1]
    assert head[:4] == ("Matter", "Category", "Handed over by", "Now with")
    assert (title, more[:3]) == ("=增设公交站", ["Opinion", "庄寨镇", "曹县"])
    assert sheet(answer)["A5"].data_type == "s"
    assert "张三" not in str(rows(answer))
    assert rows(sent(TOWN, "matters?box=out", role="clerk"))[1][0] == "=增设公交站"


@pytest.mark.parametrize(
    "address",
    ["matrix/reported.xlsx", "rollup/compared.xlsx", f"matrix/reported.xlsx?{SPRING}&at={SHAN}"],
)
def test_a_workbook_is_for_those_who_may_open_the_page(reported, signed_in, address):
    signed_in("leader", TOWN).get(CHAIN.format(CITY, address), status="4*")
    signed_in("leader", CAO).get(CHAIN.format(CAO, f"matrix/reported.xlsx?{SPRING}&at={SHAN}"), status=404)
