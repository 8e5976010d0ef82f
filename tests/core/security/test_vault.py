"""Secrets at rest open with their key file for their owner, and for nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renda.errors import Misconfigured
from renda.security.vault import CannotUnseal, chain_key, seal, sealing_secret, unseal

KEY = bytes(range(32))
SECRET = b"a secret of the node, long enough"


def flipped(data, place):
    bit = place % (len(data) * 8)
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_a_stored_key_opens_with_its_secret_for_its_organisation():
    sealed = seal(KEY, SECRET, "371721")
    assert unseal(sealed, SECRET, "371721") == KEY
    assert KEY not in sealed
    assert seal(KEY, SECRET, "371721") != sealed


def test_a_stored_key_opens_for_nothing_else():
    sealed = seal(KEY, SECRET, "371721")
    for secret, organisation in ((SECRET + b"!", "371721"), (SECRET, "371722")):
        with pytest.raises(CannotUnseal) as caught:
            unseal(sealed, secret, organisation)
        assert caught.value.detail == {"owner": organisation}


@given(st.integers(0))
def test_any_changed_bit_of_a_stored_key_is_found(place):
    with pytest.raises(CannotUnseal):
        unseal(flipped(seal(KEY, SECRET, "371721"), place), SECRET, "371721")


def test_a_stored_key_cut_at_any_byte_is_found():
    sealed = seal(KEY, SECRET, "371721")
    for end in range(len(sealed)):
        with pytest.raises(CannotUnseal):
            unseal(sealed[:end], SECRET, "371721")


@pytest.mark.parametrize("length", [32, 33, 64, 1000])
def test_a_secret_may_have_any_length_from_32_bytes(length):
    secret = bytes(range(256)) * 4
    assert unseal(seal(KEY, secret[:length], "371721"), secret[:length], "371721") == KEY


@pytest.fixture
def key_file(registry, monkeypatch, tmp_path):
    path = tmp_path / "key"
    monkeypatch.setitem(registry.values, "key_file", str(path))
    return path


def test_white_space_around_the_sealing_secret_does_not_count(db, key_file):
    for around in (b"%s", b"%s\n", b"\r\n %s \r\n"):
        key_file.write_bytes(around % SECRET)
        assert sealing_secret(db) == SECRET


def test_a_missing_or_short_sealing_secret_is_told(db, key_file):
    with pytest.raises(Misconfigured):
        sealing_secret(db)
    key_file.write_bytes(b"x" * 31 + b"\n")
    with pytest.raises(Misconfigured, match="at least"):
        sealing_secret(db)


def test_the_chain_key_is_made_once_and_stored_sealed(db):
    key = chain_key(db)
    assert chain_key(db) == key
    assert key not in db.connection().exec_driver_sql("SELECT sealed FROM core_secret").scalar()


def test_it_says_what_to_do():
    assert CannotUnseal().message
