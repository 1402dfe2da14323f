"""What one API process holds, in one place that every handler reaches through its request."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

from starlette.requests import HTTPConnection

from api.access.authentication import Authentication
from api.access.sign_in import SignIn
from api.bodies import MIB, BodyLimits
from api.console import Console
from api.meters import Meters
from api.readiness import Check
from customer360.archive.extraction.reader import FileReader
from customer360.config import Settings
from customer360.stores.ports import BlobStore
from customer360.stores.postgres.archive import ArchiveRows
from customer360.stores.postgres.ledger import Refused
from indexer.archiving import Archiving
from indexer.intake import Intake, Verdict

if TYPE_CHECKING:
    from api.graphql import GraphQL
    from api.stream import Streams
    from customer360.services import Services

T = TypeVar("T")
EVENT_BYTES = 256 * 1024
EVENT_ITEMS = 1_000


class Closing(Protocol):
    """Anything to be ended when the process stops."""

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class ArchiveParts:
    """What documents need: rows about bytes, the bytes, the reader of files, and where refused ones go."""

    rows: ArchiveRows
    blobs: BlobStore
    reader: FileReader
    quarantine: Callable[[Refused], None]


@dataclass
class Edge:
    """`readiness` and `closing` are lists that other parts add to. `services` is None only in tests of the edge alone."""

    settings: Settings
    intake: Intake
    authentication: Authentication
    sign_in: SignIn
    meters: Meters
    threads: ThreadPoolExecutor
    streams: Streams
    console: Console | None = None
    graphql: GraphQL | None = None
    services: Services | None = None
    archive_parts: ArchiveParts | None = None
    readiness: list[Check] = field(default_factory=list)
    closing: list[Closing] = field(default_factory=list)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    event_body: BodyLimits = field(default_factory=lambda: BodyLimits(EVENT_BYTES))
    batch_body: BodyLimits = field(default_factory=lambda: BodyLimits(5 * MIB))
    json_body: BodyLimits = field(default_factory=lambda: BodyLimits(MIB))

    async def run(self, work: Callable[[], T]) -> T:
        """Blocking work in the few threads of the edge."""
        return await asyncio.get_running_loop().run_in_executor(self.threads, work)

    @property
    def archive(self) -> ArchiveRows:
        return self._archive_parts.rows

    @property
    def blobs(self) -> BlobStore:
        return self._archive_parts.blobs

    def archiving(self, key_id: str | None) -> Archiving:
        """For one sender of documents."""
        parts = self._archive_parts

        async def submit(raw: dict[str, Any]) -> Verdict:
            (verdict,) = await self.intake.submit([raw], key_id=key_id)
            return verdict

        return Archiving(parts.rows, parts.blobs, parts.reader, parts.quarantine, submit, key_id)

    @property
    def _archive_parts(self) -> ArchiveParts:
        assert self.archive_parts is not None, "the edge was made without services"
        return self.archive_parts

    async def close(self) -> None:
        """Intake first, so that what was taken is answered; then whatever others have added, newest first."""
        self.stopping.set()
        await self.intake.stop()
        for part in reversed(self.closing):
            await part.close()
        self.sign_in.close()
        self.threads.shutdown(wait=True)


def edge_of(connection: HTTPConnection) -> Edge:
    return cast("Edge", connection.scope["c360.edge"])
