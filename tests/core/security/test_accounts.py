import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from renda.errors import Conflict, Invalid, NotFound
from renda.security import accounts, entrance, grants
from renda.security.errors import SignInRefused
from renda.security.models import Account, AuditEntry, SignIn
from tests.core.security import town


def actions(session):
    session.flush()
    return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.at, AuditEntry.id)))


@pytest.fixture
def tree(db, registry):
    town.build(db, registry.declared.modules)
    return db


def test_a_login_is_one_however_it_is_typed(db, clock):
    accounts.create_account(db, login=" ＺhangSan ", name="张三", now=clock())
    assert accounts.find_account(db, "ZHANGSAN").name == "张三"
    with pytest.raises(Conflict):
        accounts.create_account(db, login="zhangsan", name="张三丰", now=clock())


@pytest.mark.parametrize(
    ("login", "name"),
    [("a", "张"), ("a b", "张"), ("x" * 65, "张"), ("zhang\x00", "张"), ("zhang", " "), ("zhang", "张\n三")],
)
def test_a_login_or_name_that_nobody_could_type_is_refused(db, clock, login, name):
    with pytest.raises(Invalid):
        accounts.create_account(db, login=login, name=name, now=clock())


def test_a_role_is_granted_once_and_ends_at_once(tree, clock):
    account = town.person(tree, "li", clock())
    for _twice in range(2):
        grants.grant(tree, account=account, organisation=town.COUNTY, role="clerk", now=clock())
    assert grants.roles_at(tree, account.id, town.COUNTY, clock()) == {"clerk"}
    clock.forward(seconds=1)
    grants.revoke(tree, account=account, organisation=town.COUNTY, role="clerk", now=clock())
    assert grants.roles_at(tree, account.id, town.COUNTY, clock()) == frozenset()
    clock.forward(seconds=1)
    grants.grant(tree, account=account, organisation=town.COUNTY, role="clerk", now=clock())
    assert actions(tree) == ["account.create", "grant.add", "grant.end", "grant.add"]


def test_unknown_roles_organisations_and_accounts_are_named(tree, clock):
    account = town.person(tree, "li", clock())
    with pytest.raises(Invalid) as refused:
        grants.grant(tree, account=account, organisation=town.COUNTY, role="emperor", now=clock())
    assert set(refused.value.errors) == {"role"}
    with pytest.raises(Invalid) as refused:
        grants.grant(tree, account=account, organisation="999999", role="clerk", now=clock())
    assert set(refused.value.errors) == {"organisation"}
    with pytest.raises(NotFound):
        grants.revoke(tree, account=account, organisation=town.COUNTY, role="clerk", now=clock())
    with pytest.raises(NotFound):
        accounts.find_account(tree, "nobody")


def test_roles_that_exclude_each_other_are_not_held_together(tree, clock, registry):
    first, second = registry.profiles["county"].roles.exclusive[0][:2]
    account = town.person(tree, "li", clock(), (town.COUNTY, first))
    with pytest.raises(Conflict):
        grants.grant(tree, account=account, organisation=town.COUNTY, role=second, now=clock())
    grants.grant(tree, account=account, organisation=town.OTHER, role=second, now=clock())


def test_the_one_time_code_opens_once_and_for_a_day(db, clock):
    account = accounts.create_account(db, login="root1", name="管理员", now=clock())
    code = accounts.issue_code(db, account, now=clock())
    typed = code.lower().replace("-", " ")
    enter = {"login": "root1", "password": town.PASSWORD, "address": ""}
    with pytest.raises(SignInRefused):
        entrance.sign_in(db, login="root1", password=code, address="", now=clock())
    assert entrance.redeem_code(db, code=typed, now=clock(), **enter)
    with pytest.raises(SignInRefused):
        entrance.redeem_code(db, code=code, now=clock(), **enter)
    later = accounts.issue_code(db, account, now=clock())
    clock.forward(hours=24)
    with pytest.raises(SignInRefused):
        entrance.redeem_code(db, code=later, now=clock(), **enter)


def test_nothing_secret_is_kept_in_clear(db, clock):
    account = accounts.create_account(db, login="root1", name="管理员", now=clock())
    code = accounts.issue_code(db, account, now=clock())
    token = entrance.redeem_code(
        db, login="root1", code=code, password=town.PASSWORD, address="", now=clock()
    )
    db.flush()
    secrets = (code, code.replace("-", ""), town.PASSWORD, token)
    kept = [repr(vars(row)) for kind in (Account, SignIn, AuditEntry) for row in db.scalars(select(kind))]
    assert not any(secret in text for secret in secrets for text in kept)


def test_an_old_hash_is_made_again_when_its_owner_signs_in(db, clock):
    from argon2 import PasswordHasher

    account = town.person(db, "li", clock())
    old = account.password = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash(town.PASSWORD)
    entrance.sign_in(db, login="li", password=town.PASSWORD, address="", now=clock())
    assert account.password != old


def test_who_came_in_and_who_did_not_is_written_down(db, clock):
    account = town.person(db, "li", clock())
    for password in ("wrong password", town.PASSWORD):
        clock.forward(seconds=1)
        try:
            entrance.sign_in(db, login="li", password=password, address="10.0.0.9", now=clock())
        except SignInRefused:
            continue
    entries = list(db.scalars(select(AuditEntry).order_by(AuditEntry.at)))[1:]
    assert [(one.action, one.target, one.actor) for one in entries] == [
        ("session.refused", str(account.id), None),
        ("session.open", str(account.id), account.id),
    ]
    assert json.loads(entries[0].detail) == {"address": "10.0.0.9"}


def test_a_password_typed_into_the_wrong_field_is_not_written_down(db, clock):
    with pytest.raises(SignInRefused):
        entrance.sign_in(db, login=town.PASSWORD, password="", address="", now=clock())
    entry = db.scalars(select(AuditEntry)).one()
    assert town.PASSWORD not in repr(vars(entry))


def test_ids_of_audit_rows_rise(db, clock):
    town.person(db, "li", clock())
    town.person(db, "wang", clock() + timedelta(days=1))
    rows = list(db.scalars(select(AuditEntry).order_by(AuditEntry.id)))
    assert [row.at for row in rows] == sorted(row.at for row in rows)
