"""Ranks the customers a typed text may mean: its keys first, then names, each customer once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from customer360.customers.ports import MemberStore
from customer360.errors import EventRejected, SearchUnavailable
from customer360.history.batch import SearchBatch
from customer360.ids import Ids
from customer360.keys import KEY_TYPES, Key
from customer360.stores.ports import MemberHit, MembersQuestion
from customer360.threads import Threads

MAX_HITS = 1_000


@dataclass(frozen=True, slots=True)
class Ranking:
    """(public id, what it matched on), best first. `degraded`: names had to be exact."""

    found: list[tuple[str, str]]
    degraded: bool = False


class Finder:
    def __init__(self, members: MemberStore, ids: Ids, threads: Threads) -> None:
        self._members = members
        self._ids = ids
        self._threads = threads

    async def rank(self, batch: SearchBatch, text: str, wanted: int) -> Ranking:
        """At most `wanted` customers."""
        found = await self._by_key(text)
        if len(found) >= wanted or not any(character.isalpha() for character in text):
            return Ranking(list(found.items())[:wanted])
        try:
            names, degraded = await self._by_name(batch, text, wanted), False
        except SearchUnavailable:
            names, degraded = await self._threads.run(self._members.named, text, wanted), True
        for customer_id in names:
            found.setdefault(customer_id, "name")
        return Ranking(list(found.items())[:wanted], degraded)

    async def _by_key(self, text: str) -> dict[str, str]:
        """Public id to key type, the strongest type first."""
        asked = {self._ids.member(key.type, key.value): key.type for key in possible_keys(text)}
        resolved = await self._threads.run(self._members.resolve, list(asked))
        found: dict[str, str] = {}
        for id, key_type in asked.items():
            if id in resolved:
                found.setdefault(resolved[id], key_type)
        return found

    async def _by_name(self, batch: SearchBatch, text: str, wanted: int) -> list[str]:
        """Several members of one customer may match, so more hits than customers are asked for."""
        size = min(MAX_HITS, 2 * wanted + 10)
        while True:
            [answer] = await batch.ask([MembersQuestion(text, size)])
            hits = cast("list[MemberHit]", answer)
            resolved = await self._threads.run(self._members.resolve, [hit.member_id for hit in hits])
            customers = list(dict.fromkeys(resolved[h.member_id] for h in hits if h.member_id in resolved))
            if len(customers) >= wanted or len(hits) < size or size == MAX_HITS:
                return customers[:wanted]
            size = min(MAX_HITS, size * 4)


def possible_keys(text: str) -> list[Key]:
    """Every key the text can be read as, strongest first."""
    found = []
    for key_type in KEY_TYPES:
        try:
            found.append(Key.make(key_type, text))
        except EventRejected:
            continue
    return found
