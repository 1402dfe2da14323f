"""CPU per request of the customer page: our Executor against plain `schema.execute_async`, identical resolvers.

In memory: one customer, 50 timeline entries behind an interface, 5 offers, 5 documents. Run with
`python -m benchmarks.graphql_execution`; the ratio comes first, the smaller the better. Rounds are interleaved and the
minimum of each side is kept.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

import graphene

from schema.execution import Executor, Request

QUERY = """
query CustomerPage($id: ID!, $first: Int!) {
  customer(id: $id) {
    id name shared incomplete segment city score interactions
    timeline(first: $first) {
      edges { cursor node {
        __typename id occurredAt receivedAt channel direction title summary source type retractable
        ... on InteractionEntry { agent queue }
        ... on NoteEntry { agent }
      } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      liveCursor
    }
    nextBestOffers(first: 5) { id offers { offerId name summary value rank } }
    documents(first: 5) {
      edges { cursor node { id title kind mediaType size pageCount occurredAt } }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""
VARIABLES = {"id": "c1", "first": 50}
ROUNDS, REQUESTS = 7, 40


class DateTime(graphene.Scalar):
    """Resolvers hand over ready ISO strings."""

    fast_serialize: ClassVar[dict[type, Any]] = {str: None}

    @staticmethod
    def serialize(value: Any) -> str:
        return str(value)


class Channel(graphene.Enum):
    VOICE = "voice"
    EMAIL = "email"


class Direction(graphene.Enum):
    INBOUND = "inbound"
    OUTBOUND = "outbound"


class PageInfo(graphene.ObjectType):
    has_next_page = graphene.Boolean(required=True)
    has_previous_page = graphene.Boolean(required=True)
    start_cursor = graphene.String()
    end_cursor = graphene.String()


class TimelineEntry(graphene.Interface):
    id = graphene.ID(required=True)
    occurred_at = DateTime(required=True)
    received_at = DateTime(required=True)
    channel = Channel(required=True)
    direction = Direction()
    title = graphene.String(required=True)
    summary = graphene.String()
    source = graphene.String(required=True)
    event_type = graphene.String(
        required=True, name="type"
    )  # a field `type` would get Interface.resolve_type as its resolver
    retractable = graphene.Boolean(required=True)


class InteractionEntry(graphene.ObjectType):
    class Meta:
        interfaces = (TimelineEntry,)

    agent = graphene.String()
    queue = graphene.String()


class NoteEntry(graphene.ObjectType):
    class Meta:
        interfaces = (TimelineEntry,)

    agent = graphene.String()


class TimelineEdge(graphene.ObjectType):
    cursor = graphene.String(required=True)
    node = graphene.Field(TimelineEntry, required=True)


class TimelineConnection(graphene.ObjectType):
    edges = graphene.List(graphene.NonNull(TimelineEdge), required=True)
    page_info = graphene.Field(PageInfo, required=True)
    live_cursor = graphene.String(required=True)


class Offer(graphene.ObjectType):
    offer_id = graphene.String(required=True)
    name = graphene.String(required=True)
    summary = graphene.String()
    value = graphene.Float(required=True)
    rank = graphene.Int(required=True)


class Decision(graphene.ObjectType):
    id = graphene.ID(required=True)
    offers = graphene.List(graphene.NonNull(Offer), required=True)


class Document(graphene.ObjectType):
    id = graphene.ID(required=True)
    title = graphene.String(required=True)
    kind = graphene.String(required=True)
    media_type = graphene.String(required=True)
    size = graphene.Int()
    page_count = graphene.Int()
    occurred_at = DateTime(required=True)


class DocumentEdge(graphene.ObjectType):
    cursor = graphene.String(required=True)
    node = graphene.Field(Document, required=True)


class DocumentConnection(graphene.ObjectType):
    edges = graphene.List(graphene.NonNull(DocumentEdge), required=True)
    page_info = graphene.Field(PageInfo, required=True)


class Customer(graphene.ObjectType):
    id = graphene.ID(required=True)
    name = graphene.String()
    shared = graphene.Boolean(required=True)
    incomplete = graphene.Boolean(required=True)
    segment = graphene.String()
    city = graphene.String()
    score = graphene.Float()
    interactions = graphene.Int(required=True)
    timeline = graphene.Field(TimelineConnection, required=True, first=graphene.Int(required=True))
    next_best_offers = graphene.Field(Decision, required=True, first=graphene.Int())
    documents = graphene.Field(DocumentConnection, required=True, first=graphene.Int(required=True))

    @staticmethod
    async def resolve_timeline(root: Any, info: graphene.ResolveInfo, first: int) -> Any:
        return TIMELINE

    @staticmethod
    async def resolve_next_best_offers(root: Any, info: graphene.ResolveInfo, first: int) -> Any:
        return DECISION

    @staticmethod
    async def resolve_documents(root: Any, info: graphene.ResolveInfo, first: int) -> Any:
        return DOCUMENTS


class Query(graphene.ObjectType):
    customer = graphene.Field(Customer, id=graphene.ID(required=True))

    @staticmethod
    async def resolve_customer(root: Any, info: graphene.ResolveInfo, id: str) -> Any:
        return CUSTOMER


def entry(number: int) -> dict[str, Any]:
    """One timeline entry as the read model hands it over."""
    return {
        "__typename": "NoteEntry" if number % 5 == 0 else "InteractionEntry",
        "id": f"{number:032x}",
        "occurred_at": f"2026-03-{number % 28 + 1:02d}T12:00:00-03:00",
        "received_at": "2026-03-31T12:00:00-03:00",
        "channel": "VOICE" if number % 2 else "EMAIL",
        "direction": "INBOUND",
        "title": f"Reclamação sobre a fatura {number}",
        "summary": None if number % 3 else "Cliente pediu a segunda via da fatura e foi atendido.",
        "source": "crm",
        "event_type": "interaction.recorded",
        "retractable": True,
        "agent": "Ana",
        "queue": "cobrança",
    }


def page_info() -> dict[str, Any]:
    """A page with more behind it."""
    return {"has_next_page": True, "has_previous_page": False, "start_cursor": "a", "end_cursor": "z"}


CUSTOMER = {
    "id": "c1",
    "name": "Maria da Conceição",
    "shared": False,
    "incomplete": False,
    "segment": "varejo",
    "city": "São Paulo",
    "score": 0.73,
    "interactions": 812,
}
TIMELINE = {
    "edges": [{"cursor": f"c{number}", "node": entry(number)} for number in range(50)],
    "page_info": page_info(),
    "live_cursor": "l1",
}
DECISION = {
    "id": "d1",
    "offers": [
        {
            "offer_id": f"o{rank}",
            "name": f"Plano {rank}",
            "summary": "Mais dados",
            "value": 9.9 * rank,
            "rank": rank,
        }
        for rank in range(1, 6)
    ],
}
DOCUMENTS = {
    "edges": [
        {
            "cursor": f"d{number}",
            "node": {
                "id": f"doc{number}",
                "title": "Contrato",
                "kind": "contract",
                "media_type": "application/pdf",
                "size": 120_000 + number,
                "page_count": 3,
                "occurred_at": "2026-01-02T10:00:00-03:00",
            },
        }
        for number in range(5)
    ],
    "page_info": page_info(),
}


async def cpu_of(call: Callable[[], Awaitable[Any]]) -> float:
    """CPU microseconds per call over one round."""
    started = time.process_time_ns()
    for _ in range(REQUESTS):
        await call()
    return (time.process_time_ns() - started) / REQUESTS / 1000


async def measure() -> dict[str, float]:
    """The minimum CPU of each side over interleaved rounds, in microseconds; refuses to compare different answers."""
    schema = graphene.Schema(query=Query, types=[InteractionEntry, NoteEntry])
    executor = Executor(schema)
    request = Request(QUERY, VARIABLES)

    async def plain() -> Any:
        return await schema.execute_async(QUERY, variable_values=VARIABLES)

    async def ours() -> Any:
        return await executor.execute(request, None, visibility="agent", allow_introspection=False)

    expected, answered = await plain(), await ours()
    if expected.errors or answered.errors or expected.data != answered.data:
        raise RuntimeError("the two sides do not give the same answer")
    rounds = [(await cpu_of(plain), await cpu_of(ours)) for _ in range(ROUNDS)]
    return {"plain": min(first for first, _ in rounds), "ours": min(second for _, second in rounds)}


def run() -> list[dict[str, Any]]:
    """Result rows, the ratio first."""
    cpu = asyncio.run(measure())
    return [
        {"name": "graphql_cpu_ratio", "value": cpu["ours"] / cpu["plain"], "unit": "x", "target": "<= 0.5"},
        {"name": "graphql_cpu_plain", "value": cpu["plain"], "unit": "us"},
        {"name": "graphql_cpu_executor", "value": cpu["ours"], "unit": "us"},
    ]


if __name__ == "__main__":
    for row in run():
        print(f"{row['name']:24} {row['value']:10.3f} {row['unit']}  {row.get('target', '')}")
