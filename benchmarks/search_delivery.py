"""Rate of the search adapters' `write` against a bare hand-written `_bulk` loop of the same documents.

Run with `python -m benchmarks.search_delivery DATABASE_URL ELASTICSEARCH_URL`; the ratios come first, the larger the
better. Rounds are interleaved, each into a new generation, and the best of each side is kept.
"""

from __future__ import annotations

import http.client
import random
import secrets
import sys
import time
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

import orjson

from customer360.clock import DAY
from customer360.stores.elasticsearch import ElasticsearchWriter
from customer360.stores.elasticsearch.names import Names, write_alias
from customer360.stores.ports import Fate, SearchDocument, SearchWriter
from customer360.stores.postgres.engine import make_engine
from customer360.stores.postgres.search import PostgresSearchWriter

DOCUMENTS, ROUNDS = 20_000, 3
BATCH = 500  # of every side
START = 1_700_000_000_000_000
WORDS = """Cliente reclamou da fatura pediu segunda via do boleto ligação caiu antes da confirmação pagamento em atraso
cancelamento do plano negociação parcelas cartão bloqueado endereço atualizado retorno agendado"""
CHANNELS = ("voice", "chat", "email", "whatsapp", "web")


def search_delivery(database_url: str, elasticsearch_url: str) -> dict[str, float]:
    """Documents per second of each side, and the two ratios. Leaves nothing behind but the migrated database."""
    documents = entries(DOCUMENTS)
    engine = make_engine(database_url)
    elastic = ElasticsearchWriter(elasticsearch_url, prefix := f"bench{secrets.token_hex(4)}")
    bare = BareBulk(elasticsearch_url, Names(prefix))
    sides: list[tuple[str, SearchWriter, Callable[[str, Sequence[SearchDocument]], None]]] = [
        ("bare _bulk", elastic, bare.write),
        ("elasticsearch", elastic, _through(elastic)),
        ("postgres", postgres := PostgresSearchWriter(engine), _through(postgres)),
    ]
    best = dict.fromkeys((name for name, _, _ in sides), 0.0)
    try:
        for number in range(ROUNDS):
            for name, writer, write in sides:
                generation = f"b{number}_{secrets.token_hex(2)}"
                best[name] = max(best[name], _rate(writer, write, generation, documents))
    finally:
        bare.close()
        elastic.close()
        engine.dispose()
    ratios = {
        f"{name} / bare _bulk": best[name] / best["bare _bulk"] for name in ("elasticsearch", "postgres")
    }
    return ratios | {f"{name} documents/s": rate for name, rate in best.items()}


def entries(count: int) -> list[SearchDocument]:
    """Seeded timeline entries of about 500 bytes over two years."""
    rng = random.Random(360)  # noqa: S311  # the same data each time, nothing secret
    words = WORDS.split()
    return [_entry(rng, words) for _ in range(count)]


def _entry(rng: random.Random, words: list[str]) -> SearchDocument:
    at = START + rng.randrange(730 * DAY)
    body = {
        "type": "interaction.recorded",
        "channel": rng.choice(CHANNELS),
        "direction": rng.choice(("inbound", "outbound")),
        "title": " ".join(rng.choices(words, k=5)),
        "summary": " ".join(rng.choices(words, k=15)),
        "source": "//bench",
        "received_at": at,
        "with_document": False,
        "detail": {"agent": "a17", "queue": "retencao", "reason": "cobranca", "durationSeconds": 312},
        "state": {},
    }
    member = f"{rng.randrange(2_000):032x}"
    return SearchDocument(
        "entry", f"{rng.getrandbits(128):032x}", rng.randrange(1, 10**9), member, at, body=body
    )


class BareBulk:
    """What one writes without us: a loop over lines and one connection, the answer parsed and looked at once."""

    def __init__(self, url: str, names: Names) -> None:
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
        self._names = names

    def write(self, generation: str, documents: Sequence[SearchDocument]) -> None:
        lines = []
        for d in documents:
            action = {
                "_index": write_alias(self._names.of(d, generation)),
                "_id": d.id,
                "routing": d.member_id,
            }
            place = {"id": d.id, "version": d.version, "deleted": False}
            lines.append(orjson.dumps({"index": action}))
            lines.append(
                orjson.dumps({**place, "member_id": d.member_id, "occurred_at": d.occurred_at, **d.body})
            )
        body = b"\n".join(lines) + b"\n"
        self._connection.request("POST", "/_bulk", body, {"content-type": "application/x-ndjson"})
        answer = orjson.loads(self._connection.getresponse().read())
        if answer["errors"]:
            raise RuntimeError("the bare loop's documents were refused")

    def close(self) -> None:
        self._connection.close()


def _through(writer: SearchWriter) -> Callable[[str, Sequence[SearchDocument]], None]:
    def write(generation: str, documents: Sequence[SearchDocument]) -> None:
        if any(result.fate is not Fate.DONE for result in writer.write(generation, documents)):
            raise RuntimeError("the adapter's documents were refused")

    return write


def _rate(
    writer: SearchWriter,
    write: Callable[[str, Sequence[SearchDocument]], None],
    generation: str,
    documents: Sequence[SearchDocument],
) -> float:
    """Every index exists before the clock starts: one document of each quarter was written and is written again newer."""
    writer.create(generation)
    quarters = {document.occurred_at // (30 * DAY): document for document in documents}
    _through(writer)(generation, [_as_first(document) for document in quarters.values()])
    started = time.perf_counter()
    for start in range(0, len(documents), BATCH):
        write(generation, documents[start : start + BATCH])
    if not writer.refresh(generation):
        raise RuntimeError("the store did not refresh")
    rate = len(documents) / (time.perf_counter() - started)
    writer.drop(generation)
    return rate


def _as_first(document: SearchDocument) -> SearchDocument:
    return SearchDocument(
        document.kind, document.id, 0, document.member_id, document.occurred_at, body=document.body
    )


if __name__ == "__main__":
    for name, value in search_delivery(*sys.argv[1:3]).items():
        sys.stdout.write(f"{name}: {value:,.2f}\n")
