"""The write side of search in Elasticsearch: one hand-built bulk request per call, every item of its answer classified."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from elasticsearch import ApiError, TransportError, UnsupportedProductError

from customer360.errors import SearchUnavailable
from customer360.stores.elasticsearch.bulk import fate_of, fate_of_request, lines
from customer360.stores.elasticsearch.client import JSON, NDJSON, blocking_client
from customer360.stores.elasticsearch.indices import GenerationMissing, Indices
from customer360.stores.elasticsearch.names import Names, checked, write_alias
from customer360.stores.ports import Fate, Kind, SearchDocument, WriteResult
from customer360.stores.search_documents import problem

_BULK = {
    "require_alias": "true",
    "timeout": "10s",  # for a primary shard that is not there yet
    "filter_path": "errors,items.*.status,items.*.error.type,items.*.error.reason",
}
_FAILED = (ApiError, TransportError)
Outcome = tuple[Fate, str]


class ElasticsearchWriter:
    """`timeout` in seconds for one request. The connection is opened by the first call and shared by threads."""

    def __init__(self, url: str, prefix: str, *, shards: int = 1, timeout: float = 30.0) -> None:
        self._client = blocking_client(url, timeout)
        self._names = Names(prefix)
        self._indices = Indices(self._client, self._names, shards)

    def write(self, generation: str, documents: Sequence[SearchDocument]) -> list[WriteResult]:
        checked(generation)
        outcomes: dict[int, Outcome] = {}
        prepared: dict[int, tuple[str, bytes]] = {}
        for place, document in enumerate(documents):
            try:
                prepared[place] = self._prepare(document, generation)
            except (
                TypeError,
                ValueError,
            ) as error:  # what cannot be JSON, a time out of range, a wrong field
                outcomes[place] = Fate.POISON, str(error)[:200]
        outcomes |= self._deliver(generation, prepared)
        return [WriteResult(document.id, *outcomes[place]) for place, document in enumerate(documents)]

    def refresh(self, generation: str) -> bool:
        try:
            answer = self._post(f"/{self._names.pattern(generation)}/_refresh")
        except _FAILED:
            return False
        shards = answer.get("_shards", {})
        return bool(shards.get("failed") == 0 and shards.get("successful"))

    def create(self, generation: str) -> None:
        """SearchUnavailable when the store does not do it; so for publish and drop."""
        self._ask_store(lambda: self._indices.create(generation))

    def publish(self, generation: str) -> None:
        """ValueError when there is no such generation: what is published stays."""
        self._ask_store(lambda: self._indices.publish(generation))

    def withdraw(self, generation: str) -> None:
        self._ask_store(lambda: self._indices.withdraw(generation))

    def drop(self, generation: str) -> None:
        self._ask_store(lambda: self._indices.drop(generation))

    def marks(self, generation: str) -> dict[str, str] | None:
        try:
            return self._indices.uuids(generation)
        except _FAILED:
            return None

    def newest_version(self, generation: str) -> int | None:
        body = {"size": 0, "aggs": {"newest": {"max": {"field": "version"}}}}
        try:
            answer = self._search(self._names.pattern(generation), body)
        except SearchUnavailable:
            return None
        if answer["_shards"]["total"] == 0:
            return None
        return int(answer["aggregations"]["newest"]["value"] or 0)

    def fingerprints(
        self, generation: str, kind: Kind, after: str, limit: int
    ) -> list[tuple[str, int, bool]]:
        """SearchUnavailable when the store answers not at all or only in part. `limit` is at most 10,000."""
        body: dict[str, Any] = {
            "size": limit,
            "_source": False,
            "docvalue_fields": ["id", "version", "deleted"],
            "sort": [{"id": "asc"}],
            "search_after": [after],
        }
        hits = self._search(self._names.pattern(generation, [kind]), body)["hits"]["hits"]
        rows = [hit["fields"] for hit in hits]
        return [(row["id"][0], row["version"][0], row["deleted"][0]) for row in rows]

    def places(self, generation: str, kind: Kind, ids: Sequence[str]) -> list[SearchDocument]:
        """As `fingerprints`; at most 10,000 ids."""
        body: dict[str, Any] = {
            "size": len(ids),
            "_source": ["id", "version", "deleted", "member_id", "occurred_at"],
            "query": {"terms": {"id": list(ids)}},
        }
        hits = self._search(self._names.pattern(generation, [kind]), body)["hits"]["hits"]
        return [SearchDocument(kind=kind, **hit["_source"]) for hit in hits]

    def close(self) -> None:
        self._client.close()

    def _prepare(self, document: SearchDocument, generation: str) -> tuple[str, bytes]:
        reason = problem(document)
        if reason is not None:
            raise ValueError(reason)
        index = self._names.of(document, generation)
        return index, lines(document, write_alias(index))

    def _deliver(self, generation: str, prepared: dict[int, tuple[str, bytes]]) -> dict[int, Outcome]:
        """Sends; what found no index is sent once more after that has been made anew."""
        outcomes = self._send(generation, prepared)
        lost = {place: prepared[place] for place, outcome in outcomes.items() if _no_index(outcome)}
        if lost:
            self._indices.forget(index for index, _ in lost.values())
            outcomes |= self._send(generation, lost)
        return outcomes

    def _send(self, generation: str, prepared: dict[int, tuple[str, bytes]]) -> dict[int, Outcome]:
        if not prepared:
            return {}
        try:
            self._indices.ensure({index for index, _ in prepared.values()}, generation)
        except GenerationMissing:
            return dict.fromkeys(prepared, (Fate.STOP, "the generation is not there"))
        except _FAILED as error:
            fate, reason = _failure(error, 1)
            return dict.fromkeys(prepared, (Fate.RETRY if fate is Fate.RETRY else Fate.STOP, reason))
        try:
            body = b"".join(both for _, both in prepared.values())
            answer = self._client.perform_request("POST", "/_bulk", params=_BULK, headers=NDJSON, body=body)
        except _FAILED as error:
            return dict.fromkeys(prepared, _failure(error, len(prepared)))
        return _outcomes(answer.body, prepared)

    def _post(self, path: str, body: Any = None, params: dict[str, Any] | None = None) -> dict[str, Any]:
        answer: dict[str, Any] = self._client.perform_request(
            "POST", path, params=params, headers=JSON, body=body
        ).body
        return answer

    def _search(self, pattern: str, body: dict[str, Any]) -> dict[str, Any]:
        params = {"allow_partial_search_results": "false"}
        try:
            answer = self._post(f"/{pattern}/_search", {"track_total_hits": False, **body}, params)
        except _FAILED as error:
            raise SearchUnavailable("the search store does not answer") from error
        if answer.get("timed_out") or answer["_shards"]["failed"]:
            raise SearchUnavailable("the search store answers only in part")
        return answer

    def _ask_store(self, action: Any) -> None:
        try:
            action()
        except _FAILED as error:
            raise SearchUnavailable("the search store does not answer") from error


def _outcomes(answer: Any, prepared: dict[int, tuple[str, bytes]]) -> dict[int, Outcome]:
    items = answer.get("items", []) if isinstance(answer, dict) else []
    if len(items) != len(prepared):
        return dict.fromkeys(prepared, (Fate.RETRY, "an answer that is not whole"))
    return {place: _outcome(item) for place, item in zip(prepared, items, strict=True)}


def _outcome(item: dict[str, Any]) -> Outcome:
    found = item.get("index", {})
    return fate_of(found.get("status", 0), found.get("error"))


def _no_index(outcome: Outcome) -> bool:
    return outcome == (Fate.STOP, "404 index_not_found_exception")


def _failure(error: Exception, documents: int) -> Outcome:
    """Of a whole request: an outage, or an answer about all of it."""
    if isinstance(error, UnsupportedProductError) or not isinstance(error, ApiError):
        return Fate.RETRY, type(error).__name__
    body = error.body if isinstance(error.body, dict) else {}
    cause = body.get("error")
    return fate_of_request(error.status_code, cause if isinstance(cause, dict) else None, documents)
