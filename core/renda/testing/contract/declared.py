"""What a plugin says fits together, before anything runs."""

import pytest

from renda.developing.checks import CHECKS, look
from renda.developing.subjects import Subject
from renda.testing.contract.node import Node


class Declarations(Node):
    """Tests of the declarations and files alone; `renda plugin check` says the same in a terminal."""

    def test_it_starts(self, plugin: str) -> None:
        """It is installed once, imports, and implements hooks that exist."""
        found, problems = look(plugin)
        assert found is not None, problems

    @pytest.mark.parametrize("check", CHECKS)
    def test_nothing_is_wrong_with_its(self, subject: Subject, check: str) -> None:
        """Every check of `renda.developing.checks`."""
        assert list(CHECKS[check](subject)) == []
