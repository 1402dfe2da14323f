"""CPU of the API process for the customer page: the product's executor against graphene as it comes, same resolvers."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

from benchmarks.chain import elasticsearch
from benchmarks.cpu import cpu_seconds
from benchmarks.rows import Row, Scale
from benchmarks.service import SERVE, Agent, Service, service
from benchmarks.story import KNOWN, known_customer, tell

PLAIN = ("-m", "benchmarks.variants", "--graphql", "plain")
FIND = "query Find($cpf: String!) { customer(key: {type: CPF, value: $cpf}) { id } }"
QUERY = """
query CustomerPage($id: ID!, $context: OfferContext) {
  customer(id: $id) {
    id name shared incomplete
    keys { id type value masked shared }
    attributes { name value updatedAt }
    segments { id name since }
    scores { name value updatedAt validUntil }
    consents { purpose channel granted at source }
    channels { channel interactions lastAt preference bestHour sampleSize }
    timeline(first: 50) {
      edges { cursor node {
        __typename id occurredAt receivedAt channel direction title summary source type timeFlag retractable
        ... on InteractionEntry { agent queue disposition }
      } }
      facets { channel count }
      pageInfo { hasNextPage endCursor }
      freshness { asOf indexLagMs degraded }
      liveCursor
    }
    nextBestOffers(first: 3, context: $context) {
      id
      offers { offerId name summary talkTrack value rank reasons { stage rule textPt textEn } }
      excluded { offerId name reasons { stage rule textPt textEn } }
    }
    documents(first: 5) {
      edges { cursor node { id title kind mediaType size pageCount occurredAt channel source textState } }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""


def run(scale: Scale) -> list[Row]:
    rows = adapter("postgres", {}, scale)
    with elasticsearch() as url:
        rows += adapter("elasticsearch", {"ELASTICSEARCH_URL": url}, scale)
    return rows


def adapter(name: str, environment: dict[str, str], scale: Scale) -> list[Row]:
    """Two installations with the same events, asked in turn; the least of the rounds on each side."""
    requests = scale.of(40, 150)
    other = environment | {"C360_INDEX_PREFIX": "plain"}
    with service(SERVE, **environment) as ours, service(PLAIN, **other) as plain:
        pages = [Page(ours), Page(plain)]
        if pages[0].comparable() != pages[1].comparable():
            raise RuntimeError("the two sides do not give the same answer")
        rounds = [[page.cost(requests) for page in pages] for _ in range(scale.of(3, 7))]
        waits = [statistics.median(page.waits) * 1e3 for page in pages]
    product, graphene = (min(each[side] for each in rounds) for side in (0, 1))
    label = f"customer page, {name}"
    return [
        Row(f"{label}: CPU, product / plain graphene", product / graphene, "x", "<= 0.5"),
        Row(f"{label}: CPU of the product", product * 1e3, "ms"),
        Row(f"{label}: CPU of plain graphene", graphene * 1e3, "ms"),
        Row(f"{label}: answered after, product (p50)", waits[0], "ms"),
        Row(f"{label}: answered after, plain (p50)", waits[1], "ms"),
    ]


class Page:
    """The page of one customer in one installation; CPU is that of the API process, its worker not counted."""

    def __init__(self, asked: Service) -> None:
        tell(asked, known_customer())
        self._pid = asked.pid
        self._agent = Agent(asked.port, asked.token)
        found = self._agent.ask(FIND, {"cpf": KNOWN})["customer"]
        self._variables = {"id": found["id"]}
        self.waits: list[float] = []

    def comparable(self) -> Any:
        """The answer without what differs between two installations: ids, cursors and instants of receipt."""
        return _without(self._agent.ask(QUERY, self._variables), _OF_ITS_OWN)

    def cost(self, requests: int) -> float:
        """CPU seconds per request."""
        before = cpu_seconds(self._pid)
        for _ in range(requests):
            self.waits.append(_timed(lambda: self._agent.ask(QUERY, self._variables)))
        return (cpu_seconds(self._pid) - before) / requests


_OF_ITS_OWN = {"id", "cursor", "endCursor", "liveCursor", "receivedAt", "freshness"}


def _without(value: Any, names: set[str]) -> Any:
    if isinstance(value, dict):
        return {name: _without(child, names) for name, child in value.items() if name not in names}
    return [_without(child, names) for child in value] if isinstance(value, list) else value


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
