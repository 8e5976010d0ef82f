"""Who may do what where is written down in `access.csv`, and the node answers so."""

import re
from dataclasses import replace

import pytest

from renda.security.accounts import create_account
from renda.security.grants import grant
from tests.contract import access
from tests.core.security.town import PASSWORD, sign_in
from tests.tiers import chain
from tests.tiers.chain import CAO

WITHOUT_A_PAGE = {("core", "audit")}
"""Verbs that no view asks for by itself."""
WITH_READING = "annotate"
"""The verb that whoever may read holds, too, and nobody else."""
OF_THE_TOP = "/m/tiers/node/"
"""Pages that are refused elsewhere than at the node's top, whatever one may do there."""


@pytest.fixture(autouse=True)
def no_packs(work):
    """What the packs of another test's database declared is gone once a transaction begins on this one."""
    with work() as session:
        session.connection()


def test_the_table_is_what_the_views_say(registry):
    table = access.written(access.rows(registry))
    assert access.TABLE.read_text(encoding="utf-8") == table, "python -m tests.contract.access"


def test_a_verb_that_a_role_gains_or_loses_changes_the_table(registry, monkeypatch):
    before, unseen = access.rows(registry), set()
    for name, module in registry.declared.modules.items():
        verbs = {verb for granted in module.grants.values() for verb in granted}
        for verb in sorted(verbs):
            for role in registry.declared.roles:
                held = set(module.grants.get(role, ()))
                other = replace(module, grants={**module.grants, role: tuple(held ^ {verb})})
                with monkeypatch.context() as patch:
                    patch.setattr(
                        registry,
                        "declared",
                        replace(registry.declared, modules={**registry.declared.modules, name: other}),
                    )
                    if access.rows(registry) == before:
                        unseen.add((name, verb))
    assert {one for one in unseen if one[1] != WITH_READING} <= WITHOUT_A_PAGE


@pytest.fixture
def people(scene, clock):
    """Somebody with each role at 曹县; the login is the role."""

    def make(session):
        chain.found(session)
        for role in session.info["registry"].declared.roles:
            who = create_account(session, login=role, name=role, password=PASSWORD, now=clock())
            grant(session, account=who, organisation=CAO, role=role, now=clock())

    scene(f"one of each role {clock()}", make)


def test_every_page_answers_as_the_table_says(people, app, registry):
    head, *rows = access.rows(registry)
    pages = [
        row
        for row in rows
        if row[1] == "GET"
        and row[0].startswith(("/o/", "/api/"))
        and re.findall("{[^}]+}", row[0]) == ["{org}"]
    ]
    assert len(pages) > 25
    registers = {f"{kind.module}_…": name for name, kind in registry.declared.record_types.items()}
    for role in head[4:]:
        app.reset()
        sign_in(app, role)
        for row in pages:
            for relation, code in access.RELATIONS.items():
                path = re.sub(r"\w+_…", lambda found: registers[found[0]], row[0].replace("{org}", code))
                status = app.get(path, expect_errors=True).status_int
                if relation != "own":
                    assert status == 404, (role, path)
                elif OF_THE_TOP not in path:
                    allowed = relation in row[head.index(role)].split()
                    assert (status != 403) is allowed, (role, path, status)
                    assert status < 500, (role, path)
