"""Identity numbers and telephones: what may be typed, and what a number itself says."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from renda.i18n import _
from renda.records.kinds import Rejected, Text, plain_text

_SHAPE = re.compile(r"[1-9][0-9]{16}[0-9X]")
_PHONE = re.compile(r"1[3-9][0-9]{9}|0[0-9]{2,3}-?[0-9]{7,8}")
_DIGITS = "0123456789X"

_LENGTH = _(
    "An identity number has 18 characters, 17 digits and a digit or X at the end; these are ${length}."
)
_CHARACTERS = _("An identity number has 17 digits, and a digit or X at the end.")
_BIRTH = _("Digits 7 to 14 of an identity number are the day of birth; ${text} is no day.")
_CHECK = _("A digit of this identity number is wrong: its last character does not fit the others.")
_NO_PHONE = _("Write a mobile number of 11 digits, or a fixed one with its area code, such as 0530-5331234.")


def check_character(number: str) -> str:
    """The last character of an identity number from its first 17 (GB 11643-1999, ISO 7064 MOD 11-2)."""
    total = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(number[:17]))
    return _DIGITS[(12 - total % 11) % 11]


def born(number: str) -> date:
    """The day of birth in an identity number; ValueError where those digits are no day."""
    return date.fromisoformat(number[6:14])


def gender(number: str) -> str:
    """`male` or `female`, as the order number says (odd is male)."""
    return "male" if int(number[16]) % 2 else "female"


@dataclass(frozen=True)
class IdentityNumber(Text):
    """A citizen's identity number of 18 characters.

    Its first six digits are not looked up: they name the division of the first registration, and divisions
    that were dissolved long ago live on in the numbers of their people.
    """

    max_length: int = 40

    def read(self, text: str) -> str:
        """See `Field`: full-width digits, spaces and a small x are meant as they should be."""
        return self.check("".join(plain_text(text).split()).upper())

    def check(self, value: Any) -> str:
        """See `Field`."""
        number = super().check(value)
        if len(number) != len("371721197001010012"):
            raise Rejected(_LENGTH % {"length": len(number)})
        if not _SHAPE.fullmatch(number):
            raise Rejected(_CHARACTERS)
        try:
            born(number)
        except ValueError:
            raise Rejected(_BIRTH % {"text": number[6:14]}) from None
        if check_character(number) != number[17]:
            raise Rejected(_CHECK)
        return number


@dataclass(frozen=True)
class Phone(Text):
    """A telephone number in China."""

    max_length: int = 40

    def read(self, text: str) -> str:
        """See `Field`: spaces fall away, and +86 in front."""
        return self.check("".join(plain_text(text).split()).removeprefix("+86"))

    def check(self, value: Any) -> str:
        """See `Field`."""
        number = super().check(value)
        if not _PHONE.fullmatch(number):
            raise Rejected(_NO_PHONE)
        return number
