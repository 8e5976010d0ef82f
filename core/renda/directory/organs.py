"""What a body is by the profile of its tier: whether it has a congress, and which organs of it may meet."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Organ:
    """An organ of a body.

    Attributes:
        name: its name, shown as it is.
        decides: whether it decides by vote, as a congress, its standing committee or its presidium does;
            without it an organ is at work for another body's and has working meetings only.
        plenary: whether all deputies of the congress sit in it, so that the rules about their number hold.
    """

    name: str
    decides: bool = False
    plenary: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """What bodies of one kind are.

    Attributes:
        label: the kind's name, shown as it is.
        congress: whether it has a people's congress of its own.
        may_hold_sessions: whether it can hold sessions, votes and elections; a street cannot
            (组织法, art. 59).
        organs: its organs by identifier (`standing_committee`, `presidium`…).
        why_not: why it can hold none, with the article; said to those who try.
    """

    label: str
    congress: bool
    may_hold_sessions: bool
    organs: Mapping[str, Organ]
    why_not: str = ""

    def formal(self, name: str) -> str:
        """What a body of this name is called where it signs: 曹县人民代表大会常务委员会, 曹城街道人大工委.

        It signs by the first of its organs that is not of all deputies: the one that acts between sessions.
        """
        congress = next((organ.name for organ in self.organs.values() if organ.plenary), "")
        acting = next((organ.name for organ in self.organs.values() if not organ.plenary), "")
        called = f"{name}{congress}"
        # An organ may be named with its kind of body, as 街道人大工委 is, which is said once.
        said = max(length for length in range(len(acting) + 1) if called.endswith(acting[:length]))
        return f"{called}{acting[said:]}"

    @property
    def meeting(self) -> Mapping[str, Organ]:
        """The organs that may meet: where there are no sessions, those that decide nothing."""
        return {
            code: organ
            for code, organ in self.organs.items()
            if self.may_hold_sessions or not (organ.decides or organ.plenary)
        }
