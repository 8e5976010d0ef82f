"""A document's bytes: written once, read strictly, and refused before they can mean two things."""

import json
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renda_tiers.documents.envelope import (
    MAX_COUNT,
    MAX_PARTS,
    WHOLE_CHAIN,
    Outcome,
    PartReference,
    decode,
    encode,
    ensure_portable,
)
from renda_tiers.documents.payload import (
    INT64,
    MAX_DEPTH,
    MAX_PAYLOAD,
    DocumentTooLarge,
    NotADocument,
    Refused,
    digest,
    read,
)

FIELDS = {
    "id": UUID("01890a5d-ac96-774b-bcce-b302099a8057"),
    "kind": "report",
    "schema": 1,
    "origin": "371721001",
    "audience": ("371700", "371721", "371721001"),
    "subject": "report:371721001:training-bimonth:2026-b3",
    "revision": 2,
    "previous": bytes(range(32)),
    "issued": datetime(2026, 7, 1, 8, 30, 0, 250_000, tzinfo=UTC),
    "body": {"cells": [["参加人数", "代表", 12], ["sessions", None, 0]], "late": False},
    "parts": (PartReference("名单.xlsx", digest(b"list"), 4),),
}


def written(**changes):
    """A valid payload's fields as JSON would hold them, with some changed; `...` leaves one out."""
    fields = json.loads(encode(**FIELDS)) | changes
    return json.dumps({name: value for name, value in fields.items() if value is not ...}).encode()


def with_body(text):
    """A valid payload whose body is this JSON text."""
    return encode(**FIELDS | {"body": {"BODY": 0}}).replace(
        b'{"BODY":0}', text.encode(errors="surrogatepass")
    )


def refused_field(payload):
    with pytest.raises(NotADocument) as caught:
        decode(payload)
    return caught.value.detail["field"]


def nested(depth):
    """A body so deep that the whole payload has this depth."""
    return '{"a":' * (depth - 2) + "{}" + "}" * (depth - 2)


def test_reads_back_every_field_it_wrote():
    document = decode(encode(**FIELDS))
    assert {name: getattr(document, name) for name in FIELDS} == FIELDS


def test_is_compact_utf8_with_the_keys_in_their_order():
    payload = encode(**FIELDS | {"body": {"名称": "单县"}, "parts": ()})
    assert payload.decode() == (
        '{"v":1,"id":"01890a5d-ac96-774b-bcce-b302099a8057","kind":"report","schema":1,"origin":"371721001",'
        '"audience":["371700","371721","371721001"],"subject":"report:371721001:training-bimonth:2026-b3",'
        '"revision":2,"previous":"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",'
        '"issued":"2026-07-01T08:30:00.250Z","body":{"名称":"单县"},"parts":[]}'
    )


def test_is_known_by_the_hash_of_its_exact_bytes():
    payload = encode(**FIELDS)
    respaced = payload.replace(b'"v":1', b'"v": 1')
    assert decode(payload).payload == payload
    assert decode(payload).hash == digest(payload)
    assert decode(respaced).hash != decode(payload).hash


def test_can_stand_in_sets():
    payload = encode(**FIELDS)
    assert len({decode(payload), decode(payload)}) == 1


@pytest.mark.parametrize("previous", [None, bytes(32)])
def test_names_the_revision_before_it_or_none(previous):
    assert decode(encode(**FIELDS | {"previous": previous})).previous == previous


@pytest.mark.parametrize(
    ("given_audience", "audience"),
    [
        (["371721", "371700", "371721"], ("371700", "371721")),
        ({"371700"}, ("371700",)),
        (WHOLE_CHAIN, ("*",)),
        ((), ()),
    ],
)
def test_sorts_its_audience_and_names_each_once(given_audience, audience):
    assert decode(encode(**FIELDS | {"audience": given_audience})).audience == audience


def test_is_issued_in_utc_cut_to_the_millisecond():
    china = timezone(timedelta(hours=8))
    issued = datetime(2026, 7, 1, 7, 0, 0, 1_999, tzinfo=china)
    assert decode(encode(**FIELDS | {"issued": issued})).issued == datetime(
        2026, 6, 30, 23, 0, 0, 1_000, tzinfo=UTC
    )


