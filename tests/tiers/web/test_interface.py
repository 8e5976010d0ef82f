"""Whatever the document lets programs send, and whatever it does not, is answered as the document says."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi import checks
from sqlalchemy import select

from renda.clock import local_day
from renda.directory import service
from renda.directory.models import Mandate
from renda.packs import keeping
from renda.records import engine
from renda.security import tokens
from renda.security.accounts import create_account
from renda.security.calls import Buckets
from renda.security.models import Grant
from tests.core.packs import files
from tests.tiers.chain import CAO

REGISTERS = (
    "core_term",
    "training_class",
    "training_class_attendance",
    files.TYPE,
    f"{files.TYPE}_attendance",
)
"""A register of the core, one of a module and one of a pack, with their parts; the code of all is one."""

CHECKS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
EXAMPLES = settings(
    max_examples=max(1, settings().max_examples // 50),
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@dataclass
class Programs:
    """The county's interface, called by the holder of a token."""

    app: Any
    headers: dict[str, str]
    ids: dict[str, str]

    @cached_property
    def operations(self) -> list[Any]:
        """Operations of the document, without those of registers that are like the others."""
        schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", self.app, headers=self.headers)
        found = [one.ok() for one in schema.get_all_operations()]
        return [one for one in found if "/records/" not in one.path or register(one) in REGISTERS]

    def cases(self, operation: Any) -> st.SearchStrategy[Any]:
        """What is sent to an operation: most of it to a record that there is, in the state that it has."""
        known = {"org": CAO}
        if "{id}" in operation.path and register(operation) in self.ids:
            known["id"] = self.ids[register(operation)]
        seen = {"If-Match": "*"} if any(one.name == "If-Match" for one in operation.headers) else {}
        good = operation.as_strategy(path_parameters=known, headers=seen)
        return good | operation.as_strategy(GenerationMode.NEGATIVE, path_parameters=known)

    def send(self, case: Any) -> int:
        """The status of the answer, which is as the document says."""
        answer = case.call(app=self.app, headers=self.headers)
        case.validate_response(answer, checks=CHECKS, headers=self.headers)
        return answer.status_code


def register(operation: Any) -> str:
    """The register that an operation is about, or ""."""
    return operation.path.partition("/records/")[2].partition("/")[0]


@pytest.fixture
def ids(reported: bytes, issued: str, work: Any, clock: Any) -> dict[str, str]:
    """A record of each register; ids by its name."""
    with work() as session:
        keeping.install(session, CAO, files.pack(), actor=None, now=clock())
    with work() as session:
        service.enable(session, CAO, files.NAME, local_day(clock()))
    with work() as session:
        types = session.info["registry"].declared.record_types
        person = session.scalars(select(Mandate.person).where(Mandate.organisation == CAO)).first()
        made = {}

        def make(name: str, whole: Any = None, **values: Any) -> None:
            made[name] = engine.create(
                session, types[name], CAO, values, now=clock(), author=None, whole=whole
            )

        make("core_term", number=19, starts_on="2025-01-01")
        make("training_class", title="代表法培训", kind="topic", starts_on="2026-05-06")
        make(files.TYPE, **files.values())
        make("training_class_attendance", made["training_class"], person=str(person), role="trainee")
        make(f"{files.TYPE}_attendance", made[files.TYPE], person=str(person), role="member")
        return {name: str(row.id) for name, row in made.items()}


@pytest.fixture
def programs(ids: dict[str, str], registry: Any, app: Any, work: Any, clock: Any) -> Callable[..., Programs]:
    """`programs("read")` hold a token for these verbs of every module; without verbs for all that there are."""
    registry.__dict__["calls_of_tokens"] = Buckets(size=1e9)
    declared = registry.declared

    def make(*verbs: str) -> Programs:
        held = frozenset(
            f"{name}:{verb}"
            for name, module in declared.modules.items()
            for granted in module.grants.values()
            for verb in granted
            if verb in verbs or not verbs
        )
        with work() as session:
            account = create_account(session, login="program", name="台账程序", now=clock())
            session.add_all(
                Grant(account=account.id, organisation=CAO, role=role, since=clock())
                for role in declared.roles
            )
            session.flush()
            _token, text = tokens.issue(
                session,
                account=account.id,
                organisation=CAO,
                name="台账程序",
                permissions=held,
                held=held,
                expires_at=clock() + timedelta(days=90),
                now=clock(),
                actor=None,
            )
        return Programs(app.app, {"Authorization": f"Bearer {text}"}, ids)

    return make


def statuses(programs: Programs) -> set[tuple[str, int]]:
    """Method and status of the answers to some cases of every operation."""
    found = set()

    def answer(case: Any) -> None:
        found.add((case.method.upper(), programs.send(case)))

    for operation in programs.operations:
        EXAMPLES(given(programs.cases(operation))(answer))()
    return found


def test_a_program_that_may_do_everything_is_answered_as_the_document_says(programs):
    found = statuses(programs())
    assert ("GET", 200) in found
    assert found & {(method, status) for method in ("POST", "PATCH") for status in (200, 201, 409, 422)}


def test_a_program_that_may_only_read_writes_nothing(programs):
    found = statuses(programs("read"))
    assert ("GET", 200) in found
    assert ("POST", 403) in found
    assert not {one for one in found if one[0] != "GET" and one[1] < 400}
