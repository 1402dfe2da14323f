"""Reading a request's body within limits: bytes on the wire, bytes after gunzip, their ratio, and time."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

import orjson
from starlette.requests import Request

from customer360.errors import BadInput, TooLarge
from indexer.sources.cloudevents import UnsupportedMediaType

KIB, MIB = 1024, 1024 * 1024
_CHUNK = 64 * KIB
_GZIP = 16 + zlib.MAX_WBITS


class BodyTimeout(BadInput):
    """The body did not arrive in time."""

    code = "BODY_TIMEOUT"
    status = 408


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """`size` holds before and after gunzip; `ratio` of the two is checked from 64 KiB on; `seconds` for the whole body."""

    size: int
    ratio: int = 100
    seconds: float = 30.0


async def read_body(request: Request, limits: BodyLimits, *, gzip: bool = False) -> bytes:
    """The whole body. TooLarge before more than the limit is held; BodyTimeout when it only drips in.

    UnsupportedMediaType for any content coding but, where allowed, one layer of gzip.
    """
    compressed = _coding(request, gzip=gzip)
    _refuse_announced(request, limits.size)
    try:
        async with asyncio.timeout(limits.seconds):
            stream = request.stream()
            chunks = _inflated(stream, limits) if compressed else stream
            return await _joined(chunks, limits.size)
    except TimeoutError:
        raise BodyTimeout(f"the body must arrive within {limits.seconds:g} s") from None


async def read_json(request: Request, limits: BodyLimits) -> object:
    """A JSON body. UnsupportedMediaType for another content type, BadInput with code INVALID_JSON."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != "application/json":
        raise UnsupportedMediaType("send application/json", field="content-type")
    try:
        return orjson.loads(await read_body(request, limits))
    except orjson.JSONDecodeError:
        raise BadInput("the body is not JSON in UTF-8", code="INVALID_JSON") from None


def _coding(request: Request, *, gzip: bool) -> bool:
    codings = [
        coding.strip().lower()
        for value in request.headers.getlist("content-encoding")
        for coding in value.split(",")
        if coding.strip().lower() not in ("", "identity")
    ]
    if not codings:
        return False
    if gzip and codings in (["gzip"], ["x-gzip"]):
        return True
    raise UnsupportedMediaType(
        "send the body as it is" + (" or in one layer of gzip" if gzip else ""), field="content-encoding"
    )


def _refuse_announced(request: Request, limit: int) -> None:
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and (len(announced) > 15 or int(announced) > limit):
        raise _too_large(limit)


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"the body is larger than {limit} bytes")


async def _joined(chunks: AsyncIterator[bytes], limit: int) -> bytes:
    held = bytearray()
    async for chunk in chunks:
        if len(held) + len(chunk) > limit:
            raise _too_large(limit)
        held += chunk
    return bytes(held)


async def _inflated(stream: AsyncIterator[bytes], limits: BodyLimits) -> AsyncIterator[bytes]:
    """Never holds more than one chunk of output, whatever the input claims to be."""
    inflater = zlib.decompressobj(_GZIP)
    taken = given = 0
    async for data in stream:
        taken += len(data)
        if taken > limits.size:
            raise _too_large(limits.size)
        while data:
            piece = _step(inflater, data)
            given += len(piece)
            if given > _CHUNK and given > taken * limits.ratio:
                raise TooLarge(
                    f"the body inflates to more than {limits.ratio} times its size", code="ZIP_BOMB"
                )
            yield piece
            data = inflater.unconsumed_tail
    if not inflater.eof:
        raise BadInput("the gzip body ends too early", code="INVALID_GZIP")


def _step(inflater: zlib._Decompress, data: bytes) -> bytes:
    if inflater.eof:
        raise BadInput("something follows the end of the gzip body", code="INVALID_GZIP")
    try:
        piece = inflater.decompress(data, _CHUNK)
    except zlib.error:
        raise BadInput("the body is not gzip", code="INVALID_GZIP") from None
    if inflater.unused_data:
        raise BadInput("something follows the end of the gzip body", code="INVALID_GZIP")
    return piece
