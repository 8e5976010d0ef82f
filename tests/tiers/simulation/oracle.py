"""What must come out: judged and folded in plain Python from the documents that a node has been given.

It shares with the node only the algebra of `renda.indicators.kinds`. It knows honest documents and the
forgeries of `world` (another's key), and nothing of tables, batches or order.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from renda.clock import local_day
from renda.indicators.folds import Folded, fold_tree
from renda.indicators.kinds import Basis, Cell, Kind, Qualifier, Status
from renda.indicators.periods import Period
from renda_tiers.documents.envelope import Document
from tests.tiers.simulation.world import CITY, Said, public_key

SIGNS = {"=": Qualifier.EXACT, ">=": Qualifier.AT_LEAST, "~": Qualifier.ABOUT}
Edges = list[tuple[str, date, date | None]]


def rank(document: Document) -> tuple[int, Any, bytes]:
    return (document.revision, document.issued, document.hash)


@dataclass
class Oracle:
    """The state that a set of delivered documents amounts to."""

    edges: dict[str, Edges]
    keys: dict[str, set[bytes]]
    definitions: dict[bytes, Document]
    reports: dict[bytes, Document]
    reviews: dict[bytes, Document]
    tiers: dict[str, str]
    closings: dict[tuple[str, bytes], tuple[Any, set[str]]] = field(default_factory=dict)

    def speaks(self, said: Said) -> bool:
        """Whether the key was granted, and not closed without keeping this."""
        origin, key = said.document.origin, said.signed.key
        closing = self.closings.get((origin, key))
        return key in self.keys.get(origin, ()) if closing is None else said.hash.hex() in closing[1]

    def parent(self, code: str, day: date) -> str | None:
        for parent, start, end in self.edges[code]:
            if start <= day and (end is None or end > day):
                return parent
        return None

    def ancestors(self, code: str, day: date) -> list[str]:
        found = [code]
        while parent := self.parent(found[-1], day):
            found.append(parent)
        return found

    def subtree(self, code: str, day: date) -> list[str]:
        return [one for one in self.edges if code in self.ancestors(one, day)]

    def inner(self, day: date) -> set[str]:
        return {parent for code in self.edges if (parent := self.parent(code, day))}

    def standing(self, code: str, period: str, standing: str) -> Document | None:
        revisions = sorted(
            (one for one in self.reports.values() if (one.origin, one.body["period"]) == (code, period)),
            key=rank,
        )
        for one in reversed(revisions):
            if standing == "latest" or code == CITY or self.decision(one) == "endorse":
                return one
        return None

    def decision(self, report: Document) -> str | None:
        said = [one for one in self.reviews.values() if one.body["report"] == report.hash.hex()]
        return max(said, key=rank).body["decision"] if said else None

    def cells(self, report: Document) -> Iterable[Cell]:
        lines = {one["indicator"]: one for one in self._definition(report).body["lines"]}
        for cell in report.body["cells"]:
            line = lines[cell[0]]
            extra = cell[5] if len(cell) > 5 else None
            kind = Kind(line["kind"])
            yield Cell(
                indicator=cell[0],
                dimension=cell[1],
                meaning=line["meaning"],
                kind=kind,
                basis=Basis(line["basis"]),
                status=Status(cell[2]),
                value=cell[3],
                qualifier=SIGNS[cell[4]],
                keys=frozenset(extra) if isinstance(extra, list) else frozenset(),
                holder=report.origin if kind in {Kind.LOW, Kind.HIGH} and cell[3] is not None else None,
                texts=((report.origin, extra),) if isinstance(extra, str) else (),
            )

    def _definition(self, report: Document) -> Document:
        return self.definitions[bytes.fromhex(report.body["definition"])]

    def late(self, report: Document) -> bool:
        days = self._definition(report).body["due_days"]
        return local_day(report.issued) > Period.parse(report.body["period"]).end + timedelta(days=days)

    def figures(
        self, organisation: str, period: str, standing: str
    ) -> dict[tuple[str, str, str], tuple[Folded, int, int]]:
        """By (indicator, dimension, meaning): the fold of a subtree, how many were late, how many not endorsed."""
        parts: dict[tuple[str, str, str], list[tuple[Cell, bool, bool]]] = {}
        for code in self.subtree(organisation, Period.parse(period).end):
            report = self.standing(code, period, standing)
            if report is None:
                continue
            other = self.standing(code, period, "endorsed" if standing == "latest" else "latest")
            for cell in self.cells(report):
                key = (cell.indicator, cell.dimension, cell.meaning)
                parts.setdefault(key, []).append((cell, self.late(report), other != report))
        return {
            key: (fold_tree(one[0] for one in many), sum(one[1] for one in many), sum(one[2] for one in many))
            for key, many in parts.items()
        }

    def rollup(self) -> dict[tuple[str, ...], tuple[Any, ...]]:
        """Every row that `tiers_rollup` must hold."""
        found: dict[tuple[str, ...], tuple[Any, ...]] = {}
        for period in {one.body["period"] for one in self.reports.values()}:
            for organisation in self.inner(Period.parse(period).end):
                for standing in ("latest", "endorsed"):
                    figures = self.figures(organisation, period, standing)
                    for (indicator, dimension, meaning), (fold, late, unendorsed) in figures.items():
                        assert fold.figure is not None
                        key = (organisation, "sim", period, standing, indicator, dimension, meaning)
                        counts = (fold.reported, fold.nil, fold.not_applicable, late, unendorsed)
                        kind = str(fold.figure.kind)
                        found[key] = (kind, fold.value, fold.holder, int(fold.qualifier), *counts)
        return found

    def keys_of_rollup(self) -> set[tuple[Any, ...]]:
        """Every row that `tiers_rollup_key` must hold."""
        return {
            (organisation, "sim", period, standing, *key, member)
            for period in {one.body["period"] for one in self.reports.values()}
            for organisation in self.inner(Period.parse(period).end)
            for standing in ("latest", "endorsed")
            for key, (fold, _late, _unendorsed) in self.figures(organisation, period, standing).items()
            for member in fold.keys
        }


def judge(delivered: Iterable[Said], anchor: bytes | None = None) -> Oracle:
    """What a node that trusts the city's key must make of these documents."""
    said = {one.hash: one for one in delivered}
    state = Oracle({}, {CITY: {anchor or public_key(CITY)}}, {}, {}, {}, {})
    # Who stands higher is heard first: what the city closes, a county has not said.
    _place(state, [one for one in said.values() if one.document.origin == CITY])
    _place(state, list(said.values()))
    speaking = [one for one in said.values() if state.speaks(one)]
    state.definitions = {one.hash: one.document for one in speaking if one.document.kind == "definition"}
    state.reports = {
        one.hash: one.document
        for one in speaking
        if one.document.kind == "report"
        and _may_report(state, one.document)
        and _stands(state, one.document.origin, Period.parse(one.document.body["period"]).end)
    }
    for one in speaking:
        document = one.document
        report = state.reports.get(bytes.fromhex(document.body.get("report", "")))
        if document.kind == "review" and report and _reviewer(state, report) == document.origin:
            state.reviews[document.hash] = document
    return state


