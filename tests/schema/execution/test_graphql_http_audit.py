"""All audits of graphql-http are ok against a minimal app made of the executor and the HTTP functions."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import Response as HttpResponse
from starlette.routing import Route

from schema.execution import Executor, http
from tests.conftest import Start

from . import toy
from .http_audit import AuditPackage, audit

TOKEN = "audit-token"


def make_app() -> Starlette:
    """What the api layer does, without its product: sign-in, one route."""
    executor = Executor(toy.make_schema())

    async def graphql(sent: HttpRequest) -> HttpResponse:
        if sent.headers.get("authorization") != f"Bearer {TOKEN}":
            return HttpResponse(status_code=401)
        try:
            media_type = http.negotiated(sent.headers.get("accept"))
            if sent.method == "POST":
                request = http.from_body(sent.headers.get("content-type"), await sent.body())
            else:
                request = http.from_query(sent.query_params)
        except http.RequestRefused as refusal:
            return HttpResponse(http.encoded_error(refusal), refusal.status, media_type=http.JSON)
        response = await executor.execute(
            request,
            toy.context(True),
            visibility="agent",
            allow_introspection=False,
            allow_mutation=sent.method == "POST",
        )
        status = http.status_of(response, media_type)
        return HttpResponse(http.encoded(response), status, media_type=f"{media_type}; charset=utf-8")

    return Starlette(routes=[Route("/graphql", graphql, methods=["GET", "POST"])])


@pytest.fixture
def url() -> Iterator[str]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(make_app(), log_level="warning", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/graphql"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="module")
def package(running: Start) -> Iterator[None]:
    with running(AuditPackage()):
        yield


@pytest.mark.usefixtures("package")
@pytest.mark.timeout(300)  # the first run on a machine installs the npm package
def test_all_61_audits_are_ok(url: str) -> None:
    # given an endpoint that wants a bearer token

    # when every audit runs against it
    results = audit(url, TOKEN)

    # then there are 61 and none has a remark
    assert [result for result in results if result.status != "ok"] == []
    assert len(results) == 61


@pytest.mark.usefixtures("package")
@pytest.mark.timeout(300)  # the first run on a machine installs the npm package
def test_the_audit_sees_a_refusing_endpoint(url: str) -> None:
    # given the same endpoint

    # when the token is wrong
    results = audit(url, "wrong")

    # then the audits fail, so a green run means something
    statuses = {result.id: result.status for result in results}
    assert statuses["2C94"] == "error"
