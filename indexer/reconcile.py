"""Comparing a generation with the read models, id by id, and healing what differs: missing, stale and foreign."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Engine

from customer360.stores.ports import Kind, SearchDocument, SearchWriter
from customer360.stores.postgres.engine import transaction
from customer360.stores.postgres.readmodels import documents, generations, positions
from customer360.stores.postgres.readmodels.documents import KINDS
from indexer.delivery.writing import write_all

_PAGE = 2_000

Told = Callable[[int], None]  # how many more documents were looked at


@dataclass(slots=True)
class Drift:
    """Ids per kind of difference. `missing` and `stale` are written again, `foreign` gets a tombstone."""

    missing: list[tuple[Kind, str]] = field(default_factory=list)
    stale: list[tuple[Kind, str]] = field(default_factory=list)
    foreign: list[tuple[Kind, str, int]] = field(default_factory=list)

    @property
    def total(self) -> int:
        return len(self.missing) + len(self.stale) + len(self.foreign)


def reconcile(
    engine: Engine,
    writer: SearchWriter,
    store: str,
    stopping: threading.Event,
    told: Told = lambda amount: None,
    *,
    mend: bool = True,
) -> dict[str, Drift]:
    """What differs, per live generation; healed unless told not to, and remembered for the metrics."""
    with transaction(engine) as cursor:
        live = [held.name for held in generations.all_of(cursor, store) if held.state == "live"]
    drifts = {name: compare(engine, writer, name, told) for name in live}
    for name, drift in drifts.items():
        if mend:
            heal(engine, writer, name, drift, stopping)
        with transaction(engine) as cursor:
            generations.set_drift(cursor, name, drift.total)
    return drifts


def compare(engine: Engine, writer: SearchWriter, generation: str, told: Told = lambda amount: None) -> Drift:
    """Looks at everything confirmed; what is on its way to the store is no drift."""
    with transaction(engine) as cursor:
        confirmed = positions.positions(cursor, f"search:{generation}")
    drift = Drift()
    for kind in KINDS:
        _compare_kind(engine, writer, generation, kind, confirmed, drift, told)
    return drift


def heal(
    engine: Engine, writer: SearchWriter, generation: str, drift: Drift, stopping: threading.Event
) -> None:
    for kind in KINDS:
        ids = [doc_id for held, doc_id in [*drift.missing, *drift.stale] if held == kind]
        for start in range(0, len(ids), _PAGE):
            with transaction(engine) as cursor:
                found = documents.load(cursor, kind, ids[start : start + _PAGE])
            write_all(writer, generation, found, stopping)
        foreign = [doc_id for held, doc_id, _ in drift.foreign if held == kind]
        for start in range(0, len(foreign), _PAGE):
            strangers = _strangers(engine, writer, generation, kind, foreign[start : start + _PAGE])
            write_all(writer, generation, strangers, stopping)
    if drift.total:
        writer.refresh(generation)


def _strangers(
    engine: Engine, writer: SearchWriter, generation: str, kind: Kind, ids: Sequence[str]
) -> list[SearchDocument]:
    """Their tombstones, where the store has them. What was projected since the comparison is no stranger."""
    with transaction(engine) as cursor:
        known = {document.id for document in documents.load(cursor, kind, ids) if document.version}
    stored = writer.places(generation, kind, [doc_id for doc_id in ids if doc_id not in known])
    return [replace(held, version=held.version + 1, deleted=True) for held in stored if not held.deleted]


def _compare_kind(
    engine: Engine,
    writer: SearchWriter,
    generation: str,
    kind: Kind,
    confirmed: dict[int, int],
    drift: Drift,
    told: Told,
) -> None:
    ours, theirs = _ours(engine, kind, told), _theirs(writer, generation, kind)
    mine, other = next(ours, None), next(theirs, None)
    while mine is not None or other is not None:
        if other is None or (mine is not None and mine[0] < other[0]):
            assert mine is not None
            if not mine[2] and mine[1] <= confirmed.get(mine[3], 0):
                drift.missing.append((kind, mine[0]))
            mine = next(ours, None)
        elif mine is None or other[0] < mine[0]:
            if not other[2]:
                drift.foreign.append((kind, other[0], other[1]))
            other = next(theirs, None)
        else:
            if other[1] < mine[1] <= confirmed.get(mine[3], 0):
                drift.stale.append((kind, mine[0]))
            mine, other = next(ours, None), next(theirs, None)


def _ours(engine: Engine, kind: Kind, told: Told) -> Iterator[tuple[str, int, bool, int]]:
    after = ""
    while True:
        with transaction(engine) as cursor:
            page = documents.fingerprints(cursor, kind, after, _PAGE)
        told(len(page))
        yield from page
        if len(page) < _PAGE:
            return
        after = page[-1][0]


def _theirs(writer: SearchWriter, generation: str, kind: Kind) -> Iterator[tuple[str, int, bool]]:
    after = ""
    while True:
        page = writer.fingerprints(generation, kind, after, _PAGE)
        yield from page
        if len(page) < _PAGE:
            return
        after = page[-1][0]
