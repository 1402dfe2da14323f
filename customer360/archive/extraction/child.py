"""What runs in the child: limits first, then the file. Nothing here may be called in a process that must live."""

from __future__ import annotations

import resource
import signal
from pathlib import Path
from typing import Any

import pypdfium2

MEMORY = 1 << 30  # bytes of address space
CPU_SECONDS = 20
WALL_SECONDS = 30
PAGE_CHARACTERS = 100_000  # of one page; a page with more is cut
_PASSWORD = 4  # FPDF_ERR_PASSWORD


def limit() -> None:
    """What is over a limit ends the process; the alarm is left to its default, which ends it too."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(WALL_SECONDS)


def read(path: str, media_type: str, max_pages: int, *, with_text: bool) -> dict[str, Any]:
    """{"pages": n, "text": [...]} or {"code", "reason"}."""
    if Path(path).stat().st_size == 0:
        return {"code": "DOCUMENT_BROKEN", "reason": "the file is empty"}
    return (_pdf if media_type == "application/pdf" else _plain)(path, max_pages, with_text)


def _pdf(path: str, max_pages: int, with_text: bool) -> dict[str, Any]:
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == _PASSWORD or "password" in str(error).lower():
            return {
                "code": "DOCUMENT_ENCRYPTED",
                "reason": "the PDF is encrypted; archive it without a password",
            }
        return {"code": "DOCUMENT_BROKEN", "reason": "the file is no readable PDF"}
    count = len(document)
    if count == 0:
        return {"code": "DOCUMENT_BROKEN", "reason": "the PDF has no pages"}
    if count > max_pages:
        return {"code": "DOCUMENT_TOO_LONG", "reason": f"the PDF has {count} pages, {max_pages} are allowed"}
    text = [_page_text(document, number) for number in range(count)] if with_text else []
    return {"pages": count, "text": text}


def _page_text(document: pypdfium2.PdfDocument, number: int) -> str:
    try:
        page = document[number]
    except pypdfium2.PdfiumError:
        return ""  # a page without readable text is found by its number and title only
    try:
        found: str = page.get_textpage().get_text_bounded()
    except pypdfium2.PdfiumError:
        return ""
    finally:
        page.close()
    return _clean(found)


def _plain(path: str, max_pages: int, with_text: bool) -> dict[str, Any]:
    try:
        text = Path(path).read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        return {"code": "DOCUMENT_BROKEN", "reason": "the file is not text in UTF-8"}
    pages = text.split("\f")
    if len(pages) > max_pages:
        return {"code": "DOCUMENT_TOO_LONG", "reason": f"more than {max_pages} pages"}
    return {"pages": len(pages), "text": [_clean(page) for page in pages] if with_text else []}


def _clean(text: str) -> str:
    """What PostgreSQL can hold and a search can use."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()[:PAGE_CHARACTERS]
