"""`renda token …`: tokens of programs from the command line."""

from typing import Any

import click
from sqlalchemy import select

from renda.app import Node, open_node
from renda.cli import config_argument, emit, json_option, translator
from renda.clock import LOCAL, local_day
from renda.directory import modules
from renda.i18n import _
from renda.security import accounts, grants, tokens
from renda.security.identity import Identity, permissions
from renda.security.models import Account, Token


@click.group(help=_("Tokens, with which programs use the interface."))
def token() -> None:
    """Commands about tokens."""


@token.command(help=_("Make a token for an account, and print it; it is kept nowhere."))
@config_argument
@click.argument("login")
@click.option("--org", "organisation", required=True, help=_("Code of the organisation."))
@click.option("--name", required=True, help=_("What uses it, such as the name of a program."))
@click.option(
    "--permission",
    "wanted",
    multiple=True,
    required=True,
    help=_("A permission by its full name; may be given several times."),
)
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    required=True,
    help=_("Its last day, within a year from now."),
)
@json_option
def add(config: str, login: str, *, as_json: bool, **given: Any) -> None:
    """Make a token that allows no more than its account may do."""
    with open_node(config) as node:
        account = accounts.find_account(node.session, login)
        made, text = tokens.issue(
            node.session,
            account=account.id,
            organisation=given["organisation"],
            name=given["name"],
            permissions=given["wanted"],
            held=_held(node, account, given["organisation"]),
            expires_at=tokens.end_of(given["until"].date()),
            now=node.now,
            actor=None,
        )
        said = _described(made, account.login)
    emit({**said, "token": text}, as_json=as_json, lines=[text])


def _held(node: Node, account: Account, organisation: str) -> frozenset[str]:
    roles = grants.roles_at(node.session, account.id, organisation, node.now)
    if not roles:
        return frozenset()
    identity = Identity(account.id, account.login, account.name, {organisation: roles})
    enabled = modules.read(node.session, organisation, local_day(node.now)).in_use
    return permissions(identity, organisation, node.registry.declared, enabled)


@token.command("list", help=_("Tokens that are not closed, of one account or of all."))
@config_argument
@click.argument("login", required=False)
@json_option
def show(config: str, login: str | None, *, as_json: bool) -> None:
    """Print tokens, and never their text."""
    wanted = select(Token, Account.login).join(Account, Account.id == Token.account)
    wanted = wanted.where(Token.closed_at.is_(None)).order_by(Account.login, Token.id)
    with open_node(config) as node:
        if login is not None:
            wanted = wanted.where(Account.id == accounts.find_account(node.session, login).id)
        found = [_described(one, whose) for one, whose in node.session.execute(wanted)]
    keys = ("id", "login", "organisation", "name", "expires_at", "used_at")
    lines = ["\t".join(str(one[key] or "-") for key in keys) for one in found]
    emit({"tokens": found}, as_json=as_json, lines=lines)


def _described(one: Token, login: str) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "login": login,
        "organisation": one.organisation,
        "name": one.name,
        "permissions": one.permissions.split(),
        "expires_at": one.expires_at.astimezone(LOCAL).isoformat(),
        "used_at": one.used_at.astimezone(LOCAL).isoformat() if one.used_at else None,
    }


@token.command(help=_("Close a token at once."))
@config_argument
@click.argument("token_id", metavar="TOKEN")
@json_option
def revoke(config: str, token_id: str, *, as_json: bool) -> None:
    """Close a token, whosever it is."""
    with open_node(config) as node:
        closed = tokens.close(node.session, token_id, owner=None, now=node.now, actor=None)
        result = {"id": str(closed.id), "name": closed.name}
    line = translator()(_("The token ${name} is closed.", mapping={"name": result["name"]}))
    emit(result, as_json=as_json, lines=[line])
