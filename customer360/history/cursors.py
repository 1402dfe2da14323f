"""Signed, opaque cursors: a caller can hand them back, but neither read, make nor change one.

A paging cursor fixes what is paged (kind, customer, members, question) and how far it got; a live cursor is a place
in the change log. Wrong in any way is CursorInvalid, with the reason of nothing else.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeVar

import msgspec

from customer360.errors import CursorInvalid
from customer360.stores.ports import Position

MAX_MEMBERS = 128  # more are told by their digest only
_LONGEST = 16_384  # characters of a cursor with all its members, generously
_MAC = 16  # bytes of HMAC-SHA-256: 128 bits


class LiveCursor(msgspec.Struct, frozen=True, array_like=True):
    """Everything up to `seq` is known to its holder; it was so at `at` (µs, database clock), which tells its age."""

    seq: int
    at: int


class PagingCursor(msgspec.Struct, frozen=True, array_like=True):
    """`members` is what the paging reads, empty when only `digest` tells them.

    `question` is a digest of the filter, `began` where the change log stood when the first page was read.
    """

    kind: str
    members: tuple[str, ...]
    digest: bytes
    question: bytes
    began: LiveCursor
    at: int
    id: str

    @property
    def position(self) -> Position:
        return Position(self.at, self.id)


class OffsetCursor(msgspec.Struct, frozen=True, array_like=True):
    """A place in a ranking: how many of it were shown."""

    kind: str
    question: bytes
    offset: int


Cursor = PagingCursor | LiveCursor | OffsetCursor
C = TypeVar("C", PagingCursor, LiveCursor, OffsetCursor)


@dataclass(frozen=True, slots=True)
class CursorCodec:
    """`sign` is a keyed hash of the installation (`Ids.digest`)."""

    sign: Callable[[str, str], bytes]

    def encode(self, cursor: Cursor) -> str:
        body = msgspec.msgpack.encode(cursor)
        return base64.urlsafe_b64encode(self._mac(type(cursor), body) + body).decode().rstrip("=")

    def paging(self, text: str) -> PagingCursor:
        return self._decode(text, PagingCursor)

    def live(self, text: str) -> LiveCursor:
        return self._decode(text, LiveCursor)

    def offset(self, text: str) -> OffsetCursor:
        return self._decode(text, OffsetCursor)

    def _decode(self, text: str, kind: type[C]) -> C:
        raw = _bytes(text)
        mac, body = raw[:_MAC], raw[_MAC:]
        if not hmac.compare_digest(mac, self._mac(kind, body)):
            raise _invalid()
        try:
            return msgspec.msgpack.decode(body, type=kind)
        except msgspec.DecodeError:  # signed by us, by another version of this product
            raise _invalid() from None

    def _mac(self, kind: type[Cursor], body: bytes) -> bytes:
        return self.sign(f"cursor {kind.__name__} v1", base64.b64encode(body).decode())[:_MAC]


def digest(parts: Sequence[str]) -> bytes:
    """Eight bytes that tell one list of texts from another; no secret."""
    return sha256(msgspec.msgpack.encode(list(parts))).digest()[:8]


def _bytes(text: str) -> bytes:
    if len(text) > _LONGEST:
        raise _invalid()
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise _invalid() from None
    if base64.urlsafe_b64encode(raw).decode().rstrip("=") != text:  # one spelling only
        raise _invalid()
    return raw


def _invalid() -> CursorInvalid:
    return CursorInvalid("this cursor is not one of ours; begin again without it", field="after")
