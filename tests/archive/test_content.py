"""Ranges and the verification of every MiB that is read."""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer360.archive.content import RangeUnsatisfiable, Span, Stored, span_of, verified
from customer360.archive.digests import BLOCK, digest
from customer360.errors import IntegrityBroken
from customer360.stores.blobs import FolderBlobs

CONTENT = bytes(range(251)) * 12_600  # three MiB and a part


@pytest.mark.parametrize(
    ("header", "span"),
    [
        (None, None),
        ("bytes=0-9", Span(0, 10)),
        ("bytes=90-", Span(90, 100)),
        ("bytes=-5", Span(95, 100)),
        ("bytes=50-1000", Span(50, 100)),
        ("bytes=-1000", Span(0, 100)),
        ("bytes=0-1,5-6", None),
        ("pages=1-2", None),
        ("bytes=9-3", None),
        ("bytes=x-y", None),
        ("bytes=", None),
        ("bytes=-", None),
    ],
)
def test_one_range_is_understood_and_others_passed_over(header: str | None, span: Span | None) -> None:
    assert span_of(header, 100) == span


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_a_range_outside_of_the_document_cannot_be_satisfied(header: str) -> None:
    with pytest.raises(RangeUnsatisfiable):
        span_of(header, 100)


@given(st.text(max_size=40))
def test_no_header_breaks_it(header: str) -> None:
    try:
        span = span_of(header, 100)
    except RangeUnsatisfiable:
        return
    assert span is None or 0 <= span.start < span.end <= 100


def test_digests_are_of_the_whole_and_of_each_mib() -> None:
    made = digest(BytesIO(CONTENT))
    assert made.sha256 == sha256(CONTENT).hexdigest()
    assert made.size == len(CONTENT)
    assert made.blocks[-32:] == sha256(CONTENT[3 * BLOCK :]).digest()
    assert len(made.blocks) == 4 * 32


async def stored(tmp_path: Path) -> tuple[FolderBlobs, Stored]:
    file = tmp_path / "file"
    file.write_bytes(CONTENT)
    made = digest(BytesIO(CONTENT))
    blobs = FolderBlobs(tmp_path / "blobs")
    await blobs.put(made.sha256, str(file))
    return blobs, Stored(made.sha256, made.size, "application/pdf", made.blocks)


async def read(blobs: FolderBlobs, held: Stored, span: Span) -> bytes:
    return b"".join([block async for block in verified(blobs, held, span)])


@pytest.mark.parametrize(
    "span", [Span(0, 1), Span(BLOCK - 1, BLOCK + 1), Span(5, len(CONTENT)), Span(3 * BLOCK, 3 * BLOCK + 9)]
)
async def test_a_span_gives_exactly_its_bytes(tmp_path: Path, span: Span) -> None:
    blobs, held = await stored(tmp_path)
    assert await read(blobs, held, span) == CONTENT[span.start : span.end]


async def test_damaged_bytes_never_leave(tmp_path: Path) -> None:
    # given a document whose second MiB was damaged on disk
    blobs, held = await stored(tmp_path)
    (file,) = (tmp_path / "blobs").glob("*/*")
    content = bytearray(CONTENT)
    content[BLOCK + 7] ^= 1
    file.write_bytes(content)
    # then what does not touch it is given, and what does is refused
    assert await read(blobs, held, Span(0, 100)) == CONTENT[:100]
    with pytest.raises(IntegrityBroken):
        await read(blobs, held, Span(BLOCK, BLOCK + 1))


async def test_a_shortened_file_is_noticed(tmp_path: Path) -> None:
    blobs, held = await stored(tmp_path)
    (file,) = (tmp_path / "blobs").glob("*/*")
    file.write_bytes(CONTENT[: 3 * BLOCK])
    with pytest.raises(IntegrityBroken):
        await read(blobs, held, Span(3 * BLOCK, 3 * BLOCK + 1))
