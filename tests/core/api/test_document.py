"""The document says what there is, in the language that is asked for, and nothing else is there."""

import re

import pytest

from tests.core.api.conftest import HERE, VISITS
from tests.core.api.schema import KNOWN
from tests.core.security.test_views import views
from tests.core.security.town import methods

DOCUMENT = "/api/v1/openapi.json"


@pytest.fixture
def document(clerk):
    return clerk.get(DOCUMENT, Accept_Language="en").json


def operations(document):
    for path, found in document["paths"].items():
        for method, operation in found.items():
            yield path, method, operation


def schemas(thing):
    """Every schema inside something."""
    if isinstance(thing, dict):
        if "$ref" in thing or (isinstance(thing.get("type"), str | list) and "in" not in thing):
            yield thing
        for one in thing.values():
            yield from schemas(one)
    elif isinstance(thing, list):
        for one in thing:
            yield from schemas(one)


def test_it_is_openapi_3_1_and_every_reference_leads_somewhere(document):
    assert document["openapi"] == "3.1.0"
    assert document["servers"] == [{"url": "/api/v1"}]
    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    used = set(re.findall(r'"\$ref": "([^"]+)"', __import__("json").dumps(document)))
    assert used <= known


def test_every_operation_has_a_name_of_its_own(document):
    names = [operation["operationId"] for _path, _method, operation in operations(document)]
    assert len(names) == len(set(names))


def test_every_placeholder_of_a_path_is_a_parameter(document):
    for path, _method, operation in operations(document):
        told = {one["name"] for one in operation["parameters"] if one["in"] == "path"}
        assert told == set(re.findall(r"\{(\w+)\}", path)), path


def test_every_view_of_the_interface_is_in_the_document_and_nothing_else(document, registry):
    """A route of all registers stands for one path of each."""
    routes = {
        one["introspectable"]["name"]: one["introspectable"]["pattern"]
        for one in registry.introspector.get_category("routes")
    }
    mounted = set()
    for view, _permission in views(registry):
        name = view["route_name"] or ""
        if name.startswith("api.") and name != "api.document":
            shape = routes[name].removeprefix("/api/v1")
            mounted |= {(shape, method.lower()) for method in methods(view) - {"HEAD"}}
    types = "|".join(registry.declared.record_types)
    steps = {
        step.name for kind in registry.declared.record_types.values() for step in kind.workflow.transitions
    }
    told = set()
    for path, method, _operation in operations(document):
        shape = re.sub(rf"/records/({types})(?=/|$)", "/records/{type}", path)
        shape = re.sub(rf"/transitions/({'|'.join(steps)})$", "/transitions/{step}", shape)
        told.add((shape, method))
    assert told == mounted


def test_every_field_of_every_register_is_told_with_its_title_and_unit(document):
    new = document["components"]["schemas"]["probe_visit.new"]["properties"]["values"]
    assert new["required"] == ["title", "kind", "starts_on"]
    assert new["properties"]["kind"] == {
        "type": "string",
        "enum": ["village", "school"],
        "title": "Kind",
        "x-titles": {"village": "Village", "school": "School"},
    }
    assert new["properties"]["budget"]["x-unit"] == "yuan"
    assert new["properties"]["budget"]["type"] == ["integer", "null"]
    assert new["additionalProperties"] is False
    shown = document["components"]["schemas"]["probe_visit"]["properties"]["values"]["properties"]
    assert "hidden" in shown["phone"]["description"]


def test_it_uses_no_words_of_schemas_that_its_reader_does_not_know(document):
    for one in schemas(document["components"]["schemas"]):
        assert one.keys() <= KNOWN, one


def test_it_speaks_the_language_that_is_asked_for(clerk, document):
    chinese = clerk.get(DOCUMENT, Accept_Language="zh-CN").json
    assert chinese["paths"].keys() == document["paths"].keys()
    meetings = [found["components"]["schemas"]["core_meeting"] for found in (chinese, document)]
    assert [one["title"] for one in meetings] == ["会议", "Meetings"]


def test_it_is_a_page_for_those_who_look_at_it_in_a_browser(sign_in, document):
    page = sign_in("clerk").get("/api/v1/")
    shown = [one.code.text for one in page.html.select("main summary")]
    told = [f"{method.upper()} /api/v1{path}" for path, method, _operation in operations(document)]
    assert sorted(shown) == sorted(told)
    assert all(one.get("src") for one in page.html.select("script"))
    assert not page.html.select("style, [style]")
    page.click("OpenAPI", index=0)


def test_organisations_say_what_there_is(clerk):
    found = clerk.get(HERE, Accept_Language="en").json
    assert (found["code"], found["path"][-1]) == (HERE.rpartition("/")[2], found["code"])
    assert found["modules"] == ["probe"]
    visits = next(one for one in found["records"] if one["type"] == "probe_visit")
    assert visits == {"type": "probe_visit", "title": "Visits", "part_of": None, "href": VISITS}
    clerk.get(visits["href"])
