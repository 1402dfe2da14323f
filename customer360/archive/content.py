"""Reading a document's bytes: nothing leaves that does not hash to what was recorded when it came in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from customer360.archive.digests import BLOCK, check_block
from customer360.errors import BadInput, IntegrityBroken
from customer360.stores.ports import BlobStore


@dataclass(frozen=True, slots=True)
class Stored:
    """What is recorded of a document's bytes."""

    sha256: str
    size: int
    media_type: str
    blocks: bytes


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes [start, end)."""

    start: int
    end: int


class RangeUnsatisfiable(BadInput):
    """Nothing of the document is in the asked range (HTTP 416)."""

    code = "RANGE_UNSATISFIABLE"
    status = 416


def span_of(header: str | None, size: int) -> Span | None:
    """The one range of a Range header (RFC 9110 section 14.2); None: send all of it.

    A header that is not understood or names several ranges is passed over, as the standard allows.
    """
    unit, _, wanted = (header or "").partition("=")
    first, dash, last = wanted.strip().partition("-")
    if unit.strip().lower() != "bytes" or not dash or "," in wanted or not (first + last).isdecimal():
        return None
    if not first:
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < int(first):
            return None
    if start >= size or start >= end:
        raise RangeUnsatisfiable("the range lies outside of the document")
    return Span(start, end)


async def verified(blobs: BlobStore, stored: Stored, span: Span) -> AsyncIterator[bytes]:
    """The bytes of the span, each MiB verified whole before any of it is given. IntegrityBroken, NotFound."""
    for number in range(span.start // BLOCK, -(-span.end // BLOCK)):
        offset = number * BLOCK
        block = b"".join(
            [chunk async for chunk in blobs.read(stored.sha256, offset, min(offset + BLOCK, stored.size))]
        )
        if not block:
            raise IntegrityBroken("the document store has fewer bytes than were archived")
        check_block(stored.blocks, number, block)
        yield block[max(0, span.start - offset) : span.end - offset]