def _may_report(state: Oracle, report: Document) -> bool:
    """Whether its definition applies to the period and is that of the highest above it whose does."""
    named = state.definitions.get(bytes.fromhex(report.body["definition"]))
    period = Period.parse(report.body["period"])
    setters = {one.origin for one in state.definitions.values() if applies(one, period)}
    above = [code for code in _path(state, report.origin, period.end) if code in setters]
    return named is not None and applies(named, period) and above[-1:] == [named.origin]


def applies(definition: Document, period: Period) -> bool:
    since = definition.body.get("since")
    return since is None or date.fromisoformat(since) <= period.start


def _path(state: Oracle, code: str, day: date) -> list[str]:
    return state.ancestors(code, day) if code in state.edges else []


def _reviewer(state: Oracle, report: Document) -> str | None:
    return state.parent(report.origin, Period.parse(report.body["period"]).end)


def _stands(state: Oracle, code: str, day: date) -> bool:
    return code == CITY or state.parent(code, day) is not None


def _place(state: Oracle, said: Sequence[Said]) -> None:
    """Places and keys, from above: in these histories a parent places and enrols, and the city moves."""
    best: dict[str, tuple[Any, ...]] = {}
    changed = True
    while changed:
        before = (len(best), sum(map(len, state.keys.values())), dict(best), dict(state.closings))
        for one in said:
            document = one.document
            if not state.speaks(one):
                continue
            code = document.body.get("organisation", "")
            if document.kind == "organisation" and (code == CITY or CITY in state.edges):
                edges = _edges(document.body)
                if not all(parent in state.edges for parent, _start, _end in edges):
                    continue
                if edges and document.origin not in _latest(state.edges, edges[-1][0]):
                    continue
                weight = (document.origin == CITY, *rank(document))
                if code not in best or weight > best[code]:
                    best[code] = weight
                    state.edges[code], state.tiers[code] = edges, document.body["tier"]
            if document.kind == "enrolment" and code in state.edges:
                parents = {parent for parent, _start, _end in state.edges[code]}
                above = any(document.origin in _latest(state.edges, parent) for parent in parents)
                if above or (code == document.origin == CITY):
                    _enrol(state, document, (document.origin == CITY, *rank(document)))
        changed = before != (
            len(best),
            sum(map(len, state.keys.values())),
            dict(best),
            dict(state.closings),
        )


def _enrol(state: Oracle, document: Document, weight: tuple[Any, ...]) -> None:
    code, body = document.body["organisation"], document.body
    if body["key"]:
        state.keys.setdefault(code, set()).add(bytes.fromhex(body["key"]))
    for key in map(bytes.fromhex, body.get("closes", ())):
        held = state.closings.get((code, key))
        if held is None or weight > held[0]:
            state.closings[code, key] = (weight, set(body["keeps"]))


def _edges(body: Mapping[str, Any]) -> Edges:
    return [
        (parent, date.fromisoformat(start), date.fromisoformat(end) if end else None)
        for parent, start, end in body["edges"]
    ]


def _latest(edges: Mapping[str, Edges], code: str) -> list[str]:
    found = [code]
    while edges[found[-1]]:
        found.append(edges[found[-1]][-1][0])
    return found
