"""Document bytes in a folder: written beside, synced, renamed into place, so that a digest's file is whole or absent."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from customer360.errors import NotFound

_CHUNK = 1 << 20


class FolderBlobs:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, sha256: str, path: str) -> None:
        await asyncio.to_thread(self._put, sha256, Path(path))

    async def size(self, sha256: str) -> int | None:
        try:
            return (await asyncio.to_thread(self._place(sha256).stat)).st_size
        except FileNotFoundError:
            return None

    async def read(self, sha256: str, start: int, end: int) -> AsyncIterator[bytes]:
        while start < end:
            chunk = await asyncio.to_thread(self._read, sha256, start, min(end, start + _CHUNK))
            if not chunk:
                return
            yield chunk
            start += len(chunk)

    async def delete(self, sha256: str) -> None:
        await asyncio.to_thread(self._place(sha256).unlink, missing_ok=True)

    def list(self) -> Iterator[str]:
        return (found.name for found in self._folder.glob("??/*") if len(found.name) == 64)

    def _place(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256

    def _read(self, sha256: str, start: int, end: int) -> bytes:
        try:
            with self._place(sha256).open("rb") as stream:
                stream.seek(start)
                return stream.read(end - start)
        except FileNotFoundError:
            raise NotFound("the bytes of this document are not in the store") from None

    def _put(self, sha256: str, source: Path) -> None:
        place = self._place(sha256)
        if place.exists():
            return
        place.parent.mkdir(parents=True, exist_ok=True)
        draft = place.with_name(f".{sha256}.{secrets.token_hex(4)}")
        try:
            with source.open("rb") as reader, draft.open("xb") as writer:
                shutil.copyfileobj(reader, writer, _CHUNK)
                writer.flush()
                os.fsync(writer.fileno())
            draft.rename(place)
        finally:
            draft.unlink(missing_ok=True)
        for folder in (place.parent, self._folder):
            _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    """A rename is durable only with its folder."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
