"""What an identity number and a telephone are, and what is said where one is wrong."""

from datetime import date

import pytest

from renda.deputies.identity import IdentityNumber, Phone, born, gender
from renda.records.kinds import Rejected

NUMBER = IdentityNumber("Identity number")
PHONE = Phone("Phone")


@pytest.mark.parametrize(
    "typed",
    [
        "11010519491231002X",
        "11010519491231002x",
        "１１０１０５１９４９１２３１００２Ｘ",
        "110105 19491231 002X",
    ],
)
def test_a_number_is_read_however_it_is_typed(typed):
    assert NUMBER.clean(typed) == "11010519491231002X"


def test_it_says_when_somebody_was_born_and_whether_it_is_a_woman():
    assert born("11010519491231002X") == date(1949, 12, 31)
    assert gender("11010519491231002X") == "female"
    assert gender("440524188001010014") == "male"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("110105491231002", "18 characters"),
        ("A10105194912310021", "17 digits"),
        ("11010519491331002X", "19491331"),
        ("110105194912310021", "last character"),
        ("11010519491231020X", "last character"),
        ("37172119700101001x", "last character"),
    ],
)
def test_a_wrong_number_is_refused_with_what_is_wrong(typed, told):
    with pytest.raises(Rejected) as refused:
        NUMBER.clean(typed)
    assert told in refused.value.message.interpolate()


@pytest.mark.parametrize("place", range(17))
def test_one_wrong_digit_anywhere_is_found(place):
    right = "440524188001010014"
    wrong = str((int(right[place]) + 1) % 10)
    with pytest.raises(Rejected):
        NUMBER.clean(right[:place] + wrong + right[place + 1 :])


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("138 0530 1234", "13805301234"),
        ("+86 13805301234", "13805301234"),
        ("１３８０５３０１２３４", "13805301234"),
        ("0530-5331234", "0530-5331234"),
    ],
)
def test_a_phone_is_read_however_it_is_typed(typed, kept):
    assert PHONE.clean(typed) == kept


@pytest.mark.parametrize("typed", ["1380530123", "23805301234", "5331234", "138O5301234"])
def test_what_is_no_phone_is_refused(typed):
    with pytest.raises(Rejected):
        PHONE.clean(typed)
