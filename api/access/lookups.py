"""Who a secret stands for, remembered for a few seconds, so that signing a request costs no SQL.

Only positive answers are remembered: a revoked credential stops within TTL, a new one works at once.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Executor
from hmac import compare_digest

from customer360 import clock
from customer360.privacy.credentials import KeyText, fingerprint
from customer360.privacy.principal import Principal
from customer360.stores.postgres.api_keys import ApiKeys
from customer360.stores.postgres.sessions import Sessions

TTL = 3.0  # seconds; with the time of a request it stays under the promised five
_HELD = 20_000


class Lookups:
    """Lives in one event loop; SQL runs in `threads`. `now` is a monotonic clock in seconds."""

    def __init__(
        self,
        sessions: Sessions,
        keys: ApiKeys,
        threads: Executor,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sessions = sessions
        self._keys = keys
        self._threads = threads
        self._now = now
        self._known: dict[bytes, tuple[float, Principal]] = {}
        self._asked: dict[bytes, asyncio.Task[Principal | None]] = {}

    async def key(self, text: str) -> Principal | None:
        """The principal of an API key; None when it is not one of ours, or revoked."""
        parsed = KeyText.parse(text)
        if parsed is None:
            return None
        return await self._find(fingerprint(text), lambda: self._find_key(parsed))

    async def session(self, token: str) -> Principal | None:
        """The principal of a cookie or bearer token."""
        digest = fingerprint(token)
        return await self._find(digest, lambda: self._sessions.find(digest))

    def forget(self, token: str) -> None:
        """After a sign-out here the answer is known to be wrong."""
        self._known.pop(fingerprint(token), None)

    def expire(self) -> None:
        """Forgets everything, as if its time were over."""
        self._known.clear()

    async def _find(self, digest: bytes, ask: Callable[[], Principal | None]) -> Principal | None:
        held = self._known.get(digest)
        if held is not None and held[0] > self._now():
            return _unexpired(held[1])
        task = self._asked.get(digest)
        if task is None:
            task = asyncio.get_running_loop().create_task(self._ask(digest, ask))
            self._asked[digest] = task
            task.add_done_callback(lambda _: self._asked.pop(digest, None))
        # One asker going away must not take the answer from the others.
        return await asyncio.shield(task)

    async def _ask(self, digest: bytes, ask: Callable[[], Principal | None]) -> Principal | None:
        asked_at = self._now()
        found = await asyncio.get_running_loop().run_in_executor(self._threads, ask)
        if len(self._known) >= _HELD:
            self._known.clear()
        if found is None:
            self._known.pop(digest, None)
        else:
            self._known[digest] = (asked_at + TTL, found)
        return found

    def _find_key(self, sent: KeyText) -> Principal | None:
        held = self._keys.find(sent.id)
        digest = fingerprint(sent.secret)
        if held is None or not any(compare_digest(digest, active) for active in held.hashes):
            return None
        return Principal(held.id, "key", held.name, None, held.scopes)


def _unexpired(principal: Principal) -> Principal | None:
    ends = principal.expires_at
    return principal if ends is None or ends > clock.now() else None
