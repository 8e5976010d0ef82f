"""`renda node …`: this node's place among others."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from renda import app
from renda.cli import config_argument, emit, json_option, translator
from renda.clock import local_minute
from renda.errors import Invalid
from renda.i18n import Translator, _, thaw
from renda_tiers.documents import issuing
from renda_tiers.documents.payload import is_hex32
from renda_tiers.links import bundle, entering, hosting, joining, managing, renewal, state
from renda_tiers.links.joining import Code


@click.group(help=_("This node among the nodes above and below."))
def node() -> None:
    """Commands about links."""


@node.command(help=_("Make a one-time code with which the node of an organisation below joins."))
@config_argument
@click.option("--org", "organisation", required=True, help=_("Code of the organisation that is to join."))
@json_option
def invite(config: str, organisation: str, *, as_json: bool) -> None:
    """Print the code; it is shown once."""
    with app.open_node(config) as opened:
        code = joining.invite(opened.session, organisation, now=opened.now)
    say = translator()
    line = _(
        "One-time code for ${org}, good for a week: ${code}", mapping={"org": organisation, "code": code}
    )
    emit({"organisation": organisation, "code": str(code)}, as_json=as_json, lines=[say(line)])


@node.command(help=_("Make the unused one-time codes of an organisation worthless."))
@config_argument
@click.option("--org", "organisation", required=True, help=_("Code of the organisation that was invited."))
@json_option
def withdraw(config: str, organisation: str, *, as_json: bool) -> None:
    """Take an invitation back."""
    with app.open_node(config) as opened:
        joining.withdraw(opened.session, organisation, now=opened.now)
    line = _("${org} cannot join with its one-time code any more.", mapping={"org": organisation})
    emit({"organisation": organisation}, as_json=as_json, lines=[translator()(line)])


@node.command(help=_("Become the child of the node at an address, with the one-time code that it gave."))
@config_argument
@click.option(
    "--org", "organisation", required=True, help=_("Code of the organisation at the top of this node.")
)
@click.option(
    "--address", required=True, help=_("Address of the node above, such as https://rd.example.cn/.")
)
@click.option("--code", required=True, help=_("The one-time code."))
@json_option
def join(config: str, organisation: str, address: str, code: str, *, as_json: bool) -> None:
    """Join, and fetch what concerns this node; safe to repeat."""
    registry, say = app.load_node(config), translator()
    try:
        app.upgrade(registry)
        entering.join(registry, organisation, address, Code.read(code))
        entering.catch_up(registry)
        with app.unit_of_work(registry) as session:
            found = state.of(session, registry.clock())
    finally:
        registry.engine.dispose()
    line = _("${org} has joined the node at ${address}.", mapping={"org": organisation, "address": address})
    emit(_plain(found), as_json=as_json, lines=[say(line), *_lines(found, say)])


@node.command(help=_("Call the node above at another address from now on."))
@config_argument
@click.option("--peer", required=True, help=_("Code of the organisation at the top of the node above."))
@click.option(
    "--address", required=True, help=_("Address of the node above, such as https://rd.example.cn/.")
)
@json_option
def readdress(config: str, peer: str, address: str, *, as_json: bool) -> None:
    """Change the address; the node there must have the same key."""
    with app.open_node(config) as opened:
        managing.readdress(opened.session, peer, address, actor=None, now=opened.now)
    line = _("${org} is called at ${address}.", mapping={"org": peer, "address": address})
    emit({"peer": peer, "address": address}, as_json=as_json, lines=[translator()(line)])


@node.command(help=_("How each link stands, what waits, and what was not applied."))
@config_argument
@json_option
def status(config: str, *, as_json: bool) -> None:
    """Print the state of the node."""
    with app.open_node(config) as opened:
        found = state.of(opened.session, opened.now)
    emit(_plain(found), as_json=as_json, lines=_lines(found, translator()))


@node.command(help=_("Make a new key for an organisation hosted here, beside the old one."))
@config_argument
@click.option("--org", "organisation", required=True, help=_("Code of the organisation."))
@json_option
def rotate(config: str, organisation: str, *, as_json: bool) -> None:
    """Rotate; where the level above must grant the key, it is asked at the next call."""
    with app.open_node(config) as opened:
        key = renewal.rotate(opened.session, organisation, now=opened.now)
    line = _("New key of ${org}: ${key}", mapping={"org": organisation, "key": key.hex()[:16]})
    emit({"organisation": organisation, "key": key.hex()}, as_json=as_json, lines=[translator()(line)])


@node.command(help=_("Close every key of an organisation below; what it has said until now still counts."))
@config_argument
@click.option("--org", "organisation", required=True, help=_("Code of the organisation."))
@click.option(
    "--keep",
    "keeps",
    type=click.Path(exists=True, dir_okay=False),
    help=_("File with the hashes of the documents that still count, one a line; without it all do."),
)
@json_option
def revoke(config: str, organisation: str, keeps: str | None, *, as_json: bool) -> None:
    """Revoke; the other node is refused until it is invited again."""
    kept = _hashes(Path(keeps)) if keeps else None
    with app.open_node(config) as opened:
        document = renewal.revoke(opened.session, organisation, keeps=kept, now=opened.now)
    line = _("The keys of ${org} are closed.", mapping={"org": organisation})
    values = {"organisation": organisation, "document": document.hex()}
    emit(values, as_json=as_json, lines=[translator()(line)])


def _hashes(path: Path) -> list[bytes]:
    lines = path.read_text(encoding="ascii", errors="replace").split()
    if not all(map(is_hex32, lines)):
        message = _("A line of this file is no hash of a document.")
        raise Invalid({"keep": message}, message)
    return list(map(bytes.fromhex, lines))


@node.command(help=_("Write the records of this node into a file, for the node above that is to host them."))
@config_argument
@click.argument("path", type=click.Path(dir_okay=False))
@json_option
def pack(config: str, path: str, *, as_json: bool) -> None:
    """Write records, persons and accounts; the file holds personal data."""
    with app.open_node(config) as opened:
        codes = sorted(issuing.hosted(opened.session))
        data = bundle.pack(opened.session, codes)
    Path(path).touch(mode=0o600)
    Path(path).write_bytes(data)
    line = _(
        "The records of ${count} organisations are in ${path}. It holds personal data: delete it afterwards.",
        mapping={"count": len(codes), "path": path},
    )
    emit({"organisations": codes, "bytes": len(data)}, as_json=as_json, lines=[translator()(line)])


@node.command(help=_("Host an organisation again that has a node of its own; its keys there are closed."))
@config_argument
@click.option("--org", "organisation", required=True, help=_("Code of the organisation."))
@click.option(
    "--records", type=click.Path(exists=True, dir_okay=False), help=_("What `renda node pack` wrote there.")
)
@json_option
def host(config: str, organisation: str, records: str | None, *, as_json: bool) -> None:
    """Take an organisation back."""
    data = Path(records).read_bytes() if records else None
    with app.open_node(config) as opened:
        taken = hosting.take_back(opened.session, organisation, data, now=opened.now)
    line = _("Hosted here from now on: ${codes}", mapping={"codes": ", ".join(taken)})
    emit({"organisations": taken}, as_json=as_json, lines=[translator()(line)])


def _plain(found: state.NodeState) -> dict[str, Any]:
    plain, say = asdict(found), Translator((), "en")
    for link in plain["links"]:
        for name in ("last_contact", "next_call"):
            link[name] = link[name].isoformat() if link[name] else None
        for name in ("reason", "alarm"):
            link[name] = say(thaw(link[name])) if link[name] else ""
    for one in plain["invited"]:
        one["expires_at"] = one["expires_at"].isoformat()
    return plain


def _lines(found: state.NodeState, say: Any) -> list[str]:
    gate = _("signs nothing until it is level with its peers") if found.recovering else _("signs")
    lines = [f"{found.organisation}  {say(gate)}"]
    for link in found.links:
        heard = link.last_contact.isoformat(timespec="seconds") if link.last_contact else "-"
        counts = _(
            "${waiting} to send, ${missing} to fetch",
            mapping={"waiting": link.waiting, "missing": link.missing},
        )
        lines.append(f"  {link.peer:12}{link.name}  {say(state.WORDS[link.state])}  {heard}  {say(counts)}")
        lines += [f"    {say(thaw(text))}" for text in (link.reason, link.alarm) if text]
    for one in found.invited:
        values = {"org": one.name, "until": local_minute(one.expires_at)}
        line = _("${org}: invited, good until ${until}", mapping=values)
        lines.append(f"  {one.organisation:12}{say(line)}")
    counts = _("${parked} parked, ${aside} set aside", mapping={"parked": found.parked, "aside": found.aside})
    lines.append(say(counts))
    if found.forked:
        forked = _("Forks that go on: ${n}, see renda doctor", mapping={"n": found.forked})
        lines.append(say(forked))
    return lines
