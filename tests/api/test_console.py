from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import build_app
from api.assembly import make_edge
from api.console import Console
from customer360.config import Settings
from customer360.errors import ConfigurationError
from tests.api.conftest import ORIGIN

PAGE = b"<!doctype html><title>Customer 360</title>" + b" " * 2_000
SCRIPT = b"console.log(1);" * 200


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """What a build leaves."""
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / ".vite").mkdir()
    (folder / "index.html").write_bytes(PAGE)
    (folder / "assets" / "index-B3xk9_aZ.js").write_bytes(SCRIPT)
    (folder / "assets" / "index-B3xk9_aZ.js.gz").write_bytes(gzip.compress(SCRIPT, 9))
    (folder / "favicon.svg").write_bytes(b"<svg/>")
    (folder / ".vite" / "manifest.json").write_bytes(b"{}")
    (tmp_path / "secret.txt").write_bytes(b"secret")
    return folder


@pytest.fixture
def client(settings: Settings, database_url: str, dist: Path) -> Iterator[TestClient]:
    edge = make_edge(settings, database_url, console=Console(dist))
    with TestClient(build_app(edge), base_url=ORIGIN) as made:
        yield made


@pytest.mark.parametrize("path", ["/", "/index.html", "/customers/abc", "/documents", "/a/b?c=d"])
def test_paths_of_the_console_give_its_page(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.content) == (200, PAGE)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"


def test_the_page_may_load_only_what_is_ours(client: TestClient) -> None:
    assert client.get("/").headers["content-security-policy"].split("; ") == [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "frame-src 'self' blob:",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    ]


def test_a_hashed_file_is_kept_for_ever_and_sent_compressed(client: TestClient) -> None:
    plain = client.get("/assets/index-B3xk9_aZ.js", headers={"Accept-Encoding": "identity"})
    small = client.get("/assets/index-B3xk9_aZ.js", headers={"Accept-Encoding": "br, gzip;q=0.8"})
    refused = client.get("/assets/index-B3xk9_aZ.js", headers={"Accept-Encoding": "gzip;q=0"})
    assert plain.content == small.content == SCRIPT
    assert "content-encoding" not in plain.headers
    assert "content-encoding" not in refused.headers
    assert small.headers["content-encoding"] == "gzip"
    assert int(small.headers["content-length"]) < len(SCRIPT)
    assert small.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert small.headers["vary"] == "Accept-Encoding"


def test_an_unchanged_file_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/favicon.svg")
    assert first.headers["cache-control"] == "no-cache"
    assert client.get("/favicon.svg", headers={"If-None-Match": first.headers["etag"]}).status_code == 304


def test_head_has_no_body(client: TestClient) -> None:
    answer = client.head("/")
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize(
    "path", ["/assets/gone.js", "/events/nothing", "/graphql/nothing", "/session/x", "/metrics/x", "/readyz/"]
)
def test_what_can_only_be_a_mistake_is_404(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/.vite/manifest.json",
    ],
)
def test_nothing_outside_the_build_is_served(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert b"secret" not in answer.content
    assert answer.content != b"{}"


def test_other_methods_are_no_pages(client: TestClient) -> None:
    assert client.post("/customers/abc").status_code == 404


def test_without_the_console_the_service_does_not_start_unless_told(
    settings: Settings, tmp_path: Path
) -> None:
    with pytest.raises(ConfigurationError) as refused:
        Console.load(replace(settings, console_required=True), tmp_path / "nothing")
    assert refused.value.field == "C360_CONSOLE_REQUIRED"
    assert Console.load(settings, tmp_path / "nothing") is None
