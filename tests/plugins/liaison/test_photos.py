"""Photos keep their picture and lose what the camera wrote beside it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renda.errors import Invalid
from renda.files import kinds
from renda_liaison.photos import bare
from tests.plugins.liaison.pictures import JFIF, PLACE, SCAN, TABLE, chunk, exif, jpeg, png, segment

COLOURS = segment(0xE2, b"ICC_PROFILE\x00\x01\x01profile")


def test_a_plain_picture_stays_as_it_is():
    assert bare(png()) == png()
    assert bare(jpeg(COLOURS)) == jpeg(COLOURS)


def test_place_time_and_device_go_and_how_to_turn_it_stays():
    for order in "<>":
        kept = bare(jpeg(exif(order)))
        assert PLACE not in kept
        assert segment(0xE1, b"")[:2] in kept
        assert bare(kept) == kept
        assert kept.index(b"Exif") < kept.index(TABLE)
    assert b"Exif" not in bare(jpeg(exif(turn=1)))


@pytest.mark.parametrize(
    "said",
    [
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00" + PLACE),
        segment(0xE1, b"Exif\x00\x00MM\x00*\xff\xff\xff\xff" + PLACE),
        segment(0xE2, b"MPF\x00" + PLACE),
        segment(0xED, b"Photoshop 3.0\x00" + PLACE),
        segment(0xFE, PLACE),
    ],
)
def test_whatever_else_stands_beside_the_picture_goes(said):
    assert bare(jpeg(said)) == bare(jpeg())


def test_chunks_of_text_and_time_go():
    told = [chunk(name, PLACE) for name in (b"tEXt", b"iTXt", b"zTXt", b"eXIf", b"tIME", b"prVt")]
    assert bare(png(*told)) == png()


def test_what_follows_the_picture_goes():
    assert bare(png() + PLACE) == png()
    assert bare(jpeg(after=jpeg(exif()) + PLACE)) == bare(jpeg())


def test_several_scans_are_one_picture():
    between = segment(0xC4, bytes(20))
    whole = b"\xff\xd8" + JFIF + SCAN[:-2] + between + SCAN[:-2] + b"\xff\xd9"
    assert bare(whole) == whole


@pytest.mark.parametrize("made", [png(), jpeg(), jpeg(exif(), COLOURS)])
def test_a_picture_that_was_cut_is_refused(made):
    for end in range(8, len(made)):
        with pytest.raises(Invalid):
            bare(made[:end])


@given(st.binary(max_size=300))
def test_no_bytes_break_it(rest):
    for start in (png()[:33], b"\xff\xd8\xff", jpeg()[:20]):
        try:
            kept = bare(start + rest)
        except Invalid:
            continue
        assert kinds.judge("a.png" if start.startswith(b"\x89") else "a.jpg", kept, ("png", "jpeg"))