@pytest.mark.parametrize("year", [1999, 3000, 9999])
def test_is_not_issued_in_a_year_that_no_node_takes(year: int):
    with pytest.raises(NotADocument) as caught:
        encode(**FIELDS | {"issued": datetime(year, 7, 1, tzinfo=UTC)})
    assert caught.value.detail == {"field": "issued"}


@pytest.mark.parametrize(
    "issued", [datetime(2000, 1, 1, tzinfo=UTC), datetime(2999, 12, 31, 23, 59, tzinfo=UTC)]
)
def test_is_issued_in_the_first_and_in_the_last_year(issued: datetime):
    assert decode(encode(**FIELDS | {"issued": issued})).issued == issued


def test_is_not_issued_at_a_time_without_a_zone():
    with pytest.raises(NotADocument) as caught:
        encode(**FIELDS | {"issued": datetime(2026, 7, 1)})  # noqa: DTZ001 - the mistake under test
    assert caught.value.detail == {"field": "issued"}


@pytest.mark.parametrize(
    "change",
    [
        {"body": {"share": 0.5}},
        {"body": {"share": float("nan")}},
        {"body": {"name": "\ud800"}},
        {"body": {"name": "a\0b"}},
        {"body": {1: "a", "1": "b"}},
        {"body": {"n": 2**63}},
        {"revision": 0},
        {"origin": ""},
        {"audience": ("371700", "*")},
        {"id": UUID("3b241101-e2bb-4255-8caf-4136c566a962")},
    ],
)
def test_is_never_written_where_no_node_would_read_it(change):
    with pytest.raises(NotADocument):
        encode(**FIELDS | change)


def test_a_large_body_is_refused_on_writing_too():
    with pytest.raises(DocumentTooLarge):
        encode(**FIELDS | {"body": {"text": "a" * MAX_PAYLOAD}})


def uuid7(number):
    """A number's 122 free bits, in the form of a UUIDv7."""
    return UUID(int=number & ~(0xF << 76) & ~(3 << 62) | 7 << 76 | 2 << 62)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(INT64[0], INT64[-1])
    | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abc\\u0", max_size=4), inner, max_size=4)
    ),
    max_leaves=20,
)
CODES = st.from_regex(r"[0-9]{6,9}", fullmatch=True)


