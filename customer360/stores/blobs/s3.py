"""Document bytes in an S3 bucket, through obstore; retries are its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from customer360.config import Settings
from customer360.errors import NotFound, Unavailable

_CHUNK = 1 << 20


def s3_store(settings: Settings) -> S3Store:
    """The bucket of BLOB_URL, s3://bucket/prefix."""
    parts = urlsplit(settings.blob_url or "")
    given: dict[str, Any] = {
        "region": settings.s3_region,
        "access_key_id": settings.s3_access_key,
        "secret_access_key": settings.s3_secret_key,
        "endpoint": settings.s3_endpoint,
    }
    return S3Store(
        parts.netloc,
        prefix=parts.path.strip("/") or None,
        client_options={"timeout": "10s", "allow_http": (settings.s3_endpoint or "").startswith("http://")},
        retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=20)},
        **{name: value for name, value in given.items() if value is not None},
    )


class S3Blobs:
    def __init__(self, store: S3Store) -> None:
        self._store = store

    async def put(self, sha256: str, path: str) -> None:
        if await self.size(sha256) is None:
            try:
                await obstore.put_async(self._store, _key(sha256), Path(path))
            except BaseError as error:
                raise _unavailable() from error

    async def size(self, sha256: str) -> int | None:
        try:
            return (await obstore.head_async(self._store, _key(sha256)))["size"]
        except FileNotFoundError:
            return None
        except BaseError as error:
            raise _unavailable() from error

    async def read(self, sha256: str, start: int, end: int) -> AsyncIterator[bytes]:
        while start < end:
            stop = min(end, start + _CHUNK)
            try:
                chunk = bytes(await obstore.get_range_async(self._store, _key(sha256), start=start, end=stop))
            except FileNotFoundError:
                raise NotFound("the bytes of this document are not in the store") from None
            except BaseError as error:
                raise _unavailable() from error
            if not chunk:
                return
            yield chunk
            start += len(chunk)

    async def delete(self, sha256: str) -> None:
        try:
            await obstore.delete_async(self._store, _key(sha256))
        except FileNotFoundError:
            return
        except BaseError as error:
            raise _unavailable() from error

    def list(self) -> Iterator[str]:
        for page in obstore.list(self._store):
            yield from (found["path"].rsplit("/", 1)[-1] for found in page)


def _key(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256}"


def _unavailable() -> Unavailable:
    return Unavailable("the document store does not answer", code="BLOBS_UNAVAILABLE")
