"""The people of the tests of security use the pages, too."""

from tests.core.security.conftest import cheap_passwords, people

__all__ = ["cheap_passwords", "people"]
