"""Who may speak is one answer for one set of documents, whatever the order, and it always ends."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from renda_tiers.documents.authority import Authority, Control, area, resolve
from tests.tiers.simulation.world import CITY, N1, N2, NORTH, S1, SOUTH, TREE, ZONE, Said, World, public_key

ANCHORS = {CITY: [public_key(CITY)]}
CODES = sorted(TREE)
DAYS = [date(2020, 1, 1), date(2024, 1, 1), date(2026, 1, 1)]


def controls(said: list[Said]) -> list[Control]:
    kinds = ("organisation", "enrolment")
    return [Control(one.document, one.signed.key) for one in said if one.document.kind in kinds]


def answer(found: Authority):
    return found.places, found.grants, found.accepted


@st.composite
def claims(draw: st.DrawFn) -> World:
    """A founded chain in which anybody then says anything of anybody."""
    world = World(dict(TREE)).found()
    for _ in range(draw(st.integers(0, 8))):
        about, origin, signer = (draw(st.sampled_from(CODES)) for _ in range(3))
        signer = draw(st.sampled_from([origin, origin, signer]))
        if draw(st.booleans()):
            world.enrol(about, key=draw(st.integers(1, 2)), origin=origin, signer=signer)
            continue
        days = sorted(draw(st.sets(st.sampled_from(DAYS), min_size=1)))
        ends = [*days[1:], draw(st.none() | st.just(date(2027, 1, 1)))]
        edges = [(draw(st.sampled_from(CODES)), start, end) for start, end in zip(days, ends, strict=True)]
        world.place(about, edges, origin=origin, signer=signer)
    return world


@given(world=claims(), data=st.data())
def test_the_answer_does_not_depend_on_order_or_repetition(world: World, data):
    said = controls(world.said)
    mixed = data.draw(st.permutations(said)) + data.draw(st.lists(st.sampled_from(said), max_size=5))
    assert answer(resolve(ANCHORS, mixed)) == answer(resolve(ANCHORS, said))


@given(world=claims())
def test_nobody_stands_below_itself_and_everybody_hangs_on_the_root(world: World):
    found = resolve(ANCHORS, controls(world.said))
    for code, place in found.places.items():
        assert found.ancestors(code)[-1] == CITY
        assert all(edge.parent in found.places for edge in place.edges)
        for day in DAYS:
            seen = [code]
            while parents := [
                edge.parent
                for edge in found.places[seen[-1]].edges
                if edge.valid_from <= day and (edge.valid_to is None or edge.valid_to > day)
            ]:
                assert parents[0] not in seen
                seen += parents


@given(world=claims(), data=st.data())
def test_invariant_11_what_a_key_without_a_grant_says_changes_nothing(world: World, data):
    said = controls(world.said)
    before = answer(resolve(ANCHORS, said))
    for _ in range(3):
        about, origin = (data.draw(st.sampled_from(CODES)) for _ in range(2))
        world.place(about, [(origin, DAYS[0], None)], origin=origin, signer="stranger", revision=70)
        world.enrol(about, key=9, origin=origin, signer="stranger")
    assert answer(resolve(ANCHORS, controls(world.said))) == before


def test_two_moves_that_would_put_two_bodies_below_one_another_end_and_one_is_refused():
    world = World(dict(TREE)).found()
    world.place(NORTH, [(SOUTH, DAYS[0], None)], origin=CITY, revision=2)
    world.place(SOUTH, [(NORTH, DAYS[0], None)], origin=CITY, revision=2)
    found = resolve(ANCHORS, controls(world.said))
    assert len({one.hash for one in world.said[-2:]} & found.accepted) == 1
    assert {found.places[NORTH].parent, found.places[SOUTH].parent} & {CITY}


def test_the_higher_tier_outranks_a_higher_revision():
    world = World(dict(TREE)).found()
    world.move(N1, SOUTH, DAYS[2])
    world.place(N1, [(NORTH, DAYS[0], None)], origin=NORTH, revision=9)
    found = resolve(ANCHORS, controls(world.said))
    assert found.places[N1].parent == SOUTH


def test_a_moved_body_keeps_the_keys_that_its_former_parent_granted():
    world = World(dict(TREE)).found()
    world.move(N1, SOUTH, DAYS[2])
    found = resolve(ANCHORS, controls(world.said))
    assert public_key(N1) in found.grants[N1]


def test_a_county_speaks_for_nobody_outside_its_subtree():
    world = World(dict(TREE)).found()
    stolen = world.place(S1, [(ZONE, DAYS[0], None)], origin=NORTH)
    enrolled = world.enrol(S1, key=1, origin=NORTH)
    inside = world.enrol(N2, key=1, origin=NORTH)
    found = resolve(ANCHORS, controls(world.said))
    assert not {stolen.hash, enrolled.hash} & found.accepted
    assert inside.hash in found.accepted


@given(st.sampled_from([S1, ZONE]), st.integers(2, 2**31 - 1))
def test_a_county_takes_no_body_of_its_sibling_by_claiming_it(body: str, revision: int):
    world = World(dict(TREE)).found()
    before = resolve(ANCHORS, controls(world.said)).places[body]
    world.place(body, [(NORTH, DAYS[0], None)], origin=NORTH, revision=revision)
    assert resolve(ANCHORS, controls(world.said)).places[body] == before


def test_an_area_is_what_its_codes_begin_with():
    assert [area(code) for code in ("370000", "371700", "371721", "371721001", "c")] == [
        "37",
        "3717",
        "371721",
        "371721001",
        "c",
    ]
