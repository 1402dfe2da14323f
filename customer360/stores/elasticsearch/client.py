"""Clients as this adapter needs them: orjson, no retries of their own, no sniffing."""

from __future__ import annotations

from typing import Any

from elasticsearch import AsyncElasticsearch, Elasticsearch, OrjsonSerializer

JSON = {"accept": "application/json", "content-type": "application/json"}
NDJSON = {"accept": "application/json", "content-type": "application/x-ndjson"}


def blocking_client(url: str, timeout: float) -> Elasticsearch:
    return Elasticsearch(url, **_options(timeout))


def async_client(url: str, timeout: float) -> AsyncElasticsearch:
    return AsyncElasticsearch(url, connections_per_node=50, **_options(timeout))


def _options(timeout: float) -> dict[str, Any]:
    """A bulk that is sent twice behind our back would hide an outage from the delivery loop, and a search its deadline."""
    return {
        "serializers": {"application/json": OrjsonSerializer()},
        "request_timeout": timeout,
        "max_retries": 0,
        "retry_on_timeout": False,
        "http_compress": False,
    }
