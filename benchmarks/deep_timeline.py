"""A page of a very long timeline against a page of a short one: time must not grow with the history."""

from __future__ import annotations

import statistics
import time
from typing import Any

from benchmarks.chain import elasticsearch
from benchmarks.rows import Row, Scale
from benchmarks.service import Agent, Service, service
from benchmarks.story import LONG, SHORT, grow

FEW = 100
QUERY = """
query Timeline($cpf: String!, $after: String) {
  customer(key: {type: CPF, value: $cpf}) {
    timeline(first: 50, after: $after) {
      edges { node { id occurredAt channel title summary } } facets { channel count } pageInfo { endCursor }
    }
  }
}
"""


def run(scale: Scale) -> list[Row]:
    many = scale.of(10_000, 100_000)
    with service() as ours:
        rows = compared("postgres", ours, many, scale)
    with elasticsearch() as url, service(ELASTICSEARCH_URL=url) as ours:
        return rows + compared("elasticsearch", ours, many, scale)


def compared(name: str, ours: Service, many: int, scale: Scale) -> list[Row]:
    """Asked in turn; the median of each. The first page brings facets, the second does not."""
    grow(ours, SHORT, FEW)
    grow(ours, LONG, many)
    agent = Agent(ours.port, ours.token)
    rows = []
    for page in ("first", "second"):
        sides = [(customer, _after(agent, customer, page)) for customer in (SHORT, LONG)]
        waits: list[list[float]] = [[], []]
        for number in range(scale.of(40, 300)):
            for side, (customer, after) in enumerate(sides):
                waited = _wait(agent, {"cpf": customer, "after": after})
                if number >= 10:  # plans and caches are warm on both sides
                    waits[side].append(waited)
        short, long = (statistics.median(side) * 1e3 for side in waits)
        label = f"timeline, {name}, {page} page"
        rows += [
            Row(f"{label}: {many:,} entries / {FEW}", long / short, "x", "<= 1.5"),
            Row(f"{label} of {FEW} entries (p50)", short, "ms"),
            Row(f"{label} of {many:,} entries (p50)", long, "ms"),
        ]
    agent.close()
    return rows


def _after(agent: Agent, customer: str, page: str) -> str | None:
    if page == "first":
        return None
    found: Any = agent.ask(QUERY, {"cpf": customer})["customer"]["timeline"]["pageInfo"]
    cursor: str = found["endCursor"]
    return cursor


def _wait(agent: Agent, variables: dict[str, Any]) -> float:
    began = time.perf_counter()
    agent.ask(QUERY, variables)
    return time.perf_counter() - began
