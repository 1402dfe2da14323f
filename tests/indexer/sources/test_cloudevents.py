from __future__ import annotations

import base64
from urllib.parse import quote

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer360.errors import BadInput
from indexer.sources.cloudevents import Mode, UnsupportedMediaType, envelope

BINARY = [
    ("ce-specversion", "1.0"),
    ("ce-id", "1"),
    ("ce-source", "crm"),
    ("ce-type", "c360.note.added.v1"),
    ("content-type", "application/json"),
]


def with_header(name: str, value: str) -> list[tuple[str, str]]:
    return [(held, value if held == name else sent) for held, sent in BINARY]


def test_binary_mode_takes_attributes_from_headers_and_data_from_the_body() -> None:
    # given the headers of one event and its data
    headers = [*BINARY, ("ce-subject", "cpf:52998224725"), ("host", "here")]

    # when
    read = envelope(headers)

    # then
    assert read.mode is Mode.BINARY
    assert read.events(b'{"text":"a"}') == [
        {
            "specversion": "1.0",
            "id": "1",
            "source": "crm",
            "type": "c360.note.added.v1",
            "subject": "cpf:52998224725",
            "datacontenttype": "application/json",
            "data": {"text": "a"},
        }
    ]


def test_binary_mode_without_body_has_no_data() -> None:
    assert "data" not in envelope(BINARY).events(b"")[0]


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("Euro%20%E2%82%AC", "Euro €"),
        ('"quoted \\"inside\\""', 'quoted "inside"'),
        ("plain", "plain"),
        ("100%", "100%"),
        ("São".encode().decode("latin-1"), "São"),
    ],
)
def test_header_values_are_unescaped_as_the_binding_says(sent: str, meant: str) -> None:
    assert envelope(with_header("ce-source", sent)).attributes["source"] == meant


@given(st.text(min_size=1, max_size=80).filter(lambda text: not text.startswith('"')))
def test_any_percent_encoded_text_comes_back(text: str) -> None:
    # given a text encoded as a sender does it
    sent = quote(text, safe="!#$&'()*+,-./:;<=>?@[]^_`{|}~")

    # then
    assert envelope(with_header("ce-source", sent)).attributes["source"] == text


def test_a_header_that_is_not_utf8_is_refused() -> None:
    with pytest.raises(BadInput) as refused:
        envelope(with_header("ce-source", "%FF"))
    assert (refused.value.code, refused.value.field) == ("INVALID_TEXT", "ce-source")


@pytest.mark.parametrize("name", ["ce-UPPER_", "ce-data", "ce-", "ce-a-b"])
def test_a_header_that_is_no_attribute_is_refused(name: str) -> None:
    with pytest.raises(BadInput) as refused:
        envelope([*BINARY, (name, "x")])
    assert (refused.value.code, refused.value.field) == ("INVALID_ATTRIBUTE", name)


def test_an_attribute_sent_twice_is_refused() -> None:
    with pytest.raises(BadInput) as refused:
        envelope([*BINARY, ("ce-id", "2")])
    assert refused.value.code == "REPEATED_HEADER"


@pytest.mark.parametrize(
    ("content_type", "body"),
    [("text/xml", b"<a/>"), ("application/json", b"{broken"), ("application/octet-stream", b"\xff\x00")],
)
def test_data_that_is_not_json_is_kept_as_text_for_intake_to_refuse(content_type: str, body: bytes) -> None:
    # when
    (event,) = envelope(with_header("content-type", content_type)).events(body)

    # then
    assert event["data"] == body.decode("utf-8", "backslashreplace")
    assert event["datacontenttype"] == content_type


def test_structured_mode_is_the_body_as_it_is() -> None:
    # given
    event = {"specversion": "1.0", "id": "1", "data": {"a": 1}}

    # then
    read = envelope([("content-type", "application/cloudevents+json; charset=UTF-8")])
    assert read.mode is Mode.STRUCTURED
    assert read.events(orjson.dumps(event)) == [event]


def test_data_in_base64_that_holds_json_becomes_data() -> None:
    # given
    event = {"id": "1", "data_base64": base64.b64encode(b'{"a":1}').decode()}

    # then
    read = envelope([("content-type", "application/cloudevents+json")])
    assert read.events(orjson.dumps(event)) == [{"id": "1", "data": {"a": 1}}]


@pytest.mark.parametrize(
    "event",
    [
        {"data_base64": "!!"},
        {"data_base64": 5},
        {"data_base64": "QQ=="},
        {"data_base64": "e30=", "datacontenttype": "image/png"},
        {"data_base64": "e30=", "data": {}},
        7,
    ],
)
def test_what_cannot_become_data_stays_as_it_was_sent(event: object) -> None:
    read = envelope([("content-type", "application/cloudevents+json")])
    assert read.events(orjson.dumps(event)) == [event]


def test_batch_mode_keeps_the_order() -> None:
    read = envelope([("content-type", "application/cloudevents-batch+json")])
    assert read.mode is Mode.BATCH
    assert read.events(b'[{"id":"2"},{"id":"1"}]') == [{"id": "2"}, {"id": "1"}]


def test_a_batch_that_is_no_array_is_refused() -> None:
    with pytest.raises(BadInput) as refused:
        envelope([("content-type", "application/cloudevents-batch+json")]).events(b"{}")
    assert refused.value.code == "NOT_AN_ARRAY"


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"nan", b"[" * 100_000])
def test_a_body_that_cannot_be_read_is_refused(body: bytes) -> None:
    with pytest.raises(BadInput) as refused:
        envelope([("content-type", "application/cloudevents+json")]).events(body)
    assert refused.value.code == "INVALID_JSON"


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "application/json",
        "application/cloudevents+xml",
        "application/cloudevents",
        "application/cloudevents+json; charset=utf-16",
    ],
)
def test_other_content_types_are_not_supported(content_type: str) -> None:
    with pytest.raises(UnsupportedMediaType) as refused:
        envelope([("content-type", content_type)] if content_type else [])
    assert refused.value.status == 415
