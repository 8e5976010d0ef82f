import pytest

from tests.core.directory import bodies
from tests.core.security.town import sign_in


@pytest.fixture
def placed(work):
    """The county and its neighbours, committed."""
    with work() as session:
        bodies.build(session)


@pytest.fixture
def clerk(app, registry, placed):
    """The application as the clerk uses it, in English."""
    sign_in(app, "li")
    app.set_cookie("renda-language", "en")
    return app


@pytest.fixture
def with_profile(registry, tmp_path):
    """`with_profile(tier, change)` runs this test's node with another text of a profile."""
    before = dict(registry.profiles)

    def put(tier, change):
        registry.profiles = {**before, tier: bodies.changed(tmp_path, tier, change)}

    yield put
    registry.profiles = before
