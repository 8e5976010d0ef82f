"""What docs/protocol.md promises to a second implementation is what this one does."""

import json
import re
from pathlib import Path

from renda_tiers.documents import parts, signatures, signing
from renda_tiers.documents.envelope import MAX_PARTS, Part, Signed
from renda_tiers.links import beliefs, carrying, digests, exchange, joining, keys, messages, sealing
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


def test_the_question_of_the_vectors_is_one_conversation():
    """Each message answers the one before, and the list sums to the digest that it explains."""
    said = json.loads(PATH.read_text(encoding="utf-8"))["question"]
    call, answer, again = (messages.decode(one["bytes"].encode()) for one in said)
    assert [one.hash.hex() for one in (call, answer, again)] == [one["hash"] for one in said]
    assert answer.message.answers == call.hash
    assert again.message.token == answer.message.token
    assert list(again.message.lists) == answer.message.want == ["2026-05"]
    assert digests.summed(again.message.lists["2026-05"]) == call.message.have["2026-05"]


def test_the_page_names_the_limits_that_are_kept():
    for limit in (exchange.BATCH, exchange.MOST_MONTHS, beliefs.MOST_VERDICTS, keys.LONGEST):
        assert re.search(rf"(?<!\d){limit}(?!\d)", PAGE), limit
    for size in (exchange.BUDGET, MAX_PARTS, joining.PORTION):
        assert f"{size // 2**20} MiB" in PAGE
    assert f"first {carrying.MOST_SIGNATURES}" in PAGE
    assert f"at most {signatures.MOST_STRANGERS} of keys" in PAGE
    for name in (parts.WITHHELD, "for", "never"):
        assert f"`{name}`" in PAGE
