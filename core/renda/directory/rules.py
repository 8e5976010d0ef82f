"""The numbers of the law: who signs, who answers by when, how many must be there and how many must agree.

The numbers stand in the tier's profile; what follows from them is worked out here. The software says what
follows, people decide: no meeting is opened, closed or undone by it.
"""

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal


@dataclass(frozen=True, slots=True)
class Rules:
    """Numbers of the law for one tier.

    Attributes:
        motion_cosigners: deputies who sign a motion (代表法, art. 15; 组织法, art. 22).
        interpellation_cosigners: deputies who sign an interpellation (代表法, art. 20; 组织法, art. 24).
        reply_months: months for the reply to a suggestion, from its assignment (代表法, art. 51).
        reply_months_difficult: the same for wide or difficult ones (代表法, art. 51).
        quorum: share of the deputies who must be present, at least (组织法, art. 14).
        majority: share of the votes for a resolution that must be exceeded (组织法, art. 25).
        majority_of: of whom that share is counted: of all deputies, or of those present.
    """

    motion_cosigners: int
    interpellation_cosigners: int
    reply_months: int
    reply_months_difficult: int
    quorum: Fraction
    majority: Fraction
    majority_of: Literal["all", "present"]


@dataclass(frozen=True, slots=True)
class Quorum:
    """Whether enough deputies are present.

    Attributes:
        in_office: deputies who hold a seat on that day.
        present: those of them who are there.
        needed: how many must be there at least.
    """

    in_office: int
    present: int
    needed: int

    @property
    def reached(self) -> bool:
        """Whether it is; where nobody holds a seat, nobody can make a quorum."""
        return 0 < self.needed <= self.present


def quorum(present: int, in_office: int, rules: Rules) -> Quorum:
    """The quorum of a session: the rule's share of the deputies, a part of a person counting as a whole."""
    return Quorum(in_office, present, math.ceil(rules.quorum * in_office))


def votes_needed(present: int, in_office: int, rules: Rules) -> int:
    """The fewest votes that exceed the rule's share of all deputies, or of those present."""
    base = in_office if rules.majority_of == "all" else present
    return math.floor(rules.majority * base) + 1
