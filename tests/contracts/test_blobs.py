"""What every store of document bytes does: run by the folder and by a real S3 server."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from customer360.config import Settings
from customer360.errors import NotFound
from customer360.stores.blobs import FolderBlobs, S3Blobs, s3_store
from customer360.stores.ports import BlobStore
from tests.servers.s3 import S3Server

CONTENT = bytes(range(256)) * 9_000  # a little over 2 MiB
DIGEST = sha256(CONTENT).hexdigest()
Make = Callable[[], BlobStore]


@pytest.fixture(params=["folder", "s3"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    if request.param == "folder":
        return FolderBlobs(tmp_path / "blobs")
    server: S3Server = request.getfixturevalue("s3")
    environment = {**server.environment(), "BLOB_URL": f"s3://{server.bucket}/{secrets.token_hex(4)}"}
    return S3Blobs(s3_store(Settings.from_env(environment)))


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "document"
    path.write_bytes(CONTENT)
    return str(path)


async def read(blobs: BlobStore, start: int, end: int) -> bytes:
    return b"".join([chunk async for chunk in blobs.read(DIGEST, start, end)])


async def test_bytes_come_back_whole_and_in_part(blobs: BlobStore, file: str) -> None:
    await blobs.put(DIGEST, file)
    assert await blobs.size(DIGEST) == len(CONTENT)
    assert await read(blobs, 0, len(CONTENT)) == CONTENT
    assert await read(blobs, 1_048_570, 1_048_590) == CONTENT[1_048_570:1_048_590]


async def test_storing_a_digest_again_changes_nothing(blobs: BlobStore, file: str, tmp_path: Path) -> None:
    # given stored bytes
    await blobs.put(DIGEST, file)
    # when other bytes are offered under their digest
    other = tmp_path / "other"
    other.write_bytes(b"forged")
    await blobs.put(DIGEST, str(other))
    # then the first ones stay
    assert await read(blobs, 0, 10) == CONTENT[:10]


async def test_what_is_not_there_is_not_found(blobs: BlobStore) -> None:
    assert await blobs.size(DIGEST) is None
    with pytest.raises(NotFound):
        await read(blobs, 0, 10)


async def test_deleted_bytes_are_gone_and_deleting_again_is_fine(blobs: BlobStore, file: str) -> None:
    await blobs.put(DIGEST, file)
    assert list(blobs.list()) == [DIGEST]
    await blobs.delete(DIGEST)
    await blobs.delete(DIGEST)
    assert await blobs.size(DIGEST) is None
    assert list(blobs.list()) == []
