"""Handing over, passing on, answering, rating; who may read what; and that it counts where it began."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from renda.errors import Conflict, Forbidden, Invalid, NotFound
from renda.security.models import AuditEntry
from renda_tiers.documents import ledger
from renda_tiers.documents.envelope import decode
from renda_tiers.documents.models import LedgerDocument, LedgerPart
from renda_tiers.matters import answering, handing, identity, reading, terms
from renda_tiers.matters.answering import Reply
from renda_tiers.matters.handing import Handing
from renda_tiers.matters.state import ACCEPT, ANSWER, CLOSE, RATE, RETURN
from tests.core.files.samples import JPEG
from tests.tiers.chain import CAO, CITY, SHAN, STREET, TOWN, VILLAGE

PETITION = Handing(
    receiver=CITY, category="petition", title="反映道路施工扰民", text="夜间施工，已持续两周。",
    about=CAO, name="张三", contact="13800000000", reveal=True, due=date(2026, 7, 5),
)  # fmt: skip
OPINION = Handing(CAO, "opinion", "建议增设公交站", "镇东头没有公交站。")


@pytest.fixture
def hand(founded, clock):
    def call(said=OPINION, origin=TOWN, **more):
        said = Handing(**{name: more.get(name, getattr(said, name)) for name in Handing.__slots__})
        clock.forward(minutes=1)
        return handing.hand_over(founded, origin, said, actor=None, now=clock())

    return call


@pytest.fixture
def say(founded, clock):
    def call(case, organisation, step, text="已办理。", **more):
        clock.forward(minutes=1)
        said = Reply(step, "" if step == ACCEPT else text, **more)
        return answering.reply(founded, organisation, case, said, actor=None, now=clock())

    return call


@pytest.fixture
def give(founded, clock):
    def call(case, organisation, receiver, **more):
        clock.forward(minutes=1)
        return handing.pass_on(founded, organisation, case, receiver, actor=None, now=clock(), **more)

    return call


@pytest.fixture
def stands(founded):
    def call(case, organisation=TOWN):
        found = reading.shown(founded, organisation, case).found.standing
        return found.state, found.holder

    return call


def audience(session, document):
    payload = session.scalar(select(LedgerDocument.payload).where(LedgerDocument.hash == document))
    return set(decode(payload).audience)


def test_an_opinion_goes_up_and_its_answer_comes_back(hand, say, stands):
    case = hand()
    assert stands(case) == ("handed", CAO)
    say(case, CAO, ACCEPT)
    say(case, CAO, ANSWER, evidence=[("现场照片.jpg", JPEG)])
    assert stands(case) == ("answered", TOWN)
    say(case, TOWN, RATE, "仍未解决。", satisfied=False, due=date(2026, 6, 30))
    assert stands(case) == ("again", CAO)
    say(case, CAO, ANSWER)
    say(case, TOWN, RATE, "", satisfied=True)
    assert stands(case) == ("closed", "")


@pytest.mark.parametrize("receiver", [CAO, CITY, STREET])
def test_it_can_be_handed_up_and_across_through_the_common_parent(hand, stands, receiver):
    assert stands(hand(receiver=receiver))[1] == receiver


def test_it_can_be_handed_down_and_not_out_of_reach(hand, stands):
    assert stands(hand(origin=CITY, receiver=VILLAGE), CITY) == ("handed", VILLAGE)
    for receiver in (SHAN, VILLAGE, TOWN, "999999", ""):
        with pytest.raises(Invalid) as refused:
            hand(receiver=receiver)
        assert "receiver" in refused.value.errors


def test_it_is_passed_on_in_one_step_and_the_answer_comes_back_to_its_beginning(
    founded, hand, give, say, stands
):
    case = hand(due=date(2026, 6, 30))
    with pytest.raises(Invalid):
        give(case, CAO, VILLAGE)
    with pytest.raises(Invalid):
        give(case, CAO, SHAN, due=date(2026, 7, 1))
    give(case, CAO, SHAN, note="请贵县会同办理。")
    assert stands(case) == ("handed", SHAN)
    shown = reading.shown(founded, SHAN, case)
    assert shown.text.content.decode() == OPINION.text
    assert shown.found.standing.due == date(2026, 6, 30)
    with pytest.raises(Conflict):
        say(case, CAO, ANSWER)
    say(case, SHAN, ANSWER)
    assert stands(case) == ("answered", TOWN)
    course = reading.shown(founded, TOWN, case).said
    assert [one.parts["text"].content is not None for one in course] == [True, True, True]


def test_given_back_it_is_its_senders_turn_again(hand, give, say, stands):
    case = hand()
    give(case, CAO, CITY)
    say(case, CITY, RETURN, "不属于市级职权。")
    assert stands(case) == ("returned", CAO)
    say(case, CAO, RETURN, "请补充材料。")
    assert stands(case) == ("returned", TOWN)
    give(case, TOWN, CITY)
    assert stands(case) == ("handed", CITY)
    say(case, CITY, RETURN, "同前。")
    say(case, TOWN, CLOSE, "当事人撤回。")
    assert stands(case) == ("closed", "")


def test_only_whose_turn_it_is_says_something(founded, hand, say, give):
    case = hand()
    before = ledger.projections(founded)
    for organisation, step in ((TOWN, ANSWER), (TOWN, RATE), (TOWN, CLOSE), (CAO, CLOSE)):
        with pytest.raises(Conflict):
            say(case, organisation, step, satisfied=True if step == RATE else None)
    with pytest.raises(NotFound):
        say(case, SHAN, ANSWER)
    with pytest.raises(Conflict):
        give(case, TOWN, CITY)
    assert ledger.projections(founded) == before


def test_who_has_no_part_in_it_does_not_know_of_it(founded, hand):
    case = hand(PETITION)
    for organisation in (CAO, SHAN, STREET, "999999"):
        with pytest.raises(NotFound):
            reading.shown(founded, organisation, case)
        assert reading.count(founded, organisation, reading.IN) == 0


def test_the_body_complained_of_is_in_no_audience_and_gets_nothing(founded, hand, give):
    case = hand(PETITION)
    assert audience(founded, case) == {TOWN, CITY}
    with pytest.raises(Invalid):
        give(case, CITY, CAO)
    with pytest.raises(Invalid) as refused:
        hand(PETITION, receiver=CAO)
    assert "about" in refused.value.errors


def test_those_in_between_carry_it_and_see_nothing(founded, hand):
    case = hand(receiver=CITY)
    assert audience(founded, case) == {TOWN, CAO, CITY}
    with pytest.raises(NotFound):
        reading.shown(founded, CAO, case)


def opened(session, organisation, case, clock, purpose="联系信访人核实情况"):
    return identity.open_identity(session, organisation, case, purpose=purpose, actor=None, now=clock())


def test_who_asks_is_opened_for_a_purpose_by_those_who_may(founded, hand, clock):
    case = hand(PETITION)
    for organisation in (TOWN, CITY):
        found = opened(founded, organisation, case, clock)
        assert (found.name, found.contact) == ("张三", "13800000000")
    founded.flush()
    entries = founded.scalars(select(AuditEntry).where(AuditEntry.action == "matter.identify")).all()
    assert {one.organisation for one in entries} == {TOWN, CITY}
    assert all("联系信访人核实情况" in one.detail and "张三" not in one.detail for one in entries)
    with pytest.raises(Invalid) as refused:
        opened(founded, CITY, case, clock, " ")
    assert "purpose" in refused.value.errors


def test_who_asks_is_in_no_payload_and_in_no_projection(founded, hand):
    hand(PETITION)
    assert not any(
        b"\xe5\xbc\xa0\xe4\xb8\x89" in one for one in founded.scalars(select(LedgerDocument.payload))
    )


def test_it_is_withheld_unless_the_sender_chooses_the_receiver(founded, hand, give, clock):
    case = hand(PETITION, reveal=False)
    with pytest.raises(Forbidden):
        opened(founded, CITY, case, clock)
    assert reading.shown(founded, CITY, case).identity == identity.WITHHELD
    with pytest.raises(Conflict):
        give(case, CITY, SHAN, reveal=True)


def test_it_goes_along_only_where_the_holder_says_so(founded, hand, give, clock):
    case = hand(PETITION)
    give(case, CITY, SHAN)
    with pytest.raises(Forbidden):
        opened(founded, SHAN, case, clock)
    other = hand(PETITION)
    give(other, CITY, SHAN, reveal=True)
    assert opened(founded, SHAN, other, clock).name == "张三"


def test_who_is_not_named_is_not_known(founded, hand, clock):
    case = hand()
    assert reading.shown(founded, TOWN, case).identity == identity.ABSENT
    with pytest.raises(NotFound):
        opened(founded, TOWN, case, clock)


def test_an_order_erases_it_everywhere_and_breaks_nothing(founded, hand, give, clock):
    case = hand(PETITION)
    give(case, CITY, SHAN, reveal=True)
    before = reading.shown(founded, TOWN, case).found.standing
    with pytest.raises(Forbidden):
        identity.erase(founded, CITY, case, reason="本人要求", actor=None, now=clock())
    with pytest.raises(Invalid):
        identity.erase(founded, TOWN, case, reason=" ", actor=None, now=clock())
    assert len(identity.erase(founded, TOWN, case, reason="本人要求", actor=None, now=clock())) == 2
    held = founded.scalars(select(LedgerPart.content).where(LedgerPart.name == "identity")).all()
    assert held == [None, None]
    for organisation in (TOWN, CITY, SHAN):
        assert reading.shown(founded, organisation, case).identity == identity.ERASED
        with pytest.raises(NotFound):
            opened(founded, organisation, case, clock)
    assert reading.shown(founded, TOWN, case).found.standing == before
    assert ledger.verify(founded) == []
    founded.flush()
    assert founded.scalar(select(AuditEntry.organisation).where(AuditEntry.action == "part.erase")) == TOWN
    with pytest.raises(Conflict):
        identity.erase(founded, TOWN, case, reason="再次", actor=None, now=clock())


def test_a_case_counts_once_where_it_began_however_often_it_is_passed_on(founded, hand, give):
    case = hand()
    give(case, CAO, CITY)
    give(case, CITY, SHAN)
    hand(PETITION)
    year = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    assert reading.counted(founded, [TOWN, CAO, CITY, SHAN], *year) == {
        (TOWN, "opinion"): 1,
        (TOWN, "petition"): 1,
    }
    assert reading.counted(founded, [TOWN], year[1], year[1] + timedelta(days=9)) == {}


def test_lists_say_what_waits_what_came_and_what_was_sent(founded, hand, give, say):
    first, second = hand(title="第一件"), hand(title="第二件", due=date(2026, 6, 1))
    give(first, CAO, CITY)

    def titles(organisation, box):
        return [row.title for row in reading.listed(founded, organisation, box, limit=9)]

    assert titles(CAO, reading.TURN) == ["第二件"]
    assert titles(CAO, reading.IN) == ["第二件", "第一件"]
    assert titles(CAO, reading.OUT) == ["第一件"]
    assert titles(TOWN, reading.OUT) == ["第二件", "第一件"]
    assert titles(TOWN, reading.TURN) == []
    say(second, CAO, ANSWER)
    assert titles(TOWN, reading.TURN) == ["第二件"]
    assert reading.count(founded, CITY, reading.TURN) == 1


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "长" * 81}, "title"),
        ({"text": " "}, "text"),
        ({"text": "长" * 4001}, "text"),
        ({"name": "长" * 61}, "name"),
        ({"contact": "长" * 201}, "contact"),
        ({"category": "praise"}, "category"),
        ({"about": "999999"}, "about"),
        ({"due": date(2026, 5, 5)}, "due"),
    ],
)
def test_what_cannot_be_handed_over_is_refused_and_changes_nothing(founded, hand, more, field):
    before = ledger.projections(founded)
    with pytest.raises(Invalid) as refused:
        hand(**more)
    assert list(refused.value.errors) == [field]
    assert ledger.projections(founded) == before


def test_a_reply_needs_its_words(hand, say):
    case = hand()
    for step in (ANSWER, RETURN):
        with pytest.raises(Invalid):
            say(case, CAO, step, " ")
    with pytest.raises(Invalid):
        say(case, CAO, ANSWER, evidence=[("a", b""), ("a", b"")])
    with pytest.raises(Invalid) as refused:
        say(case, CAO, ANSWER, evidence=[("现场照片.jpg", JPEG), ("x.exe", b"MZ")])
    assert "not taken here" in refused.value.errors["evidence"].mapping["problem"]
    with pytest.raises(Invalid):
        say(case, CAO, ANSWER, due=date(2026, 7, 1))
    say(case, CAO, ANSWER)
    with pytest.raises(Invalid) as refused:
        say(case, TOWN, RATE)
    assert "satisfied" in refused.value.errors
    with pytest.raises(Invalid):
        say(case, TOWN, RATE, " ", satisfied=False)


def test_the_law_sets_the_last_day(registry):
    profile = registry.profiles["county"]
    assert terms.by_law("petition", date(2026, 5, 6), profile) == date(2026, 7, 5)
    assert terms.by_law("suggestion", date(2026, 11, 30), profile) == date(2027, 2, 28)
    assert terms.by_law("opinion", date(2026, 5, 6), profile) is None
    assert terms.overdue(date(2026, 5, 5), date(2026, 5, 6))
    assert not terms.overdue(date(2026, 5, 6), date(2026, 5, 6))


def test_a_rebuild_makes_the_same(founded, hand, give, say, clock):
    case = hand(PETITION)
    give(case, CITY, SHAN, reveal=True)
    say(case, SHAN, ANSWER)
    identity.erase(founded, TOWN, case, reason="本人要求", actor=None, now=clock())
    hand()
    before = ledger.projections(founded)
    ledger.rebuild(founded)
    assert ledger.projections(founded) == before
