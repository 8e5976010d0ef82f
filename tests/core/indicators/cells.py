"""Cells for the tests: short constructors and Hypothesis strategies that make only valid ones."""

from typing import Any

from hypothesis import strategies as st

from renda.indicators.kinds import Basis, Cell, Kind, Qualifier, Status

MEANING = "ab" * 32
SUMMABLE = (Kind.SUM, Kind.STOCK)
IDEMPOTENT = (Kind.LOW, Kind.HIGH, Kind.DISTINCT)

codes = st.sampled_from(["371700", "371702", "371721", "371721001", "371721002"])
qualifiers = st.sampled_from(Qualifier)
keys = st.frozensets(st.integers(0, 12) | st.sampled_from([-(2**63), 2**63 - 1]), max_size=6)


def cell(kind: Kind, value: int | None = None, **rest: Any) -> Cell:
    """A cell of an indicator that all tests share; without a value or texts it is not applicable."""
    fields = {"indicator": "T02", "meaning": MEANING, "kind": kind, "value": value} | rest
    if value is None and not rest.get("texts"):
        fields.setdefault("status", Status.NOT_APPLICABLE)
    return Cell(**fields)


def total(value: int | None, **rest: Any) -> Cell:
    """A cell of kind sum."""
    return cell(Kind.SUM, value, **rest)


def stock(value: int | None, **rest: Any) -> Cell:
    """A cell of kind stock."""
    return cell(Kind.STOCK, value, **rest)


def persons(*who: int, **rest: Any) -> Cell:
    """A distinct cell that counted these keys."""
    return cell(Kind.DISTINCT, len(set(who)), keys=frozenset(who), **rest)


def nil(kind: Kind, **rest: Any) -> Cell:
    """An explicit zero."""
    return cell(kind, 0, status=Status.NIL, **rest)


@st.composite
def reported(draw: st.DrawFn, kind: Kind, basis: Basis = Basis.INCREMENT) -> Cell:
    """A reported cell of one kind."""
    rest: dict[str, Any] = {"basis": basis, "qualifier": draw(qualifiers)}
    if kind is Kind.TEXT:
        texts = st.lists(st.tuples(codes, st.text(min_size=1, max_size=5)), min_size=1, max_size=2)
        return cell(kind, texts=tuple(draw(texts)), **rest)
    if kind is Kind.DISTINCT:
        return persons(*draw(keys), **rest)
    holder = draw(st.none() | codes) if kind in (Kind.LOW, Kind.HIGH) else None
    return cell(kind, draw(st.integers(-(10**6), 10**6)), holder=holder, **rest)


def cells(kind: Kind, basis: Basis = Basis.INCREMENT) -> st.SearchStrategy[Cell]:
    """A valid cell of one kind in any status."""
    return reported(kind, basis) | st.just(nil(kind, basis=basis)) | st.just(cell(kind, basis=basis))


def families(*kinds: Kind, max_size: int = 6) -> st.SearchStrategy[list[Cell]]:
    """Cells of one figure, of one of the kinds (all by default)."""
    return st.sampled_from(kinds or tuple(Kind)).flatmap(lambda k: st.lists(cells(k), max_size=max_size))
