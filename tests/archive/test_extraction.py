"""Text out of untrusted files, in children that may die."""

from __future__ import annotations

from pathlib import Path

import pytest

from customer360.archive.extraction.reader import FileReader
from tests.archive import files

PDF = "application/pdf"


@pytest.fixture(scope="module")
def reader() -> FileReader:
    return FileReader(max_pages=5)


def written(folder: Path, content: bytes) -> str:
    path = folder / "file"
    path.write_bytes(content)
    return str(path)


def test_each_page_gives_its_text(reader: FileReader, tmp_path: Path) -> None:
    found = reader.extract(written(tmp_path, files.pdf("Fatura de março", "Condições")), PDF)
    assert (found.code, found.pages, [page.strip() for page in found.text]) == (
        None,
        2,
        ["Fatura de março", "Condições"],
    )


def test_looking_at_a_file_reads_no_text(reader: FileReader, tmp_path: Path) -> None:
    looked = reader.inspect(written(tmp_path, files.pdf("a", "b", "c")), PDF)
    assert (looked.code, looked.pages, looked.text) == (None, 3, ())


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"no pdf at all", "DOCUMENT_BROKEN"),
        (b"%PDF-1.7\n" + b"\x00" * 500, "DOCUMENT_BROKEN"),
        (files.pdf("whole")[:200], "DOCUMENT_BROKEN"),
        (files.encrypted_pdf(), "DOCUMENT_ENCRYPTED"),
        (files.pdf(*"abcdef"), "DOCUMENT_TOO_LONG"),
    ],
)
def test_what_cannot_be_read_says_why(reader: FileReader, tmp_path: Path, content: bytes, code: str) -> None:
    assert reader.extract(written(tmp_path, content), PDF).code == code


def test_a_bomb_dies_in_its_child_and_the_next_file_is_read(reader: FileReader, tmp_path: Path) -> None:
    # given a small file that inflates to gigabytes
    content = files.bomb()
    assert len(content) < 100_000
    # when it is read
    found = reader.extract(written(tmp_path, content), PDF)
    # then the child gave up within its limits, and the reader goes on
    assert found.code == "DOCUMENT_TOO_HEAVY"
    assert reader.extract(written(tmp_path, files.pdf("depois")), PDF).pages == 1


def test_plain_text_is_pages_apart_by_form_feeds(reader: FileReader, tmp_path: Path) -> None:
    found = reader.extract(written(tmp_path, b"primeira\fsegunda\x00"), "text/plain")
    assert found.text == ("primeira", "segunda")
    assert reader.extract(written(tmp_path, b"\xff\xfe\xfa"), "text/plain").code == "DOCUMENT_BROKEN"
