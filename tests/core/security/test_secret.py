import pytest

from renda.errors import Misconfigured
from renda.security.secret import derived_key


class Registry:
    def __init__(self, path):
        self.values = {"secret_file": str(path)}


def test_every_purpose_has_a_key_of_its_own_that_stays(tmp_path):
    path = tmp_path / "secret"
    path.write_bytes(b"x" * 32)
    keys = [derived_key(Registry(path), purpose) for purpose in ("csrf", "persons", "csrf")]
    assert keys[0] == keys[2] != keys[1]
    assert {len(key) for key in keys} == {32}


def test_a_missing_or_short_secret_is_told(tmp_path):
    with pytest.raises(Misconfigured):
        derived_key(Registry(tmp_path / "none"), "csrf")
    (tmp_path / "short").write_bytes(b"x" * 31)
    with pytest.raises(Misconfigured):
        derived_key(Registry(tmp_path / "short"), "csrf")