@given(
    id=st.integers(0, 2**128 - 1).map(uuid7),
    kind=st.sampled_from(["report", "publication", "training.plan"]),
    schema=st.integers(1, MAX_COUNT),
    origin=CODES,
    audience=st.frozensets(CODES, max_size=5) | st.just(frozenset("*")),
    subject=st.from_regex(r"[a-z]+(:[0-9a-z一-龥-]+){1,3}", fullmatch=True),
    revision=st.integers(1, MAX_COUNT),
    previous=st.none() | st.binary(min_size=32, max_size=32),
    issued=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    body=st.dictionaries(st.text("xyz一", max_size=5), JSON, max_size=5),
)
def test_any_document_survives_the_round_trip(**fields):
    document = decode(encode(**fields))
    expected = fields | {
        "audience": tuple(sorted(fields["audience"])),
        "issued": fields["issued"].replace(microsecond=fields["issued"].microsecond // 1000 * 1000),
    }
    assert {name: getattr(document, name) for name in fields} == expected


@given(
    st.binary(max_size=200)
    | st.text(max_size=100).map(str.encode)
    | JSON.map(lambda v: json.dumps(v).encode())
)
def test_bytes_from_anywhere_are_refused_and_never_crash(data):
    with pytest.raises(Refused):
        decode(data)


@given(body=st.dictionaries(st.text("xyz一", max_size=5), JSON, max_size=5))
def test_the_database_reads_the_same_from_the_bytes(body):
    payload = encode(**FIELDS | {"body": body}).decode()
    with closing(sqlite3.connect(":memory:")) as database:
        (found,) = database.execute("SELECT json_extract(?, '$.body')", [payload]).fetchone()
    assert json.loads(found) == body


def test_a_payload_cut_at_any_byte_is_refused():
    payload = encode(**FIELDS)
    for end in range(len(payload)):
        with pytest.raises(NotADocument):
            decode(payload[:end])


@pytest.mark.parametrize("junk", [b"{}", b"x", b"\0", b"\xef\xbb\xbf"])
def test_nothing_may_stand_before_or_behind(junk):
    for payload in (encode(**FIELDS) + junk, junk + encode(**FIELDS)):
        with pytest.raises(NotADocument):
            decode(payload)


def test_takes_a_payload_of_exactly_the_limit_and_no_byte_more():
    room = MAX_PAYLOAD - len(with_body('{"a":""}'))
    assert len(decode(with_body('{"a":"' + "x" * room + '"}')).payload) == MAX_PAYLOAD
    with pytest.raises(DocumentTooLarge) as caught:
        decode(with_body('{"a":"' + "x" * (room + 1) + '"}'))
    assert caught.value.detail == {"size": MAX_PAYLOAD + 1, "limit": MAX_PAYLOAD}
    assert caught.value.status == 413


def test_tells_the_size_before_it_looks_at_the_bytes():
    with pytest.raises(DocumentTooLarge):
        decode(b"\xff" * (MAX_PAYLOAD + 1))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"\xed\xa0\x80",
        b'{"a":"\xc0\x80"}',
        b"null",
        b"[]",
        b'"text"',
        b"{",
        b"{'a':1}",
        b'{"a":01}',
        b'{"a":1,}',
        b'{"a":"\n"}',
        b'{"a":"\\x41"}',
    ],
)
def test_what_is_not_utf8_or_not_a_json_object_is_refused(data):
    with pytest.raises(NotADocument):
        decode(data)


def test_takes_the_deepest_nesting_allowed_and_no_level_more():
    assert read(with_body(nested(MAX_DEPTH)))
    for deep in (nested(MAX_DEPTH + 1), '{"a":' + "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1) + "}"):
        with pytest.raises(NotADocument) as caught:
            decode(with_body(deep))
        assert caught.value.detail == {"limit": MAX_DEPTH}


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 10_000 + b"]" * 10_000,
        b'{"a":' * 10_000 + b"0" + b"}" * 10_000,
        b"[" * MAX_PAYLOAD,
        (b'{"a":' * MAX_PAYLOAD)[:MAX_PAYLOAD],
        b'{"a":' + b"9" * (MAX_PAYLOAD - 6) + b"}",
        b'{"a":"' + b"\\\\" * (MAX_PAYLOAD // 2 - 10) + b'\\u0000"}',
        b'{"a":[' + b"[]," * (MAX_PAYLOAD // 3 - 5) + b"[]]}",
    ],
)
def test_hostile_bytes_cost_neither_the_stack_nor_seconds(data):
    start = time.process_time()
    with pytest.raises(NotADocument):
        decode(data)
    # A second on an old machine; what is quadratic would take hours.
    assert time.process_time() - start < 20


@pytest.mark.parametrize(
    "number",
    ["0.5", "1.0", "1e2", "1E400", "-1e400", "NaN", "Infinity", "-Infinity", "-0.0"],
)
def test_a_number_that_is_not_whole_is_refused_anywhere(number):
    for body in (f'{{"a":{number}}}', f'{{"a":[[{number}]]}}'):
        with pytest.raises(NotADocument, match="not whole"):
            decode(with_body(body))


@pytest.mark.parametrize("number", [0, INT64[0], INT64[-1], 10**18, -(10**18)])
def test_a_whole_number_of_64_bits_is_kept_as_it_is(number):
    assert decode(with_body(f'{{"a":{number}}}')).body == {"a": number}


@pytest.mark.parametrize(
    "number", [INT64[0] - 1, INT64[-1] + 1, 10**19, "9" * 20, "-" + "9" * 20, "9" * 4500]
)
def test_a_larger_number_is_refused_anywhere(number):
    for body in (f'{{"a":{number}}}', f'{{"a":[{number}]}}'):
        with pytest.raises(NotADocument, match="64 bits"):
            decode(with_body(body))


