"""Signatures, parts and stored keys: one changed byte anywhere is found."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from renda_tiers.documents.envelope import MAX_PARTS, PAYLOAD_TYPE, Part, PartReference, decode, encode
from renda_tiers.documents.payload import DocumentTooLarge, NotADocument, Refused, digest
from renda_tiers.documents.signing import (
    _SMALL_ORDER,
    ALGORITHM,
    ALGORITHMS,
    SALT,
    PartMismatch,
    UnknownAlgorithm,
    WrongSignature,
    check_part,
    check_parts,
    generate,
    make_part,
    open_signed,
    pae,
    sign,
    verify,
    withhold,
)

PRIVATE, PUBLIC = generate()
GROUP_ORDER = 2**252 + 27742317777372353535851937790883648493


def report(parts=()):
    return encode(
        id=UUID("01890a5d-ac96-774b-bcce-b302099a8057"),
        kind="report",
        schema=1,
        origin="371721001",
        audience=("371700", "371721"),
        subject="report:371721001:training-bimonth:2026-b3",
        revision=1,
        previous=None,
        issued=datetime(2026, 7, 1, tzinfo=UTC),
        body={"cells": [["参加人数", "代表", 12]]},
        parts=parts,
    )


REFERENCE, PART = make_part("list.xlsx", "王秀英，1371 号".encode())
SIGNED = sign(report([REFERENCE]), PRIVATE, [PART])


def flipped(data, place):
    """The bytes with one bit changed; `place` is any bit number."""
    place %= len(data) * 8
    return data[: place // 8] + bytes([data[place // 8] ^ (1 << place % 8)]) + data[place // 8 + 1 :]


def test_opens_what_was_signed():
    verify(SIGNED)
    assert open_signed(SIGNED) == decode(SIGNED.payload)
    assert (SIGNED.key, SIGNED.algorithm, SIGNED.parts) == (PUBLIC, ALGORITHM, (PART,))


def test_a_key_pair_is_two_times_32_bytes_and_new_each_time():
    private, public = generate()
    assert (len(private), len(public)) == (32, 32)
    assert (private, public) != (PRIVATE, PUBLIC)
    assert sign(b"", private).key == public


def test_signs_the_encoding_that_dsse_prescribes():
    assert pae("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


def test_counts_bytes_and_not_characters():
    assert pae("代表", "名单".encode()) == b"DSSEv1 6 " + "代表".encode() + b" 6 " + "名单".encode()


def test_another_implementation_of_dsse_would_accept_the_signature():
    message = b"DSSEv1 %d %s %d %s" % (35, PAYLOAD_TYPE.encode(), len(SIGNED.payload), SIGNED.payload)
    Ed25519PublicKey.from_public_bytes(SIGNED.key).verify(SIGNED.signature, message)


@given(st.binary(max_size=40), st.binary(max_size=40), st.text(max_size=10), st.text(max_size=10))
def test_two_different_messages_are_never_encoded_alike(left, right, left_type, right_type):
    same = (left_type, left) == (right_type, right)
    assert (pae(left_type, left) == pae(right_type, right)) == same


@given(st.integers(0), st.sampled_from(["payload", "signature", "key"]))
def test_any_changed_bit_of_payload_signature_or_key_is_found(place, field):
    """Invariant 10."""
    changed = replace(SIGNED, **{field: flipped(getattr(SIGNED, field), place)})
    with pytest.raises(WrongSignature):
        verify(changed)
    with pytest.raises(Refused):
        open_signed(changed)


@given(st.integers(0), st.sampled_from(["salt", "content"]))
def test_any_changed_bit_of_a_part_is_found(place, field):
    """Invariant 10."""
    changed = replace(PART, **{field: flipped(getattr(PART, field), place)})
    with pytest.raises(PartMismatch) as caught:
        open_signed(replace(SIGNED, parts=(changed,)))
    assert caught.value.detail == {"part": "list.xlsx"}


@pytest.mark.parametrize("field", ["payload", "signature", "key"])
def test_whatever_is_cut_at_any_byte_is_found(field):
    whole = getattr(SIGNED, field)
    for end in range(len(whole)):
        changed = replace(SIGNED, **{field: whole[:end]})
        with pytest.raises(WrongSignature):
            verify(changed)
        with pytest.raises(Refused):
            open_signed(changed)


@pytest.mark.parametrize("field", ["salt", "content"])
def test_a_part_cut_at_any_byte_is_found(field):
    whole = getattr(PART, field)
    for end in range(len(whole)):
        with pytest.raises(PartMismatch):
            check_part(REFERENCE, replace(PART, **{field: whole[:end]}))


def test_bytes_added_behind_signature_or_key_are_found():
    for field in ("signature", "key"):
        with pytest.raises(WrongSignature):
            verify(replace(SIGNED, **{field: getattr(SIGNED, field) + b"\0"}))


def test_the_same_signature_in_other_bytes_is_found():
    scalar = int.from_bytes(SIGNED.signature[32:], "little") + GROUP_ORDER
    with pytest.raises(WrongSignature):
        verify(replace(SIGNED, signature=SIGNED.signature[:32] + scalar.to_bytes(32, "little")))


def test_a_signature_of_another_key_or_of_the_bare_payload_is_found():
    with pytest.raises(WrongSignature):
        verify(replace(SIGNED, key=generate()[1]))
    with pytest.raises(WrongSignature):
        verify(replace(SIGNED, payload=pae(PAYLOAD_TYPE, SIGNED.payload)))


@pytest.mark.parametrize(
    "algorithm", ["", "none", "ed25519", "ED25519-SHA256", "ed25519-sha256 ", "sm2-sm3", "a" * 99]
)
def test_an_algorithm_that_is_not_on_the_list_is_refused(algorithm):
    for check in (verify, open_signed):
        with pytest.raises(UnknownAlgorithm) as caught:
            check(replace(SIGNED, algorithm=algorithm))
        assert caught.value.detail == {"algorithm": algorithm[:64]}


def test_the_list_of_algorithms_cannot_be_extended_by_a_module():
    with pytest.raises(TypeError):
        ALGORITHMS["none"] = lambda *_: None


@pytest.mark.parametrize("key", sorted(_SMALL_ORDER))
@pytest.mark.parametrize("sign_bit", [0, 0x80])
def test_a_key_for_which_anybody_can_sign_is_refused(key, sign_bit):
    weak = key[:31] + bytes([key[31] | sign_bit])
    neutral = bytes([1]) + bytes(31)
    for number in range(64):
        forged = replace(SIGNED, payload=b"%d" % number, key=weak, signature=neutral + bytes(32))
        with pytest.raises(WrongSignature):
            verify(forged)


def test_size_and_form_are_told_before_any_signature_is_computed():
    with pytest.raises(DocumentTooLarge):
        open_signed(replace(SIGNED, payload=b"[" * (2 * 1024 * 1024), algorithm="none"))
    with pytest.raises(NotADocument):
        open_signed(replace(SIGNED, payload=b"[]", algorithm="none"))


def test_a_part_is_named_by_its_salted_hash():
    assert len(PART.salt) == SALT
    assert PartReference("list.xlsx", digest(PART.salt + PART.content), len(PART.content)) == REFERENCE
    assert digest(PART.content) != REFERENCE.hash
    assert make_part("list.xlsx", PART.content)[0].hash != REFERENCE.hash


def test_the_salt_is_not_in_the_payload():
    assert PART.salt not in SIGNED.payload
    assert PART.salt.hex().encode() not in SIGNED.payload


def test_a_part_may_be_empty_and_has_a_limit():
    check_part(*make_part("empty", b""))
    check_part(*make_part("largest", bytes(MAX_PARTS)))
    with pytest.raises(DocumentTooLarge):
        make_part("larger", bytes(MAX_PARTS + 1))


def test_a_withheld_part_keeps_the_document_whole():
    for parts in ((withhold(PART),), ()):
        assert open_signed(replace(SIGNED, parts=parts)).parts == (REFERENCE,)


def test_a_withheld_part_leaves_nothing_to_guess_with():
    assert withhold(PART) == Part("list.xlsx", b"", None)
    with pytest.raises(PartMismatch):
        check_part(REFERENCE, replace(PART, content=None))


def test_a_salt_of_another_length_cannot_lend_bytes_to_the_content():
    salt, content = PART.salt + PART.content[:1], PART.content[1:]
    reference = replace(REFERENCE, size=len(content))
    with pytest.raises(PartMismatch):
        check_part(reference, Part(PART.name, salt, content))


def test_a_part_of_another_size_than_the_payload_says_is_refused():
    with pytest.raises(PartMismatch):
        check_part(replace(REFERENCE, size=REFERENCE.size + 1), PART)


@pytest.mark.parametrize("part", [PART, withhold(PART)])
def test_a_part_of_another_name_is_refused(part):
    with pytest.raises(PartMismatch):
        check_part(replace(REFERENCE, name="other"), part)


def test_a_part_comes_once_and_only_if_it_is_named():
    check_parts([REFERENCE], [PART])
    for references, parts in (
        ([], [PART]),
        ([REFERENCE], [PART, PART]),
        ([REFERENCE], [PART, withhold(PART)]),
    ):
        with pytest.raises(PartMismatch):
            check_parts(references, parts)


@pytest.mark.parametrize("error", [WrongSignature, UnknownAlgorithm, PartMismatch])
def test_every_refusal_says_what_to_do(error):
    assert error().message
