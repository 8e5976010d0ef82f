"""Directives in random trees: honest ones, those of a county that cheats, answers and decisions by anybody."""

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from renda_tiers.directives import bodies, bounds
from tests.tiers.simulation.world import CITY, Said, World

DUES = ("2026-05-18", "2026-05-20", "2026-05-22")
TEXTS = ("办", "办好", "办好并报", "别的")
STEPS = ([], ["一"], ["一", "二"], ["二", "一"])


@st.composite
def trees(draw: st.DrawFn) -> dict[str, str | None]:
    """A city with one to three counties, and up to three townships in each."""
    tree: dict[str, str | None] = {CITY: None}
    for county in range(1, draw(st.integers(1, 3)) + 1):
        code = f"90000{county}"
        tree[code] = CITY
        for town in range(1, draw(st.integers(0, 3)) + 1):
            tree[f"{code}10{town}"] = code
    return tree


def body(**said: Any) -> dict[str, Any]:
    """A directive's body, of its plainest form but for what is given."""
    given = {
        "title": "任务",
        "text": TEXTS[0],
        "due": DUES[1],
        "days": None,
        "steps": [],
        "report": None,
        "selection": {"rule": "list", "tier": "", "module": "", "name": ""},
        "targets": [],
        "parent": None,
        "state": "open",
        "of": None,
        "reason": "",
    }
    return {**given, **said}


def direct(world: World, origin: str, name: str, said: dict[str, Any], **more: Any) -> Said:
    """Say a directive; its audience is what it should be, unless another is given."""
    above: set[str] = set(more.pop("above", ()))
    audience = sorted({*said["targets"], *above})
    return world.say("directive", origin, bodies.subject(origin, name), said, audience=audience, **more)


def named(parent: Said, *, carried: bool) -> dict[str, Any]:
    """How a child names its parent."""
    if carried:
        return bounds.carrying(parent.signed, parent.hash)
    return {"document": parent.hash.hex(), "envelope": None}


def respond(
    world: World, origin: str, directive: Said, state: str, steps: Sequence[int], **more: Any
) -> Said:
    """Answer a directive."""
    said = {
        "directive": directive.hash.hex(),
        "state": state,
        "note": "",
        "steps": list(steps),
        "report": None,
    }
    subject = bodies.response_subject(directive.document.subject, origin)
    return world.say("response", origin, subject, said, audience=(CITY, origin), **more)


def decide(world: World, origin: str, response: Said, decision: str, **more: Any) -> Said:
    """Decide about a response."""
    said = {"response": response.hash.hex(), "decision": decision, "reason": "因为"}
    subject = bodies.verification_subject(response.hash)
    return world.say("verification", origin, subject, said, audience=(CITY,), **more)


@st.composite
def worlds(draw: st.DrawFn, actions: int = 9) -> World:
    """A founded world in which directives are issued, broken down, revised, ended, answered and decided."""
    world = World(draw(trees())).found()
    said: list[Said] = [_issue(draw, world, CITY)]
    responses: list[Said] = []
    for action in draw(st.lists(st.sampled_from(ACTIONS), min_size=2, max_size=actions)):
        if action == "issue":
            said.append(_issue(draw, world, draw(st.sampled_from(sorted(world.tree)))))
        elif action == "break":
            said.append(_break_down(draw, world, draw(st.sampled_from(said))))
        elif action == "revise":
            said.append(_revise(draw, world, draw(st.sampled_from(said))))
        elif action == "end":
            said.append(_end(draw, world, draw(st.sampled_from(said))))
        elif action == "decide" and responses:
            response = draw(st.sampled_from(responses))
            directive = next(one for one in said if one.hash.hex() == response.document.body["directive"])
            judge = draw(st.sampled_from([directive.document.origin] * 4 + [response.document.origin]))
            decide(world, judge, response, draw(st.sampled_from(["verify", "return"])))
        else:
            responses.append(_respond(draw, world, draw(st.sampled_from(said))))
    return world


ACTIONS = ["issue"] + ["break"] * 4 + ["revise", "end"] + ["respond"] * 4 + ["decide"] * 3


def _targets(draw: st.DrawFn, codes: Sequence[str]) -> list[str]:
    return sorted(draw(st.sets(st.sampled_from(sorted(codes)), min_size=1, max_size=4)))


def _issue(draw: st.DrawFn, world: World, origin: str) -> Said:
    said = body(
        targets=_targets(draw, list(world.tree)),
        due=draw(st.sampled_from(DUES)),
        text=draw(st.sampled_from(TEXTS)),
        steps=draw(st.sampled_from(STEPS)),
    )
    if draw(st.booleans()):
        below = [code for code in world.tree if origin in path(world.tree, code)[1:]]
        said["targets"] = _targets(draw, below) if below else said["targets"]
    return direct(world, origin, f"d{len(world.said)}", said, signer=_signer(draw, world, origin))


def _signer(draw: st.DrawFn, world: World, origin: str) -> str:
    return draw(st.sampled_from([origin] * 8 + sorted(world.tree)[:1]))


def _break_down(draw: st.DrawFn, world: World, parent: Said) -> Said:
    """By a target as it should, or by anybody with anything later, wider or less."""
    outer = parent.document.body
    origin = draw(st.sampled_from(outer["targets"] * 4 + sorted(world.tree)[:2]))
    below = [code for code in world.tree if origin in path(world.tree, code)[1:]]
    honest = draw(st.booleans())
    said = body(
        targets=_targets(draw, below if honest and below else list(world.tree)),
        due=outer["due"] if honest else draw(st.sampled_from(DUES)),
        text=outer["text"] if honest else draw(st.sampled_from(TEXTS)),
        steps=outer["steps"] if honest else draw(st.sampled_from(STEPS)),
        parent=named(parent, carried=draw(st.booleans())),
    )
    above = bounds.above(parent.document) | {parent.document.origin}
    if not honest and draw(st.booleans()):
        above = frozenset()
    return direct(
        world, origin, f"d{len(world.said)}", said, above=above, signer=_signer(draw, world, origin)
    )


def _revise(draw: st.DrawFn, world: World, one: Said) -> Said:
    said = {**one.document.body, "due": draw(st.sampled_from(DUES)), "steps": draw(st.sampled_from(STEPS))}
    return _again(draw, world, one, {**said, "state": "open", "of": None})


def _end(draw: st.DrawFn, world: World, one: Said) -> Said:
    state = draw(st.sampled_from(["closed", "cancelled"]))
    return _again(draw, world, one, {**one.document.body, "state": state, "of": one.hash.hex()})


def _again(draw: st.DrawFn, world: World, one: Said, said: dict[str, Any]) -> Said:
    name = one.document.subject.rpartition(":")[2]
    fork = draw(st.sampled_from([None, None, one.document.revision]))
    return direct(world, one.document.origin, name, said, above=bounds.above(one.document), revision=fork)


def _respond(draw: st.DrawFn, world: World, one: Said) -> Said:
    said = one.document.body
    origin = draw(st.sampled_from(said["targets"] * 3 + sorted(world.tree)[:1]))
    state = draw(st.sampled_from(["received", "acknowledged", "progress", "done", "done", "done"]))
    whole = range(len(said["steps"]))
    steps = whole if draw(st.booleans()) else draw(st.sampled_from([[], [0], [0, 1]]))
    return respond(world, origin, one, state, steps, signer=_signer(draw, world, origin))


def path(tree: dict[str, str | None], code: str) -> list[str]:
    """A body and those above it."""
    found = [code]
    while parent := tree[found[-1]]:
        found.append(parent)
    return found
