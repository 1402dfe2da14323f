"""POST /documents takes a file with its metadata; GET /documents/{id}/content gives its bytes, logged and verified."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from api.answers import JSON
from api.bodies import MIB
from api.edge import Edge, edge_of
from customer360.archive.content import Span, Stored, span_of, verified
from customer360.errors import BadInput, NotFound, TooLarge
from customer360.ids import is_id
from customer360.privacy.roles import Scope
from indexer.sources.cloudevents import UnsupportedMediaType

_METADATA_BYTES = 64 * 1024
_STATUS = {"accepted": 201, "duplicate": 200, "rejected": 400, "conflict": 409}
# A document is somebody else's content: it may be shown in the page, and nothing in it may run or reach out.
_SAFE = {
    "content-security-policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'",
    "x-content-type-options": "nosniff",
    "cache-control": "private, no-store",
    "cross-origin-resource-policy": "same-origin",
    "accept-ranges": "bytes",
}


async def post_document(request: Request) -> Response:
    """multipart/form-data with a part `metadata` (JSON) and a part `file`. Idempotent by source and id."""
    edge = edge_of(request)
    principal = await edge.authentication.principal(request)
    principal.require(Scope.DOCUMENTS_WRITE)
    form = await _form(request, edge)
    try:
        metadata, upload = _parts(form)
        archiving = edge.archiving(principal.id)
        with tempfile.NamedTemporaryFile(prefix="c360-upload-") as file:
            await asyncio.to_thread(shutil.copyfileobj, upload.file, file)
            file.flush()
            archived = await archiving.archive(metadata, Path(file.name), _media_type(upload))
    finally:
        await form.close()
    verdict = archived.verdict
    edge.meters.received(verdict.outcome)
    answer: dict[str, Any] = {"outcome": verdict.outcome, "id": verdict.id}
    if verdict.stored:
        answer |= {"sha256": archived.digests.sha256, "size": archived.digests.size}
    else:
        error = {"code": verdict.code, "field": verdict.field, "message": verdict.reason}
        answer["error"] = {name: value for name, value in error.items() if value is not None}
    return JSON(answer, _STATUS[verdict.outcome])


async def get_content(request: Request) -> Response:
    """All of it or one range. The read is committed to the audit log before the first byte is on its way."""
    edge = edge_of(request)
    principal = await edge.authentication.principal(request)
    principal.require(Scope.DOCUMENTS_READ)
    rows, document_id = edge.archive, request.path_params["id"]
    found = await edge.run(lambda: rows.stored(document_id)) if is_id(document_id) else None
    if found is None:
        raise NotFound("there is no such document, or only its metadata is held")
    stored, title, member_id = found
    etag = f'"{stored.sha256}"'
    span = span_of(_range(request, etag), stored.size)
    headers = {
        **_SAFE,
        "etag": etag,
        "content-disposition": _disposition(title, stored.media_type),
    }
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    whole = span or Span(0, stored.size)
    headers["content-length"] = str(whole.end - whole.start)
    if span is not None:
        headers["content-range"] = f"bytes {span.start}-{span.end - 1}/{stored.size}"
    await edge.run(lambda: rows.log_read(document_id, member_id, principal.id))
    status = 200 if span is None else 206
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers, media_type=_shown_type(stored))
    body = await _started(verified(edge.blobs, stored, whole))
    return StreamingResponse(body, status, headers, _shown_type(stored))


def _range(request: Request, etag: str) -> str | None:
    """None when If-Range names other bytes (RFC 9110 section 13.1.5): then all of it is sent. A date is never ours."""
    condition = request.headers.get("if-range")
    return request.headers.get("range") if condition is None or condition.strip() == etag else None


async def _started(blocks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The first MiB is verified before any header is sent, so that damage is an error and not a cut."""
    first = await anext(blocks, b"")

    async def rest() -> AsyncIterator[bytes]:
        yield first
        async for block in blocks:
            yield block

    return rest()


async def _form(request: Request, edge: Edge) -> FormData:
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise UnsupportedMediaType("send multipart/form-data", field="content-type")
    limit = edge.settings.max_document_mb * MIB + 2 * _METADATA_BYTES
    parser = MultiPartParser(
        request.headers, _limited(request, limit), max_files=1, max_fields=1, max_part_size=_METADATA_BYTES
    )
    try:
        return await parser.parse()
    except MultiPartException as error:
        raise BadInput(error.message, code="INVALID_MULTIPART") from None
    except TooLarge as error:
        size = request.headers.get("content-length", "unknown")
        await edge.archiving(None).refuse_unread({"contentLength": size}, error)
        raise


async def _limited(request: Request, limit: int) -> AsyncGenerator[bytes, None]:
    announced = request.headers.get("content-length", "")
    too_large = TooLarge(f"a document has at most {limit // MIB} MB", field="file", code="DOCUMENT_TOO_LARGE")
    if announced.isdecimal() and int(announced) > limit:
        raise too_large
    seen = 0
    async for chunk in request.stream():
        seen += len(chunk)
        if seen > limit:
            raise too_large
        yield chunk


def _parts(form: FormData) -> tuple[dict[str, Any], UploadFile]:
    sent, upload = form.get("metadata"), form.get("file")
    if not isinstance(upload, UploadFile):
        raise BadInput("a part `file` with the document is missing", field="file", code="MISSING_PART")
    if not isinstance(sent, str):
        raise BadInput("a part `metadata` with JSON is missing", field="metadata", code="MISSING_PART")
    try:
        metadata = orjson.loads(sent)
    except orjson.JSONDecodeError:
        raise BadInput("the metadata is not JSON", field="metadata", code="INVALID_JSON") from None
    if not isinstance(metadata, dict):
        raise BadInput("the metadata is a JSON object", field="metadata", code="INVALID_JSON")
    return metadata, upload


def _media_type(upload: UploadFile) -> str:
    return (upload.content_type or "application/octet-stream").partition(";")[0].strip().lower()


def _shown_type(stored: Stored) -> str:
    return "text/plain; charset=utf-8" if stored.media_type == "text/plain" else stored.media_type


def _disposition(title: str, media_type: str) -> str:
    ending = ".pdf" if media_type == "application/pdf" else ".txt"
    return f"inline; filename*=UTF-8''{quote(title[:120], safe='')}{ending}"


ROUTES = [
    Route("/documents", post_document, methods=["POST"]),
    Route("/documents/{id}/content", get_content, methods=["GET"]),
]
