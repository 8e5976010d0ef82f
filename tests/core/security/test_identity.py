import uuid
from dataclasses import replace

from renda.declarations import Module
from renda.security.identity import Identity, permissions, qualified


def identity(**roles):
    return Identity(uuid.uuid4(), "li", "李", {code: frozenset(names) for code, names in roles.items()})


def declared(registry):
    modules = {
        "core": Module("core", grants={"clerk": ("read",)}),
        "pond": Module("pond", grants={"clerk": ("read", "write"), "leader": ("decide",)}),
    }
    return replace(registry.declared, modules=modules)


def test_permissions_are_what_the_roles_there_are_granted_by_the_modules_in_use(registry):
    found = permissions(identity(a=["clerk", "leader"]), "a", declared(registry), {"pond"})
    assert found == {"core:read", "core:annotate", "pond:read", "pond:write", "pond:decide", "pond:annotate"}


def test_a_module_that_is_not_in_use_grants_nothing(registry):
    assert permissions(identity(a=["clerk", "leader"]), "a", declared(registry), ()) == {
        "core:read",
        "core:annotate",
    }


def test_roles_at_one_organisation_are_worth_nothing_at_another(registry):
    assert permissions(identity(a=["clerk"]), "b", declared(registry), {"pond"}) == frozenset()


def test_a_verb_is_meant_for_the_module_at_hand():
    assert qualified("read", "pond") == "pond:read"
    assert qualified("core:read", "pond") == "core:read"
