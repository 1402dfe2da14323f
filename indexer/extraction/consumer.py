"""One step of extraction: bytes to a temporary file, text out of a child, pages into the read model."""

from __future__ import annotations

import asyncio
import logging
import tempfile
from pathlib import Path

from customer360.archive.content import Span, Stored, verified
from customer360.archive.extraction.reader import Extracted, FileReader
from customer360.errors import IntegrityBroken, NotFound
from customer360.stores.ports import BlobStore
from customer360.stores.postgres.archive import ArchiveRows, Unpaged
from customer360.stores.postgres.readmodels import positions

log = logging.getLogger(__name__)

CONSUMER = "extraction"
_BATCH = 50
_LEASE_SECONDS = (
    15.0  # a file may take twice as long: then another worker may read it too, which does no harm
)


class ExtractionConsumer:
    """Takes documents of the partitions it leases; a file two workers read twice does no harm."""

    def __init__(self, rows: ArchiveRows, blobs: BlobStore, reader: FileReader, holder: str) -> None:
        self._rows = rows
        self._blobs = blobs
        self._reader = reader
        self._holder = holder
        self._partitions: list[int] = []

    def take_leases(self) -> None:
        self._partitions = positions.lease(self._rows.engine, CONSUMER, self._holder, _LEASE_SECONDS)

    def release(self) -> None:
        positions.release(self._rows.engine, CONSUMER, self._holder)

    def run_once(self) -> int:
        """Handles a few documents; returns how many got their pages."""
        found = self._rows.unpaged(self._partitions, _BATCH)
        for document in {item.sha256: item for item in found if item.state is None}.values():
            self._rows.record_text(document.sha256, asyncio.run(self._read(document)))
        ready = [item.id for item in self._rows.unpaged(self._partitions, _BATCH) if item.state == "done"]
        return self._rows.write_pages(ready) if ready else 0

    async def _read(self, document: Unpaged) -> Extracted:
        with tempfile.NamedTemporaryFile(prefix="c360-extract-") as file:
            try:
                await self._copy(document, Path(file.name))
            except (IntegrityBroken, NotFound) as error:
                log.error("document_unreadable", extra={"code": error.code})
                return Extracted(code=error.code, reason=error.reason)
            return await asyncio.to_thread(self._reader.extract, file.name, document.media_type)

    async def _copy(self, document: Unpaged, path: Path) -> None:
        stored = Stored(document.sha256, document.size, document.media_type, document.blocks)
        with path.open("wb") as target:
            async for block in verified(self._blobs, stored, Span(0, document.size)):
                target.write(block)
