"""Reading requests, negotiating the media type, choosing the status."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.execution import Request, Response, http

QUERY = {"query": "{ __typename }"}
JSON = "application/json"
GRAPHQL = "application/graphql-response+json"


def test_a_post_is_read() -> None:
    # given all four parameters and one that nobody knows
    body = {**QUERY, "variables": {"a": 1}, "operationName": "A", "extensions": {"b": 2}, "other": 3}

    # when / then
    assert http.from_body("application/json; charset=UTF-8", json.dumps(body).encode()) == Request(
        "{ __typename }", {"a": 1}, "A", {"b": 2}
    )


def test_a_get_is_read() -> None:
    # when / then
    parameters = {"query": "{ a }", "variables": '{"a": 1}', "operationName": "A", "extensions": ""}
    assert http.from_query(parameters) == Request("{ a }", {"a": 1}, "A", None)


@pytest.mark.parametrize(
    ("content_type", "body", "status", "code"),
    [
        (None, b"{}", 415, "UNSUPPORTED_MEDIA_TYPE"),
        ("application/x-www-form-urlencoded", b"query=1", 415, "UNSUPPORTED_MEDIA_TYPE"),
        ("text/plain", b'{"query": "{ a }"}', 415, "UNSUPPORTED_MEDIA_TYPE"),
        ("application/json; charset=latin-1", b"{}", 415, "UNSUPPORTED_MEDIA_TYPE"),
        (JSON, b"", 400, "BAD_REQUEST"),
        (JSON, b'{"secret', 400, "BAD_REQUEST"),
        (JSON, b"\xff", 400, "BAD_REQUEST"),
        (JSON, b'[{"query": "{ a }"}]', 400, "BATCH_NOT_SUPPORTED"),
        (JSON, b"null", 400, "BAD_REQUEST"),
        (JSON, b"{}", 400, "BAD_REQUEST"),
        (JSON, b'{"query": ["a"]}', 400, "BAD_REQUEST"),
        (JSON, b'{"query": "{ a }", "variables": []}', 400, "BAD_REQUEST"),
        (JSON, b'{"query": "{ a }", "operationName": 0}', 400, "BAD_REQUEST"),
        (JSON, b'{"query": "{ a }", "extensions": false}', 400, "BAD_REQUEST"),
    ],
)
def test_other_bodies_are_refused(content_type: str | None, body: bytes, status: int, code: str) -> None:
    # when
    with pytest.raises(http.RequestRefused) as refusal:
        http.from_body(content_type, body)

    # then the answer names the reason and quotes nothing
    assert (refusal.value.status, refusal.value.code) == (status, code)
    assert b"secret" not in http.encoded_error(refusal.value)


@pytest.mark.parametrize("name", ["variables", "extensions"])
@pytest.mark.parametrize("text", ["{", "[]", "7", '"a"'])
def test_wrong_json_in_a_get_is_refused(name: str, text: str) -> None:
    # when / then
    with pytest.raises(http.RequestRefused) as refusal:
        http.from_query({"query": "{ a }", name: text})
    assert (refusal.value.status, refusal.value.field) == (400, name)


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        (GRAPHQL, GRAPHQL),
        (f"{JSON}, {GRAPHQL}", GRAPHQL),
        (f"{GRAPHQL}, {JSON};q=0.9", GRAPHQL),
        (f"{GRAPHQL};q=0.1, {JSON}", JSON),
        (f"{GRAPHQL};q=0.5, */*;q=0.1", GRAPHQL),
        (f"{JSON};q=0, */*", GRAPHQL),
        ("text/html, APPLICATION/JSON; charset=utf-8", JSON),
    ],
)
def test_the_media_type_is_negotiated(accept: str | None, chosen: str) -> None:
    # when / then
    assert http.negotiated(accept) == chosen


@pytest.mark.parametrize("accept", ["text/html", "application/json;q=0", "application/json;q=x"])
def test_nothing_acceptable(accept: str) -> None:
    # when / then
    with pytest.raises(http.RequestRefused) as refusal:
        http.negotiated(accept)
    assert refusal.value.status == 406


@pytest.mark.parametrize(
    ("response", "plain", "graphql"),
    [
        (Response({"a": 1}), 200, 200),
        (Response(None, [{"message": "x", "extensions": {"code": "INTERNAL"}}]), 200, 200),
        (Response(errors=[{"message": "x"}], request_error=True), 200, 400),
        (
            Response(
                errors=[{"message": "x", "extensions": {"code": "MUTATION_NOT_ALLOWED"}}], request_error=True
            ),
            405,
            405,
        ),
    ],
)
def test_the_status_follows_the_media_type(response: Response, plain: int, graphql: int) -> None:
    # when / then
    assert (http.status_of(response, JSON), http.status_of(response, GRAPHQL)) == (plain, graphql)


def test_what_json_cannot_hold_is_an_internal_error() -> None:
    # given a number beyond 64 bits
    body = json.loads(http.encoded(Response({"a": 2**70})))

    # then the answer is still JSON
    assert (body["data"], body["errors"][0]["extensions"]["code"]) == (None, "INTERNAL")


@given(content_type=st.text(), body=st.binary(), accept=st.text())
def test_no_input_escapes_as_another_exception(content_type: str, body: bytes, accept: str) -> None:
    # when / then: either a result or a refusal, anything else would come through
    with suppress(http.RequestRefused):
        http.from_body(content_type, body)
    with suppress(http.RequestRefused):
        http.from_body(JSON, body)
    with suppress(http.RequestRefused):
        http.negotiated(accept)
