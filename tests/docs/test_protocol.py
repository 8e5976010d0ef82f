"""What docs/protocol.md promises to a second implementation is what this one does."""

import json
import re
from pathlib import Path

from renda_tiers.documents import signing
from renda_tiers.documents.envelope import Part, Signed
from renda_tiers.links import messages, sealing
from renda_tiers.links.transports import http
from tests.docs.vectors import PATH, vectors

PAGE = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text(encoding="utf-8")


def test_the_vectors_are_those_that_the_code_makes():
    assert json.loads(PATH.read_text(encoding="utf-8")) == json.loads(json.dumps(vectors()))


def test_every_document_of_the_vectors_is_taken():
    for one in json.loads(PATH.read_text(encoding="utf-8"))["documents"]:
        parts = tuple(
            Part(part["name"], bytes.fromhex(part["salt"]), bytes.fromhex(part["content"]))
            for part in one["parts"]
        )
        signed = Signed(
            one["payload"].encode(),
            bytes.fromhex(one["signature"]),
            bytes.fromhex(one["key"]),
            signing.ALGORITHM,
            parts,
        )
        assert signing.open_signed(signed).hash.hex() == one["hash"]


def test_the_message_of_the_vectors_is_read():
    data = json.loads(PATH.read_text(encoding="utf-8"))["message"]
    opened = messages.decode(data["bytes"].encode())
    assert (opened.message.node, opened.hash.hex()) == ("371721", data["hash"])


def test_the_page_names_every_member_address_and_type():
    data = json.loads(json.loads(PATH.read_text(encoding="utf-8"))["message"]["bytes"].partition("\n")[2])
    for member in data:
        assert f"`{member}`" in PAGE, member
    for path in (http.EXCHANGE, http.JOIN, http.POKE):
        assert f"/{path}" in PAGE
    for kind in (messages.MESSAGE_TYPE, sealing.PROOF_TYPE, "application/vnd.renda.join+json"):
        assert kind in PAGE
    assert re.search(r"at most 24 MiB", PAGE, re.IGNORECASE)
