"""Getting documents into a store that is overloaded, away, or takes only small requests."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest

from customer360.stores.ports import Fate, SearchDocument, WriteResult
from indexer.delivery import writing
from indexer.delivery.writing import write_all


class Store:
    """Takes up to `most` documents a request; is away for the first `outage` requests."""

    def __init__(self, most: int, outage: int = 0) -> None:
        self._most, self._outage = most, outage
        self.held: list[str] = []
        self.sizes: list[int] = []

    def write(self, generation: str, documents: Sequence[SearchDocument]) -> list[WriteResult]:
        self.sizes.append(len(documents))
        if len(self.sizes) <= self._outage:
            return [WriteResult(document.id, Fate.RETRY) for document in documents]
        if len(documents) > self._most:
            return [WriteResult(document.id, Fate.SPLIT) for document in documents]
        self.held += [document.id for document in documents]
        return [WriteResult(document.id, Fate.DONE) for document in documents]


DOCUMENTS = [SearchDocument("entry", f"{number:032x}", 1, None, 1) for number in range(1_000)]
IDS = [document.id for document in DOCUMENTS]


def test_batches_grow_again_after_an_outage(monkeypatch: pytest.MonkeyPatch) -> None:
    # given a store that is away for ten requests, so that batches have shrunk to one document
    monkeypatch.setattr(writing, "_FIRST_PAUSE", 0.0)
    store = Store(most=1_000, outage=10)
    # when
    assert write_all(store, "g", DOCUMENTS, threading.Event(), size=100) == []  # type: ignore[arg-type]  # its write only
    # then everything is there once, and not one by one
    assert store.held == IDS
    assert store.sizes[10] == 1
    assert max(store.sizes[10:]) == 100
    assert len(store.sizes) < 40


def test_a_store_that_takes_only_small_requests_gets_them() -> None:
    store = Store(most=30)
    assert write_all(store, "g", DOCUMENTS, threading.Event(), size=100) == []  # type: ignore[arg-type]  # its write only
    assert store.held == IDS
