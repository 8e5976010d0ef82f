"""How many examples a property gets whose every example is dear and which is no invariant of its own."""

from hypothesis import settings


def some() -> settings:
    """A quarter of the examples of this run."""
    assert settings.default
    return settings(max_examples=settings.default.max_examples // 4)
