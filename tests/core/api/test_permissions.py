"""Every address of the interface asks who calls, where they play a part, and what they may do."""

import uuid

import pytest

from renda.directory.models import ModuleUse
from tests.core.api.conftest import HERE, STOPS, VISITS
from tests.core.records.conftest import COUNTY, NEIGHBOUR, NOW
from tests.core.security.test_views import views
from tests.core.security.town import methods

HELD = {"api.organisations", "api.organisation", "api.document", "api"}
"""What everybody may read who shows a token."""


def addresses(registry, place, identifier):
    """Every operation of this node: method, address, and the name of its route."""
    routes = {
        one["introspectable"]["name"]: one["introspectable"]["pattern"]
        for one in registry.introspector.get_category("routes")
    }
    given = {"{org}": place, "{type}": "probe_visit", "{id}": str(identifier), "{step}": "hold"}
    found = set()
    for view, _permission in views(registry):
        name = view["route_name"] or ""
        if name == "api" or name.startswith("api."):
            address = routes[name]
            for placeholder, value in given.items():
                address = address.replace(placeholder, value)
            found |= {(method, address, name) for method in methods(view) - {"HEAD"}}
    return sorted(found)


def call(program, method, address):
    return program.call(method, address, None if method == "GET" else {}, If_Match='"1"')


def test_without_a_token_nothing_is_answered(app, registry, people, stored_visit):
    found = addresses(registry, COUNTY, stored_visit)
    assert len(found) >= 10
    for method, address, _name in found:
        answer = app.request(address, method=method, expect_errors=True)
        assert (answer.status_int, answer.content_type) == (401, "application/problem+json"), address


def test_where_its_account_plays_no_part_there_is_nothing(clerk, registry, stored_visit):
    for method, address, _name in addresses(registry, NEIGHBOUR, stored_visit):
        if NEIGHBOUR in address:
            assert call(clerk, method, address).status_int == 404, address


def test_without_the_permission_nothing_is_told(program, registry, stored_visit):
    poor = program("clerk", "core:read")
    for method, address, name in addresses(registry, COUNTY, stored_visit):
        wanted = 200 if name in HELD or name.startswith("api.core.") else 403
        assert call(poor, method, address).status_int == wanted, address


def test_who_may_read_changes_nothing(program, registry, stored_visit):
    reader = program("auditor", "probe:read", "core:read")
    for method, address, _name in addresses(registry, COUNTY, stored_visit):
        # The record has no files, and this is the name of none.
        wanted = 403 if method != "GET" else 404 if "{file}" in address else 200
        assert call(reader, method, address).status_int == wanted, address


def test_what_lies_elsewhere_is_not_found(clerk, registry, stored_visit):
    for method, address, _name in addresses(registry, COUNTY, uuid.uuid4()):
        if "probe_visit/" in address:
            assert call(clerk, method, address).status_int == 404, address
    clerk.get(f"{STOPS}/{stored_visit}", 404)


def test_a_module_that_is_not_in_use_has_no_records(clerk, work, stored_visit):
    with work() as session:
        use = session.get_one(ModuleUse, (COUNTY, "probe", NOW.date().replace(2020, 1, 1)))
        use.until = NOW.date()
    clerk.get(VISITS, 404)
    assert "probe" not in clerk.get(HERE).text


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS"])
def test_other_methods_are_told_which_there_are(clerk, stored_visit, method):
    said = {"Authorization": f"Bearer {clerk.token}"}
    answer = clerk.app.request(f"{VISITS}/{stored_visit}", method=method, headers=said, expect_errors=True)
    assert (answer.status_int, answer.headers["Allow"]) == (405, "GET, HEAD, PATCH")
    assert answer.json["allowed"] == answer.headers["Allow"]
