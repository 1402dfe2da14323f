"""What GraphQL mutations need of the write side: recording facts under the service's own source, and waiting for them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from api.edge import Edge
from customer360.privacy.principal import Principal
from customer360.stores.postgres.projected import Projections
from indexer.intake import Verdict

_FIRST, _LONGEST = 0.005, 0.05  # seconds between looks; a projection takes 10 to 30 ms


@dataclass(frozen=True, slots=True)
class Recording:
    """For one principal: its id is what the ledger names as sender."""

    edge: Edge
    principal: Principal
    projections: Projections

    async def record(self, events: Sequence[dict[str, Any]], /) -> list[Verdict]:
        """One verdict each, in order, once all are durable."""
        verdicts = await self.edge.intake.submit(events, key_id=self.principal.id, own=True)
        for verdict in verdicts:
            self.edge.meters.received(verdict.outcome)
        return verdicts

    async def projected(self, event_ids: Sequence[str], /, timeout: float = 2.0) -> bool:  # noqa: ASYNC109 - the caller's word for how long the answer may take; False is a good answer
        """True as soon as the read models show all of them; False after `timeout` seconds."""
        until = time.monotonic() + timeout
        pause = _FIRST
        while not await self.edge.run(lambda: self.projections.show(event_ids)):
            if time.monotonic() + pause > until:
                return False
            await asyncio.sleep(
                pause
            )  # the cursor is polled: a NOTIFY to wait for would come later than most looks
            pause = min(2 * pause, _LONGEST)
        return True
