"""Rules that hold for every view of every component on this node."""

import pytest
from pyramid.exceptions import ConfigurationExecutionError
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.static import static_view

from renda.app import configure
from renda.errors import Misconfigured
from renda.security.policy import NOBODY, SIGNED_IN
from renda.testing.plugin import node_settings
from tests.core.security.town import methods

OPEN_TO_STRANGERS = {
    *("sign-in", "sign-out", "sign-in-code", "first-sign-in", "language", "help", "healthz", "readyz"),
    *("public-deputies", "public-deputy", "feed"),
    *("liaison-station", "liaison-progress", "liaison-receipt"),
}


def views(registry):
    """Every view with its permission, without the error pages and files."""
    for entry in registry.introspector.get_category("views"):
        view = entry["introspectable"]
        related = {one.category_name: one for one in entry["related"]}
        if view["context"] is None and not isinstance(view["callable"], static_view):
            permission = related["permissions"]["value"] if "permissions" in related else None
            yield view, permission


def test_every_view_names_its_permission(registry):
    nameless = [view["callable"] for view, permission in views(registry) if permission in {None, NOBODY}]
    assert nameless == []


def test_strangers_reach_what_this_list_says(registry):
    found = {
        view["route_name"] for view, permission in views(registry) if permission == NO_PERMISSION_REQUIRED
    }
    assert {name for name in found if "." not in name and not name.startswith("chain")} <= OPEN_TO_STRANGERS


def test_every_permission_of_a_view_can_be_held_by_a_role(registry):
    verbs = {
        f"{name}:{verb}"
        for name, module in registry.declared.modules.items()
        for granted in module.grants.values()
        for verb in granted
    }
    for view, permission in views(registry):
        if permission in {NO_PERMISSION_REQUIRED, SIGNED_IN}:
            continue
        assert any(one == permission or one.endswith(f":{permission}") for one in verbs), view


def test_every_view_names_its_methods_and_none_writes_under_the_right_to_read(registry):
    for view, permission in views(registry):
        named = methods(view)
        assert named, view
        assert named <= {"GET", "HEAD"} or not str(permission).endswith("read"), view


@pytest.fixture
def config(node_folder, databases):
    return configure(node_settings(node_folder, databases.fresh()), environment={})


def refused(config):
    with pytest.raises(ConfigurationExecutionError) as error:
        config.commit()
    assert isinstance(error.value.evalue, Misconfigured)


def test_a_view_without_methods_stops_the_start(config):
    config.add_view(lambda _request: Response(), name="any", permission=SIGNED_IN)
    refused(config)


def test_a_view_that_writes_under_the_right_to_read_stops_the_start(config):
    config.add_view(lambda _request: Response(), name="any", permission="core:read", request_method="POST")
    refused(config)


def test_a_view_without_a_permission_is_closed_to_everybody(config, app, people, registry):
    from webtest import TestApp

    config.add_view(lambda _request: Response("open"), name="forgotten", request_method="GET")
    config.commit()
    config.registry.engine, config.registry.clock = registry.engine, registry.clock
    careless = TestApp(config.make_wsgi_app())
    careless.get("/forgotten", status=302)
    people.sign_in(careless, "zhang")
    careless.get("/forgotten", status=403)