@pytest.mark.parametrize("body", ['{"a":1,"a":1}', '{"a":[{"b":1,"\\u0062":2}]}', '{"":0,"":0}'])
def test_a_field_named_twice_is_refused_anywhere(body):
    with pytest.raises(NotADocument, match="twice"):
        decode(with_body(body))


def test_a_document_field_named_twice_is_refused():
    with pytest.raises(NotADocument, match="twice"):
        decode(encode(**FIELDS).replace(b'{"v":1', b'{"v":1,"v":1'))


@pytest.mark.parametrize("text", [r"\u0000", r"a\u0000b", r"\\\u0000", r"\n\u0000", r"\\\\\u0000"])
def test_a_nul_is_refused_in_names_and_values(text):
    for body in (f'{{"a":"{text}"}}', f'{{"{text}":1}}', f'{{"a":[["{text}"]]}}'):
        with pytest.raises(NotADocument, match="NUL"):
            decode(with_body(body))


@pytest.mark.parametrize(
    "text", [r"\ud800", r"\udc00", r"\udc00\ud800", r"\uD83Dx", r"\\\ud800", r"\ud83d\u0041"]
)
def test_half_a_character_is_refused_in_names_and_values(text):
    for body in (f'{{"a":"{text}"}}', f'{{"{text}":1}}', f'{{"a":[["{text}"]]}}'):
        with pytest.raises(NotADocument, match="half a character"):
            decode(with_body(body))


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        (r"\\u0000", r"\u0000"),
        (r"\\\\u0000", r"\\u0000"),
        (r"\\ud800", r"\ud800"),
        (r"\ud83d\ude00", "😀"),
        (r"\u0001", "\1"),
        (r"\u4ee3\u8868", "代表"),
    ],
)
def test_escapes_that_mean_something_are_taken(text, meaning):
    assert decode(with_body(f'{{"a":"{text}"}}')).body == {"a": meaning}


@pytest.mark.parametrize("version", [0, 2, -1, "1", None, True, [1], ...])
def test_another_version_is_refused_before_its_fields_are_judged(version):
    assert refused_field(written(v=version, future="field")) == "v"


@pytest.mark.parametrize("name", sorted({*FIELDS}))
def test_a_missing_field_is_refused(name):
    assert refused_field(written(**{name: ...})) == name


def test_an_unknown_field_is_refused_and_named_in_short():
    assert refused_field(written(extra=1)) == "extra"
    assert refused_field(written(**{"A" * 1000: 1})) == "A" * 64


