"""The digests of a document: SHA-256 of all of it, and of each MiB, so that every partial read can be verified."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import BinaryIO

from customer360.errors import IntegrityBroken

BLOCK = 1 << 20
_DIGEST = 32


@dataclass(frozen=True, slots=True)
class Digests:
    """`blocks`: 32 bytes per MiB, in order; the last block may be shorter."""

    sha256: str
    size: int
    blocks: bytes


def digest(stream: BinaryIO) -> Digests:
    """Reads the stream to its end, a MiB at a time."""
    whole, blocks, size = sha256(), bytearray(), 0
    while block := stream.read(BLOCK):
        whole.update(block)
        blocks += sha256(block).digest()
        size += len(block)
    return Digests(whole.hexdigest(), size, bytes(blocks))


def check_block(blocks: bytes, number: int, content: bytes) -> None:
    """IntegrityBroken unless these are the bytes of that MiB."""
    if sha256(content).digest() != blocks[number * _DIGEST : (number + 1) * _DIGEST]:
        raise IntegrityBroken(f"MiB {number} of the document differs from what was archived")
