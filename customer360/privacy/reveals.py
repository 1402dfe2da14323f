"""The log of reveals: who saw which whole key, and why, committed before the value leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from customer360.errors import Conflict
from customer360.threads import Threads


@dataclass(frozen=True, slots=True)
class Reveal:
    """`request_id` is made of principal and idempotency key, `digest` of the input; no key value in any of it."""

    request_id: str
    digest: str
    principal_id: str
    member_id: str
    key_type: str
    reason: str


class RevealStore(Protocol):
    """Blocking."""

    def log(self, reveal: Reveal) -> bool:
        """Committed when it returns; False, and nothing logged, when the request id was used with another digest."""
        ...


class Reveals:
    def __init__(self, store: RevealStore, threads: Threads) -> None:
        self._store = store
        self._threads = threads

    async def log(self, reveal: Reveal) -> None:
        """Conflict (IDEMPOTENCY_CONFLICT) when the same request was made with another input."""
        if not await self._threads.run(self._store.log, reveal):
            reason = "this key was used before with another input"
            raise Conflict(reason, field="idempotencyKey", code="IDEMPOTENCY_CONFLICT")
