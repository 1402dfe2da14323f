"""Taking a document in: its bytes checked, digested and stored first, then the event that names them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from customer360.archive.digests import Digests, digest
from customer360.archive.extraction.reader import Extracted, FileReader
from customer360.errors import BadInput
from customer360.stores.ports import BlobStore
from customer360.stores.postgres.archive import ArchiveRows
from customer360.stores.postgres.ledger import Refused
from indexer.batch import Verdict

MEDIA_TYPES = ("application/pdf", "text/plain")
_FIELDS = ("title", "kind", "channel", "direction", "number")


class DocumentRefused(BadInput):
    """The file cannot be archived; it is in quarantine with its reason."""

    code = "DOCUMENT_REFUSED"


Submit = Callable[[dict[str, Any]], Awaitable[Verdict]]  # by intake, or a commit of its own for a command


@dataclass(frozen=True, slots=True)
class Archived:
    verdict: Verdict
    digests: Digests


class Archiving:
    """For one sender: `key_id` is what quarantine names."""

    def __init__(
        self,
        rows: ArchiveRows,
        blobs: BlobStore,
        reader: FileReader,
        quarantine: Callable[[Refused], None],
        submit: Submit,
        key_id: str | None,
    ) -> None:
        self._rows = rows
        self._blobs = blobs
        self._reader = reader
        self._quarantine = quarantine
        self._submit = submit
        self._key_id = key_id

    async def archive(self, metadata: dict[str, Any], file: Path, media_type: str) -> Archived:
        """Repeatable by (source, id). DocumentRefused for a file that cannot be read; bytes are kept all the same.

        `metadata`: id, source, subject, time as in a CloudEvent, and title, kind, channel, direction, number.
        """
        with file.open("rb") as stream:
            digests = await asyncio.to_thread(digest, stream)
        await self._blobs.put(digests.sha256, str(file))
        event = _event(metadata, digests, media_type)
        looked = await self._inspect(file, media_type)
        if looked.code is not None:
            refusal = DocumentRefused(looked.reason, field="file", code=looked.code)
            await self.refuse_unread(event, refusal)
            raise refusal
        await asyncio.to_thread(self._rows.record_blob, digests, media_type)
        return Archived(await self._submit(event), digests)

    async def refuse_unread(self, told: dict[str, Any], error: BadInput) -> None:
        """Puts what is known of the file, and why it was refused, into quarantine."""
        body = orjson.dumps(told, option=orjson.OPT_SORT_KEYS)
        digest_of = self._rows.ids.digest("quarantine", error.code, self._key_id or "", body.decode())
        refused = Refused(digest_of, error.code, error.field, error.reason, None, self._key_id, body)
        await asyncio.to_thread(self._quarantine, refused)

    async def _inspect(self, file: Path, media_type: str) -> Extracted:
        if media_type not in MEDIA_TYPES:
            return Extracted(
                code="MEDIA_TYPE_UNSUPPORTED", reason=f"only {' and '.join(MEDIA_TYPES)} can be archived"
            )
        return await asyncio.to_thread(self._reader.inspect, str(file), media_type)


def _event(metadata: dict[str, Any], digests: Digests, media_type: str) -> dict[str, Any]:
    """Without the file's name: the same bytes sent again from another folder are the same document."""
    data = {name: metadata[name] for name in _FIELDS if metadata.get(name) is not None}
    data |= {"mediaType": media_type, "sha256": digests.sha256, "size": digests.size}
    return {
        "specversion": "1.0",
        "type": "c360.document.archived.v1",
        **{
            name: metadata[name]
            for name in ("id", "source", "subject", "time")
            if metadata.get(name) is not None
        },
        "data": data,
    }