@pytest.mark.parametrize("value", [None, True, 1, "", [], {}, ["x"], {"x": 1}])
@pytest.mark.parametrize(
    "name", sorted({*FIELDS} - {"body", "schema", "revision", "previous", "audience", "parts"})
)
def test_a_text_field_holds_text_of_its_form(name, value):
    assert refused_field(written(**{name: value})) == name


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", "01890A5D-AC96-774B-BCCE-B302099A8057"),
        ("id", "01890a5dac96774bbcceb302099a8057"),
        ("id", "3b241101-e2bb-4255-8caf-4136c566a962"),
        ("id", "01890a5d-ac96-774b-7cce-b302099a8057"),
        ("id", "01890a5d-ac96-774b-bcce-b302099a8057\n"),
        ("kind", "Report"),
        ("kind", "1report"),
        ("kind", "re port"),
        ("kind", "a" * 65),
        ("origin", "*"),
        ("origin", " 371700"),
        ("origin", "371700\n"),
        ("origin", "../371700"),
        ("origin", "1" * 33),
        ("subject", "report 1"),
        ("subject", "report:\n"),
        ("subject", "\x7f"),
        ("subject", "a" * 256),
        ("issued", "2026-07-01"),
        ("issued", "2026-07-01T08:30:00Z"),
        ("issued", "2026-07-01T08:30:00.250"),
        ("issued", "2026-07-01T08:30:00.250+00:00"),
        ("issued", "2026-07-01T08:30:00.250000Z"),
        ("issued", "2026-07-01T24:00:00.000Z"),
        ("issued", "2026-07-01T08:60:00.000Z"),
        ("issued", "2026-02-30T08:30:00.250Z"),
        ("issued", "0000-01-01T00:00:00.000Z"),
        ("issued", "1999-12-31T23:59:59.999Z"),
        ("issued", "3000-01-01T00:00:00.000Z"),
        ("issued", "9999-12-31T23:59:59.000Z"),
        ("issued", "２０２６-07-01T08:30:00.250Z"),
        ("schema", 0),
        ("schema", True),
        ("schema", "1"),
        ("schema", MAX_COUNT + 1),
        ("revision", 0),
        ("revision", -1),
        ("revision", True),
        ("revision", None),
        ("revision", MAX_COUNT + 1),
        ("previous", ""),
        ("previous", 1),
        ("previous", []),
        ("previous", "0" * 63),
        ("previous", "A" * 64),
        ("body", None),
        ("body", []),
        ("body", "{}"),
        ("audience", None),
        ("audience", "371700"),
        ("audience", {"371700": 1}),
        ("audience", ["371721", "371700"]),
        ("audience", ["371700", "371700"]),
        ("audience", ["*", "371700"]),
        ("audience", ["*", "*"]),
        ("audience", [371700]),
        ("audience", [None, None]),
        ("audience", [["*"]]),
        ("audience", [""]),
    ],
)
def test_a_field_of_the_wrong_form_is_refused(name, value):
    assert refused_field(written(**{name: value})) == name


PART = {"name": "list.xlsx", "hash": "0" * 64, "size": 4}


@pytest.mark.parametrize(
    "parts",
    [
        None,
        {},
        ["list.xlsx"],
        [[]],
        [{}],
        [PART, PART],
        [PART | {"extra": 1}],
        [{"name": "list.xlsx", "size": 4}],
        [PART | {"name": ""}],
        [PART | {"name": "../list.xlsx"}],
        [PART | {"name": ".."}],
        [PART | {"name": "a/b"}],
        [PART | {"name": "a\\b"}],
        [PART | {"name": "a\nb"}],
        [PART | {"name": "a" * 121}],
        [PART | {"name": 1}],
        [PART | {"hash": "0" * 62}],
        [PART | {"hash": None}],
        [PART | {"size": -1}],
        [PART | {"size": True}],
        [PART | {"size": "4"}],
        [PART | {"size": None}],
    ],
)
def test_parts_are_named_once_each_with_hash_and_size(parts):
    assert refused_field(written(parts=parts)) == "parts"


def test_a_part_has_its_own_limit():
    assert decode(written(parts=[PART | {"size": MAX_PARTS}])).parts[0].size == MAX_PARTS
    with pytest.raises(DocumentTooLarge) as caught:
        decode(written(parts=[PART | {"size": MAX_PARTS + 1}]))
    assert caught.value.detail == {"size": MAX_PARTS + 1, "limit": MAX_PARTS}


def test_every_refusal_says_what_it_is_about():
    for refusal in (Refused(), NotADocument(), DocumentTooLarge()):
        assert refusal.message


def test_an_outcome_is_stored_as_its_word():
    assert list(Outcome) == ["applied", "parked", "aside"]


def test_all_parts_together_have_the_limit_of_one_so_that_a_message_holds_them():
    half = [PartReference(name, bytes(32), MAX_PARTS // 2) for name in "ab"]
    ensure_portable(decode(encode(**FIELDS | {"parts": half})))
    with pytest.raises(DocumentTooLarge) as caught:
        encode(**FIELDS | {"parts": [*half, PartReference("c", bytes(32), 1)]})
    assert caught.value.detail == {"size": MAX_PARTS + 1, "limit": MAX_PARTS}


def test_what_is_stored_already_is_read_however_large_its_parts_are():
    parts = [PART | {"name": name, "size": MAX_PARTS} for name in "ab"]
    document = decode(written(parts=parts))
    with pytest.raises(DocumentTooLarge):
        ensure_portable(document)
