"""Whatever a program sends, the answer is one that the document tells of, and never a fault of ours."""

from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.core.api.conftest import HERE
from tests.core.api.schema import faults, fitting, spoilt
from tests.core.records.conftest import COUNTY

EXAMPLES = settings(
    max_examples=min(settings().max_examples, 60),
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)


class Document(dict):
    """The document, which is too long to be printed with every example."""

    def __repr__(self) -> str:
        return "the document"


@pytest.fixture
def document(clerk):
    return Document(clerk.get("/api/v1/openapi.json").json)


def checked(answer: Any, operation: Any, document: Any) -> Any:
    """The answer, which is one of those that the operation may give."""
    said = operation["responses"].get(str(answer.status_int))
    assert said is not None, (operation["operationId"], answer.status_int, answer.text)
    for media_type, content in said.get("content", {}).items():
        assert answer.content_type == media_type
        if "schema" in content:
            assert list(faults(answer.json, content["schema"], document)) == []
    assert ("ETag" in answer.headers) == ("headers" in said or answer.status_int == 304)
    return answer


def body_of(operation: Any, document: Any) -> Any:
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    return (
        schema
        if "$ref" not in schema
        else document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    )


def words(data: Any, operation: Any, document: Any) -> str:
    """A query of an operation, some of it wrong."""
    known = [one for one in operation["parameters"] if one["in"] == "query"]
    asked = {}
    for one in (
        data.draw(st.lists(st.sampled_from(known), max_size=3, unique_by=lambda it: it["name"]))
        if known
        else ()
    ):
        asked[one["name"]] = data.draw(fitting(one["schema"], document) | st.text(max_size=10))
    return urlencode({name: str(value).encode("utf-8", "replace") for name, value in asked.items()})


@EXAMPLES
@given(data=st.data())
def test_reading(clerk, document, stored_visit, data):
    reading = [(path, one["get"]) for path, one in document["paths"].items() if "get" in one]
    path, operation = data.draw(st.sampled_from(reading))
    identifier = data.draw(st.sampled_from([str(stored_visit), "1"]) | st.text(min_size=1, max_size=9))
    address = path.replace("{org}", COUNTY)
    for place in ("{id}", "{file}"):
        address = address.replace(place, quote(identifier.encode("utf-8", "replace"), safe=""))
    headers = {"If_None_Match": data.draw(st.sampled_from(['"1"', "*", "x", ""]))}
    query = words(data, operation, document)
    checked(clerk.call("GET", f"/api/v1{address}?{query}", **headers), operation, document)


@EXAMPLES
@given(data=st.data())
def test_making(clerk, people, document, stored_visit, data):
    kind = data.draw(st.sampled_from(["probe_visit", "probe_stop", "probe_visit_company"]))
    operation = document["paths"][f"/organisations/{{org}}/records/{kind}"]["post"]
    schema = body_of(operation, document)
    body = data.draw(spoilt(schema, document))
    if isinstance(body, dict) and "values" in body and data.draw(st.booleans()):
        body["values"] = data.draw(fitting(schema["properties"]["values"], document))
        for name in {"guide", "person"} & body["values"].keys():
            body["values"][name] = str(people.county)
        if kind != "probe_visit":
            body["whole"] = str(stored_visit)
    made = checked(clerk.call("POST", f"{HERE}/records/{kind}", body), operation, document)
    if made.status_int == 201:
        assert clerk.get(made.headers["Location"]).json == made.json


@EXAMPLES
@given(data=st.data())
def test_changing(clerk, document, stored_visit, data):
    one = document["paths"]["/organisations/{org}/records/probe_visit/{id}"]
    address = f"{HERE}/records/probe_visit/{stored_visit}"
    before = checked(clerk.call("GET", address), one["get"], document)
    values = data.draw(spoilt(body_of(one["patch"], document)["properties"]["values"], document))
    tag = data.draw(st.sampled_from([before.headers["ETag"]] * 4 + ['"0"', None]))
    headers = {"If_Match": tag} if tag else {}
    after = checked(clerk.call("PATCH", address, {"values": values}, **headers), one["patch"], document)
    if after.status_int != 200:
        assert clerk.get(address).json == before.json


@EXAMPLES
@given(data=st.data())
def test_steps(clerk, document, stored_visit, data):
    root = "/organisations/{org}/records/probe_visit/{id}/transitions/"
    path = data.draw(st.sampled_from([path for path in document["paths"] if path.startswith(root)]))
    operation = document["paths"][path]["post"]
    body = data.draw(spoilt(body_of(operation, document), document))
    address = path.replace("{org}", COUNTY).replace("{id}", str(stored_visit))
    checked(clerk.call("POST", f"/api/v1{address}", body, If_Match="*"), operation, document)
