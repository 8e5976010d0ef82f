"""Codes that nobody can guess or work out, and tickets that cannot be made up."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from renda_liaison import receipts

KEY = b"only-for-tests" * 3
NOW = datetime(2026, 5, 6, 1, tzinfo=UTC)


def test_codes_are_long_enough_and_differ():
    assert receipts.LETTERS * 5 >= 80
    codes = {receipts.code(KEY, str(number), ()) for number in range(1000)}
    assert len(codes) == 1000
    assert len({receipts.station_code() for _number in range(100)}) == 100


def test_a_code_follows_from_the_secret_and_not_from_the_ticket_alone():
    code = receipts.code(KEY, "word", (b"a", b"b"))
    assert receipts.code(KEY, "word", (b"a", b"b")) == code
    others = ((KEY, "other", (b"a", b"b")), (KEY, "word", (b"ab", b"")), (b"another", "word", (b"a", b"b")))
    assert code not in {receipts.code(*one) for one in others}


def test_a_ticket_is_good_for_its_form_and_a_day():
    ticket = receipts.issue(KEY, "station", NOW)
    assert receipts.word(KEY, "station", ticket, NOW + timedelta(hours=23))
    assert receipts.word(KEY, "station", ticket, NOW + timedelta(hours=25)) is None
    assert receipts.word(KEY, "station", ticket, NOW - timedelta(hours=1)) is None
    assert receipts.word(KEY, "elsewhere", ticket, NOW) is None
    assert receipts.word(b"another", "station", ticket, NOW) is None


@given(st.text(max_size=200))
def test_no_text_is_a_ticket_or_breaks_the_reader(text):
    assert receipts.word(KEY, "station", text, NOW) is None
    assert receipts.hashed(text) is None or len(text) >= receipts.LETTERS
