"""The built console: its files held in memory with their headers, and the one page for every path that is not a file."""

from __future__ import annotations

import gzip
import mimetypes
import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import Response

from customer360.config import Settings
from customer360.errors import ConfigurationError

FOLDER = Path(__file__).parent.parent / "agent_ui" / "dist"
PAGE = "index.html"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self' blob:; frame-src 'self' blob:; manifest-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
_IMMUTABLE = "public, max-age=31536000, immutable"
_HASHED = re.compile(r"assets/.+-[A-Za-z0-9_-]{8,}\.[a-z0-9]+")
_COMPRESSIBLE = (
    "text/",
    "application/javascript",
    "application/json",
    "image/svg+xml",
    "application/manifest",
)
# Paths of the service itself: an unknown one below them is a mistake, not a page.
_NOT_PAGES = ("/assets/", "/events", "/graphql", "/session", "/healthz", "/readyz", "/metrics")


@dataclass(frozen=True, slots=True)
class File:
    content: bytes
    compressed: bytes | None
    media_type: str
    cache_control: str
    etag: str


class Console:
    """The files of one build. A newer build is served after a restart."""

    def __init__(self, folder: Path) -> None:
        self._files = {name: _read(name, path) for name, path in _servable(folder)}

    @classmethod
    def load(cls, settings: Settings, folder: Path = FOLDER) -> Console | None:
        """None when it is not built and not required; ConfigurationError when it is required."""
        if (folder / PAGE).is_file():
            return cls(folder)
        if settings.console_required:
            raise ConfigurationError(
                "the console is not built: run `make console`, or set C360_CONSOLE_REQUIRED=false",
                field="C360_CONSOLE_REQUIRED",
            )
        return None

    def answer(self, path: str, headers: Headers) -> Response | None:
        """A file, the page for paths of the console, None for what can only be a mistake."""
        name = path.removeprefix("/") or PAGE
        file = self._files.get(name)
        if file is None:
            if path.startswith(_NOT_PAGES):
                return None
            file = self._files[PAGE]
        return _answer(file, headers)


def _servable(folder: Path) -> list[tuple[str, Path]]:
    """Every file but the compressed twins and what the build keeps for itself."""
    found = (
        (path.relative_to(folder).as_posix(), path) for path in sorted(folder.rglob("*")) if path.is_file()
    )
    return [
        (name, path)
        for name, path in found
        if not name.startswith(".") and path.suffix not in (".gz", ".br", ".map")
    ]


def _read(name: str, path: Path) -> File:
    content = path.read_bytes()
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if media_type.startswith("text/") or media_type == "application/javascript":
        media_type += "; charset=utf-8"
    cached = _IMMUTABLE if _HASHED.fullmatch(name) else ("no-store" if name == PAGE else "no-cache")
    return File(content, _compressed(path, content, media_type), media_type, cached, _etag(content))


def _etag(content: bytes) -> str:
    return f'"{sha256(content).hexdigest()[:24]}"'


def _compressed(path: Path, content: bytes, media_type: str) -> bytes | None:
    """The twin made by the build, else made here; None where it would gain nothing."""
    twin = path.with_name(path.name + ".gz")
    if twin.is_file():
        return twin.read_bytes()
    if not media_type.startswith(_COMPRESSIBLE):
        return None
    made = gzip.compress(content, mtime=0)
    return made if len(made) < 0.9 * len(content) else None


def _answer(file: File, headers: Headers) -> Response:
    sent = {
        "cache-control": file.cache_control,
        "content-security-policy": CSP,
        "content-type": file.media_type,
        "etag": file.etag,
        "vary": "Accept-Encoding",
    }
    if headers.get("if-none-match") == file.etag:
        return Response(status_code=304, headers=sent)
    if file.compressed is not None and _accepts_gzip(headers):
        return Response(file.compressed, headers={**sent, "content-encoding": "gzip"})
    return Response(file.content, headers=sent)


def _accepts_gzip(headers: Headers) -> bool:
    for coding in headers.get("accept-encoding", "").split(","):
        name, _, quality = coding.partition(";")
        if name.strip().lower() == "gzip":
            return quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
