"""Customers to be read: one whose page shows everything, and timelines of a chosen length."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from benchmarks.backlog import Backlog, polled
from benchmarks.load import run_closed
from benchmarks.service import Service
from benchmarks.traffic import batch, cpf

KNOWN, SHORT, LONG = cpf(800_000_001), cpf(800_000_002), cpf(800_000_003)
_BATCH = 500
_DRAIN = 900.0
_CHANNELS = ("voice", "chat", "email", "whatsapp", "web")


def tell(ours: Service, events: Iterable[dict[str, Any]]) -> None:
    """Posts them in batches and waits until they are searchable."""
    whole = [orjson.dumps(event) for event in events]
    bodies = [b"[" + b",".join(whole[at : at + _BATCH]) + b"]" for at in range(0, len(whole), _BATCH)]
    _post(ours, bodies)


def grow(ours: Service, customer: str | None, entries: int) -> None:
    """Interactions of one customer, or of any, in the same way."""
    sizes = [min(_BATCH, entries - at) for at in range(0, entries, _BATCH)]
    _post(ours, [batch(size, customer) for size in sizes])


def _post(ours: Service, bodies: list[bytes]) -> None:
    connection = ours.database()
    try:
        backlog = Backlog(connection)
        polled(backlog.delivering, 60, "the search store is there")
        run_closed(ours.port, [ours.batch(body) for body in bodies], 4).only(202)
        backlog.drain(_DRAIN)
    finally:
        connection.close()


def known_customer() -> Iterator[dict[str, Any]]:
    """Profile, segment, score, consent, 200 interactions, 30 offers, 8 documents."""
    subject = f"cpf:{KNOWN}"
    for number in range(30):
        yield _event(f"offer-{number}", "offer.defined", None, _offer(number))
    attributes = {"city": "São Paulo", "plan": "Controle 20 GB", "age": 41}
    yield _event(
        "profile", "profile.updated", subject, {"name": "Maria da Conceição", "attributes": attributes}
    )
    yield _event("segment", "segment.entered", subject, {"segment": "gold", "name": "Ouro"})
    yield _event("score", "score.updated", subject, {"name": "churn", "value": 0.21})
    yield _event("consent", "consent.granted", subject, {"purpose": "marketing"})
    for number in range(200):
        yield _event(f"call-{number}", "interaction.recorded", subject, _interaction(number), number)
    for number in range(8):
        data = {"title": f"Fatura {number + 1}/2026", "kind": "invoice", "channel": "print"}
        yield _event(f"document-{number}", "document.archived", subject, data, number)


def _interaction(number: int) -> dict[str, Any]:
    return {
        "channel": _CHANNELS[number % 5],
        "direction": "inbound",
        "title": "Reclamação de cobrança",
        "summary": f"Cliente contestou {number + 10} reais da fatura e foi atendido pela central no mesmo dia.",
        "agent": "a17",
        "queue": "cobranca",
        "disposition": "resolvido",
    }


def _offer(number: int) -> dict[str, Any]:
    rules = [
        {"fact": "segment", "name": "gold"},
        {"fact": "profile", "name": "age", "op": "ge", "value": 18 if number % 3 else 60},
    ]
    return {
        "offer": f"o{number}",
        "name": f"Plano {number}",
        "summary": "Mais dados pelo mesmo preço",
        "value": 10.0 + number,
        "rules": rules,
    }


def _event(
    event_id: str, name: str, subject: str | None, data: dict[str, Any], day: int = 0
) -> dict[str, Any]:
    event = {
        "specversion": "1.0",
        "id": event_id,
        "source": "bench-story",
        "type": f"c360.{name}.v1",
        "time": f"2026-{1 + day // 28 % 10:02d}-{1 + day % 28:02d}T10:00:00-03:00",
        "data": data,
    }
    return event if subject is None else event | {"subject": subject}
