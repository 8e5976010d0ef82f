import pytest
from pyramid.config import Configurator
from pyramid.response import Response
from webtest import TestApp

from renda.app import configure
from renda.errors import Misconfigured
from renda.security.policy import EVERYONE, SIGNED_IN
from renda.testing.plugin import node_settings
from tests.core.security.town import COUNTY, OTHER, post, sign_in


@pytest.fixture
def config(node_folder, database_url):
    return configure(node_settings(node_folder, database_url), environment={})


@pytest.fixture
def plugin(config) -> Configurator:
    """The Configurator as the training plugin's `includeme` gets it."""
    return config.with_package("renda_training")


@pytest.fixture
def serve(config, registry):
    def made():
        config.commit()
        config.registry.engine, config.registry.clock = registry.engine, registry.clock
        return TestApp(config.make_wsgi_app())

    return made


def view(context, request):
    return Response(f"{context.organisation.name} {context.module} {request.method}")


def test_a_page_of_a_component_knows_its_organisation(plugin, serve, people):
    plugin.add_page("calendar", "calendar/{year}", view, "read")
    app = serve()
    address = f"/o/{COUNTY}/m/training/calendar/2026"
    app.get(address, status=302)
    sign_in(app, "li")
    assert app.get(address).text == "曹县人大 training GET"
    app.get(f"/o/{OTHER}/m/training/calendar/2026", status=404)


def test_a_page_may_be_at_the_modules_own_address(plugin, serve, people):
    plugin.add_page("start", "", view, "read")
    app = serve()
    sign_in(app, "li")
    app.get(f"/o/{COUNTY}/m/training", status=200)


def test_a_page_is_read_and_posted_to_under_one_name(plugin, serve, people):
    plugin.add_page("note", "note", view, "read")
    plugin.add_page("note", "note", view, "write", request_method="POST")
    app = serve()
    sign_in(app, "li")
    address = f"/o/{COUNTY}/m/training/note"
    assert app.get(address).text.endswith("GET")
    assert post(app, address).text.endswith("POST")
    app.post(address, {}, status=400)


@pytest.mark.parametrize("permission", ["", None, EVERYONE, SIGNED_IN, "none"])
def test_a_page_without_a_permission_stops_the_start(plugin, permission):
    with pytest.raises(Misconfigured):
        plugin.add_page("open", "open", view, permission)


def test_one_name_has_one_address(plugin):
    plugin.add_page("note", "note", view, "read")
    with pytest.raises(Misconfigured):
        plugin.add_page("note", "other", view, "read")


def test_only_components_add_pages(config):
    with pytest.raises(Misconfigured):
        config.with_package("pytest").add_page("note", "note", view, "read")
