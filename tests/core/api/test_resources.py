"""A component adds what programs read; it is mounted under a permission, and the document tells of it."""

import pytest
from pyramid.exceptions import ConfigurationExecutionError
from webtest import TestApp

from renda.api import document
from renda.api.resources import Parameter
from renda.app import configure
from renda.errors import Misconfigured
from renda.i18n import Translator
from renda.security.policy import EVERYONE, SIGNED_IN
from renda.testing.plugin import node_settings
from tests.core.api.conftest import HERE
from tests.core.records import probe

TEXT = {"type": "string"}


@pytest.fixture
def config(node_folder, databases, tmp_path):
    with probe.installed(tmp_path / "site"):
        text = node_settings(node_folder, databases.fresh(), **{"renda.modules": "probe"})
        return configure(text, environment={})


def shares(context, request):
    return {"of": context.organisation.code, "at": request.matchdict["period"]}


def add(config, permission):
    given = [Parameter("period", "Period", TEXT), Parameter("more", "More", TEXT)]
    config.add_resource(
        "shares", "shares/{period}", shares, permission, title="Shares", schema=TEXT, parameters=given
    )


def test_it_is_read_under_its_permission(config, registry, program):
    add(config, "read")
    config.commit()
    config.registry.engine.dispose()
    config.registry.engine, config.registry.clock = registry.engine, registry.clock
    app = TestApp(config.make_wsgi_app())
    for permission, status in (("core:read", 200), ("probe:read", 403)):
        said = {"Authorization": f"Bearer {program('clerk', permission).token}"}
        answer = app.get(f"{HERE}/core/shares/2026", headers=said, status=status)
    assert app.get(f"{HERE}/core/shares/2026", status=401).content_type == "application/problem+json"
    assert answer.status_int == 403


def test_the_document_tells_of_it(config):
    add(config, "read")
    config.commit()
    config.registry.engine.dispose()
    told = document.build(config.registry, Translator(["renda"], "en"))
    operation = told["paths"]["/organisations/{org}/core/shares/{period}"]["get"]
    places = {one["name"]: one["in"] for one in operation["parameters"]}
    assert places == {"org": "path", "period": "path", "more": "query"}
    assert operation["responses"]["200"]["content"]["application/json"]["schema"] == TEXT


@pytest.mark.parametrize("permission", ["", EVERYONE, SIGNED_IN])
def test_one_without_a_permission_stops_the_start(config, permission):
    config.registry.engine.dispose()
    with pytest.raises((Misconfigured, ConfigurationExecutionError)):
        add(config, permission)
