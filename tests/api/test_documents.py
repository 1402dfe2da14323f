"""Documents over HTTP: archived once, read only when logged and whole."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from api.app import build_app
from api.assembly import add_graphql, make_edge
from api.edge import Edge
from customer360.config import Settings
from customer360.ids import Ids
from customer360.privacy.roles import Role
from customer360.stores.postgres.engine import transaction
from indexer.projection.consumer import ProjectionConsumer
from indexer.projection.project import Projector
from tests.api.conftest import ORIGIN
from tests.archive import files

PDF = "application/pdf"


@pytest.fixture
def edge(settings: Settings, database_url: str) -> Edge:
    made = make_edge(settings, database_url)
    add_graphql(made, settings, database_url)
    return made


@pytest.fixture
def client(edge: Edge) -> Iterator[TestClient]:
    with TestClient(build_app(edge), base_url=ORIGIN, client=("127.0.0.1", 50_000)) as made:
        yield made


@pytest.fixture
def integrator(bearer: Callable[[Role], dict[str, str]]) -> dict[str, str]:
    return bearer(Role.INTEGRATOR)


def send(
    client: TestClient,
    header: dict[str, str],
    content: bytes,
    *,
    media_type: str = PDF,
    name: str = "fatura.pdf",
    **metadata: Any,
) -> Any:
    told = {"id": "d1", "source": "bills", "title": "Fatura", "subject": "cpf:52998224725", **metadata}
    return client.post(
        "/documents",
        headers=header,
        data={"metadata": json.dumps(told)},
        files={"file": (name, content, media_type)},
    )


def project(engine: Engine, settings: Settings) -> None:
    ids = Ids((settings.secret or "").encode())
    consumer = ProjectionConsumer(engine, ids, Projector(ids, settings.zone), "test")
    consumer.take_leases()
    while consumer.run_once():
        pass


def rows(engine: Engine, statement: str) -> list[tuple[Any, ...]]:
    with transaction(engine) as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def test_a_document_is_archived_once_and_its_bytes_come_back(
    client: TestClient, integrator: dict[str, str], engine: Engine, settings: Settings
) -> None:
    # given a document sent twice
    content = files.pdf("Total a pagar")
    first, second = send(client, integrator, content), send(client, integrator, content)
    assert (first.status_code, first.json()["outcome"]) == (201, "accepted")
    assert (second.status_code, second.json()["outcome"]) == (200, "duplicate")
    project(engine, settings)
    # when its bytes are asked for, whole and in part
    path = f"/documents/{first.json()['id']}/content"
    whole = client.get(path, headers=integrator)
    part = client.get(path, headers={**integrator, "Range": "bytes=0-3"})
    # then they are the ones that were sent, with headers that let nothing in them run
    assert (whole.status_code, whole.content) == (200, content)
    assert (part.status_code, part.content) == (206, b"%PDF")
    assert part.headers["content-range"] == f"bytes 0-3/{len(content)}"
    assert whole.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert whole.headers["x-content-type-options"] == "nosniff"
    assert whole.headers["cache-control"] == "private, no-store"


def test_one_viewing_is_logged_once_and_before_any_byte(
    client: TestClient, integrator: dict[str, str], engine: Engine, settings: Settings
) -> None:
    # given a document
    made = send(client, integrator, files.pdf("x")).json()
    project(engine, settings)
    path = f"/documents/{made['id']}/content"
    # when it is read in several parts
    for _ in range(3):
        client.get(path, headers={**integrator, "Range": "bytes=0-9"})
    # then there is one entry that names the document and the reader
    assert rows(engine, "SELECT action, object_id FROM audit_entry WHERE action = 'document.read'") == [
        ("document.read", made["id"])
    ]
    # and when the log cannot be written, nothing is read
    rows(engine, "ALTER TABLE audit_entry RENAME TO audit_entry_gone; SELECT 1")
    unlogged = client.get(path, headers=integrator)
    assert (unlogged.status_code, unlogged.json()["error"]["code"]) == (500, "INTERNAL")


def test_damaged_bytes_are_an_error_and_not_a_document(
    client: TestClient, integrator: dict[str, str], engine: Engine, settings: Settings
) -> None:
    made = send(client, integrator, files.pdf("x")).json()
    project(engine, settings)
    (file,) = (settings.data_dir / "documents").glob("*/*")
    file.write_bytes(b"%PDF forged" + file.read_bytes()[11:])
    answer = client.get(f"/documents/{made['id']}/content", headers=integrator)
    assert answer.status_code == 500
    assert b"forged" not in answer.content


@pytest.mark.parametrize(
    ("content", "media_type", "code"),
    [
        (b"no pdf", PDF, "DOCUMENT_BROKEN"),
        (b"", PDF, "DOCUMENT_BROKEN"),
        (b"", "text/plain", "DOCUMENT_BROKEN"),
        (files.encrypted_pdf(), PDF, "DOCUMENT_ENCRYPTED"),
        (b"<html>", "text/html", "MEDIA_TYPE_UNSUPPORTED"),
    ],
)
def test_a_file_that_cannot_be_archived_is_quarantined_with_its_reason(
    client: TestClient, integrator: dict[str, str], engine: Engine, content: bytes, media_type: str, code: str
) -> None:
    answer = send(client, integrator, content, media_type=media_type)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
    assert rows(engine, "SELECT code, state FROM quarantine") == [(code, "open")]
    assert rows(engine, "SELECT count(*) FROM event_log") == [(0,)]


def test_other_bytes_under_the_same_id_are_a_conflict(
    client: TestClient, integrator: dict[str, str], engine: Engine
) -> None:
    send(client, integrator, files.pdf("one"))
    answer = send(client, integrator, files.pdf("two"))
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "ID_CONFLICT")
    assert rows(engine, "SELECT count(*) FROM event_log") == [(1,)]


def test_the_same_bytes_from_another_file_are_a_duplicate(
    client: TestClient, integrator: dict[str, str], engine: Engine
) -> None:
    send(client, integrator, files.pdf("one"), name="fatura.pdf")
    answer = send(client, integrator, files.pdf("one"), name="fatura (1).pdf")
    assert (answer.status_code, answer.json()["outcome"]) == (200, "duplicate")
    assert rows(engine, "SELECT count(*) FROM event_log") == [(1,)]


def test_another_content_type_is_unsupported(
    client: TestClient, integrator: dict[str, str], engine: Engine
) -> None:
    answer = client.post("/documents", headers=integrator, json={"id": "d1"})
    error = {"code": answer.json()["error"]["code"], "field": answer.json()["error"]["field"]}
    assert (answer.status_code, error) == (415, {"code": "UNSUPPORTED_MEDIA_TYPE", "field": "content-type"})
    assert rows(engine, "SELECT count(*) FROM quarantine") == [(0,)]


@pytest.mark.parametrize("id", ["%00", "x", "0" * 31, "A" * 32, "0" * 32 + "%0A", "0" * 32])
def test_an_id_of_another_form_is_not_found(client: TestClient, integrator: dict[str, str], id: str) -> None:
    answer = client.get(f"/documents/{id}/content", headers=integrator)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "NOT_FOUND")


def test_a_part_is_sent_only_of_the_bytes_that_the_reader_has(
    client: TestClient, integrator: dict[str, str], engine: Engine, settings: Settings
) -> None:
    # given a document of which somebody has the beginning
    content = files.pdf("x")
    made = send(client, integrator, content).json()
    project(engine, settings)
    path, asked = f"/documents/{made['id']}/content", {**integrator, "Range": "bytes=0-3"}
    etag = client.get(path, headers=integrator).headers["etag"]
    # when a part is asked for if the bytes are still the same, others, or of a day
    same, other, day = (
        client.get(path, headers={**asked, "If-Range": condition})
        for condition in (etag, '"other"', "Sun, 01 Mar 2026 12:00:00 GMT")
    )
    # then only the first gets the part
    assert (same.status_code, same.content) == (206, b"%PDF")
    assert (other.status_code, other.content) == (200, content)
    assert (day.status_code, day.content) == (200, content)


def test_an_oversized_file_is_refused_and_noted(
    client: TestClient, edge: Edge, integrator: dict[str, str], engine: Engine, settings: Settings
) -> None:
    limit = settings.max_document_mb * 1_048_576
    answer = client.post(
        "/documents",
        headers={
            **integrator,
            "content-type": "multipart/form-data; boundary=x",
            "content-length": str(2 * limit),
        },
        content=b"--x",
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "DOCUMENT_TOO_LARGE")
    assert rows(engine, "SELECT code FROM quarantine") == [("DOCUMENT_TOO_LARGE",)]


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"data": {"metadata": "{}"}, "files": {"other": ("x", b"x", PDF)}}, "file"),
        ({"files": {"file": ("x", b"x", PDF)}}, "metadata"),
        ({"data": {"metadata": "not json"}, "files": {"file": ("x", b"x", PDF)}}, "metadata"),
    ],
)
def test_missing_parts_are_named(
    client: TestClient, integrator: dict[str, str], parts: dict[str, Any], field: str
) -> None:
    answer = client.post("/documents", headers=integrator, **parts)
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, field)


def test_agents_may_read_but_not_archive(
    client: TestClient, bearer: Callable[[Role], dict[str, str]], engine: Engine
) -> None:
    assert send(client, bearer(Role.AGENT), files.pdf("x")).status_code == 403
    assert rows(engine, "SELECT count(*) FROM event_log") == [(0,)]
    assert client.get("/documents/" + "0" * 32 + "/content").status_code == 401


def test_a_document_of_a_retracted_entry_is_not_found(
    client: TestClient, integrator: dict[str, str], engine: Engine, settings: Settings, sender: dict[str, str]
) -> None:
    made = send(client, integrator, files.pdf("x")).json()
    retraction = {
        "specversion": "1.0", "id": "r", "source": "crm", "type": "c360.entry.retracted.v1",
        "data": {"source": "bills", "id": "d1", "reason": "engano"},
    }  # fmt: skip
    headers = {**sender, "content-type": "application/cloudevents+json"}
    assert client.post("/events", headers=headers, content=json.dumps(retraction)).status_code == 202
    project(engine, settings)
    assert client.get(f"/documents/{made['id']}/content", headers=integrator).status_code == 404
    assert rows(engine, "SELECT count(*) FROM audit_entry WHERE action = 'document.read'") == [(0,)]


def test_titles_cannot_break_the_header(
    client: TestClient, integrator: dict[str, str], engine: Engine, settings: Settings
) -> None:
    made = send(client, integrator, files.pdf("x"), title='a"\r\nX-Evil: 1; ação').json()
    project(engine, settings)
    answer = client.get(f"/documents/{made['id']}/content", headers=integrator)
    assert "x-evil" not in answer.headers
    assert answer.headers["content-disposition"].startswith("inline; filename*=UTF-8''a%22%0D%0AX-Evil")


def test_the_folder_holds_each_content_once(
    client: TestClient, integrator: dict[str, str], settings: Settings
) -> None:
    content = files.pdf("same")
    send(client, integrator, content, id="a")
    send(client, integrator, content, id="b")
    assert len([path for path in Path(settings.data_dir / "documents").rglob("*") if path.is_file()]) == 1
