from __future__ import annotations

import asyncio
import gzip
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from api.bodies import BodyLimits, read_body
from customer360.errors import BadInput

LIMIT = 3_000
bodies = st.one_of(
    st.binary(max_size=4_000),
    st.builds(lambda byte, size: byte * size, st.binary(min_size=1, max_size=1), st.integers(0, 5_000)),
)


def request(chunks: list[bytes], **headers: str) -> Request:
    """A request whose body comes in these pieces, without an announced length."""
    messages: list[dict[str, Any]] = [
        {"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks
    ]
    messages.append({"type": "http.request", "body": b"", "more_body": False})

    async def receive() -> dict[str, Any]:
        return messages.pop(0)

    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "POST", "headers": named}, receive)


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = sorted({0, len(data), *(place % (len(data) + 1) for place in places)})
    return [data[start:end] for start, end in pairwise(edges)]


@given(bodies, st.lists(st.integers(0, 10_000), max_size=5), st.booleans())
def test_a_body_comes_back_whole_or_is_refused_for_its_size(
    body: bytes, places: list[int], compressed: bool
) -> None:
    # given a body in any pieces, compressed or not
    sent = gzip.compress(body) if compressed else body
    headers = {"content_encoding": "gzip"} if compressed else {}
    limits = BodyLimits(LIMIT)

    # when
    try:
        read: bytes | str = asyncio.run(read_body(request(cut(sent, places), **headers), limits, gzip=True))
    except BadInput as error:
        read = error.code

    # then
    too_large = len(body) > LIMIT or len(sent) > LIMIT
    assert read == ("TOO_LARGE" if too_large else body)


@given(st.binary(max_size=300), st.lists(st.integers(0, 10_000), max_size=3))
def test_anything_sent_as_gzip_is_read_or_refused(data: bytes, places: list[int]) -> None:
    # when
    try:
        chunks = request(cut(data, places), content_encoding="gzip")
        read: bytes | str = asyncio.run(read_body(chunks, BodyLimits(LIMIT), gzip=True))
    except BadInput as error:
        read = error.code

    # then
    assert read == "INVALID_GZIP" or read == gzip.decompress(data)
