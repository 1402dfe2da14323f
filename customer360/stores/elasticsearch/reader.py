"""The read side of search in Elasticsearch: every call is exactly one _msearch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from elasticsearch import ApiError, TransportError

from customer360.errors import SearchUnavailable
from customer360.stores.elasticsearch.answers import answer
from customer360.stores.elasticsearch.client import NDJSON, async_client
from customer360.stores.elasticsearch.names import Names
from customer360.stores.elasticsearch.questions import body, kind_asked, routing
from customer360.stores.ports import Answer, Question

# Only what the answers are made of, and what tells whether they are whole.
_NEEDED = ",".join(
    f"responses.{part}"
    for part in (
        "status",
        "timed_out",
        "_shards.failed",
        "hits.hits._source",
        "hits.hits.highlight",
        "aggregations",
    )
)


class ElasticsearchReader:
    """`timeout` in seconds for one call; to be made and closed in the event loop that uses it."""

    def __init__(self, url: str, prefix: str, *, timeout: float = 2.0) -> None:
        self._client = async_client(url, timeout)
        self._names = Names(prefix)
        self._limit = f"{int(timeout * 900)}ms"  # the store gives up a little before we do

    async def ask(self, questions: Sequence[Question]) -> list[Answer]:
        if not questions:
            return []
        request = b"".join(map(self._lines, questions))
        try:
            found = await self._client.perform_request(
                "POST", "/_msearch", params={"filter_path": _NEEDED}, headers=NDJSON, body=request
            )
        except (ApiError, TransportError) as error:
            raise SearchUnavailable("the search store does not answer") from error
        responses = found.body.get("responses", []) if isinstance(found.body, dict) else []
        if len(responses) != len(questions):
            raise SearchUnavailable("the search store answers only in part")
        return [answer(*pair) for pair in zip(questions, responses, strict=True)]

    async def close(self) -> None:
        await self._client.close()

    def _lines(self, question: Question) -> bytes:
        header: dict[str, Any] = {
            "index": self._names.read_alias(kind_asked(question)),
            "allow_partial_search_results": False,
        }
        members = routing(question)
        if members is not None:
            header["routing"] = members
        search = {"track_total_hits": False, "timeout": self._limit, **body(question)}
        return b"%b\n%b\n" % (orjson.dumps(header), orjson.dumps(search))
