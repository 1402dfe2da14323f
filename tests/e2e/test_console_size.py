"""What an agent's browser must load before the first screen, and what the build may say about where it came from."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

CONSOLE = Path(__file__).parents[2] / "agent_ui"
DIST = CONSOLE / "dist"
KB = 1000
ENTRY_SCRIPT, ENTRY_STYLE, PDF_VIEWER = 170 * KB, 20 * KB, 550 * KB


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    path = DIST / ".vite" / "manifest.json"
    if not path.is_file():
        pytest.skip("NOT TESTED: the console is not built")
    parts: dict[str, Any] = json.loads(path.read_text())
    return parts


def compressed(files: set[str]) -> int:
    return sum(len(gzip.compress((DIST / file).read_bytes())) for file in files)


def loaded(manifest: dict[str, Any], name: str) -> set[str]:
    """The scripts of a part with all it imports at once."""
    part = manifest[name]
    return {part["file"]}.union(*(loaded(manifest, other) for other in part.get("imports", [])))


def test_the_first_screen_stays_within_its_budget(manifest: dict[str, Any]) -> None:
    assert compressed(loaded(manifest, "index.html")) <= ENTRY_SCRIPT
    assert compressed(set(manifest["index.html"]["css"])) <= ENTRY_STYLE


def test_the_document_viewer_is_loaded_apart_and_within_its_budget(manifest: dict[str, Any]) -> None:
    # given
    entry = loaded(manifest, "index.html")
    viewer = loaded(manifest, "src/features/archive/document-viewer.tsx") - entry
    worker = {f"assets/{path.name}" for path in DIST.glob("assets/pdf.worker*.mjs")}
    # then
    assert viewer
    assert len(worker) == 1
    assert compressed(viewer | worker) <= PDF_VIEWER


def test_the_page_has_no_script_or_style_of_its_own() -> None:
    page = CONSOLE / "index.html"
    assert "<style" not in page.read_text()
    assert page.read_text().count("<script") == page.read_text().count('<script type="module" src=')


def test_the_lock_file_names_no_place_to_download_from() -> None:
    lock = json.loads((CONSOLE / "package-lock.json").read_text())
    places = {part.get("resolved", "file:") for part in lock["packages"].values()}
    assert all(place.startswith("file:") for place in places)
