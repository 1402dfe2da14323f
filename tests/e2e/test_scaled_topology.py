"""The main job on PostgreSQL, Elasticsearch, RabbitMQ and S3, with an API and two workers as processes of their own."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from customer360.privacy.roles import Scope
from customer360.stores.postgres.api_keys import ApiKeys
from tests.e2e.scene import a_pdf
from tests.e2e.topology import PROCESSES, settings
from tests.elasticsearch.server import ElasticsearchServer
from tests.faults.ledger_check import check, eventually
from tests.faults.running import Installation
from tests.faults.senders import CPFS, Sent, interaction, post
from tests.servers.process import ServerProcess
from tests.servers.rabbitmq import RabbitServer
from tests.servers.redis import RedisServer
from tests.servers.s3 import S3Server

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

MARIA, JOAO = CPFS[0], CPFS[1]
PAGE = """query Page($cpf: String!) { customer(key: {type: CPF, value: $cpf}) { id name
  timeline(first: 50) { nodes { title } freshness { degraded } }
  nextBestOffers(context: {channel: VOICE}) { offers { name } }
  documents(first: 5) { nodes { title pageCount } } } }"""
CUSTOMERS = "query Find($text: String!) { customers(search: $text, first: 10) { nodes { name } } }"
PAGES = "query Look($text: String!) { documents(search: $text, first: 10) { edges { node { title } pages { number } } } }"
MERGE = """mutation Join($input: MergeCustomersInput!) { mergeCustomers(input: $input) {
  ... on CustomersMerged { mergeId customer { id } } ... on Refusal { code message } } }"""
UNMERGE = """mutation Part($input: UnmergeCustomersInput!) { unmergeCustomers(input: $input) {
  ... on CustomersUnmerged { customers { id } } ... on Refusal { code message } } }"""


@dataclass
class Topology:
    installation: Installation
    workers: list[ServerProcess]
    client: httpx2.Client

    def ask(self, query: str, **variables: Any) -> Any:
        answer = self.client.post("/graphql", json={"query": query, "variables": variables})
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert "errors" not in body, body
        return body["data"]

    def send(self, sent: Sent, *raws: dict[str, Any]) -> None:
        outcomes = post(self.client, [*raws], sent)
        assert outcomes is not None
        sent.told(raws, outcomes)

    def found(self, name: str) -> list[str]:
        return [node["name"] for node in self.ask(CUSTOMERS, text=name)["customers"]["nodes"]]


Started = Callable[[str], Topology]


@pytest.fixture
def start(
    database_url: str, elasticsearch: ElasticsearchServer, index_prefix: str, s3: S3Server
) -> Iterator[Started]:
    """One API and two workers, by the commands of docker-compose.yml."""
    made: list[Topology] = []

    def topology(broker_url: str) -> Topology:
        installation = Installation(database_url, settings(elasticsearch, index_prefix, broker_url, s3))
        client = httpx2.Client(base_url=installation.url, timeout=30, trust_env=False)
        started = Topology(installation, [], client)
        made.append(started)
        assert PROCESSES == {"api": ["serve", "--no-worker"], "worker": ["work"]}
        installation.api()
        started.workers += [installation.worker(), installation.worker()]
        scopes = [scope for scope in Scope if scope is not Scope.ADMIN]
        key = ApiKeys(installation.engine).create("topology", scopes)
        client.headers["Authorization"] = f"Bearer {key}"
        return started

    yield topology
    for each in made:
        each.client.close()
        each.installation.close()


def fact(name: str, event_id: str, subject: str | None, data: dict[str, Any]) -> dict[str, Any]:
    return interaction(event_id, 1, subject) | {"type": f"c360.{name}.v1", "data": data}


def archive(topology: Topology) -> None:
    metadata = {
        "source": "urn:tests:faults",
        "id": "bill",
        "subject": f"cpf:{MARIA}",
        "title": "Fatura de novembro",
        "kind": "fatura",
        "channel": "email",
        "time": "2026-03-02T10:00:00Z",
    }
    answer = topology.client.post(
        "/documents",
        data={"metadata": json.dumps(metadata)},
        files={"file": ("fatura.pdf", a_pdf(), "application/pdf")},
    )
    assert answer.status_code in (200, 201, 202), answer.text


def test_the_main_job(start: Started, rabbitmq: RabbitServer) -> None:
    topology = start(rabbitmq.url)
    sent = Sent(topology.installation.ids)
    # given a catalogue, two customers and a document
    topology.send(
        sent,
        fact("offer.defined", "offer", None, {"offer": "o1", "name": "Seguro residencial", "value": 10.0}),
        fact("profile.updated", "maria", f"cpf:{MARIA}", {"name": "Maria Conceição Falcão"}),
        fact("profile.updated", "joao", f"cpf:{JOAO}", {"name": "João Magalhães"}),
        fact("consent.granted", "consent", f"cpf:{MARIA}", {"purpose": "marketing"}),
    )
    topology.send(sent, *(interaction(f"m{n}", n, f"cpf:{MARIA}") for n in range(1, 31)))
    topology.send(sent, *(interaction(f"j{n}", n, f"cpf:{JOAO}") for n in range(1, 11)))
    archive(topology)

    # then the customer's page shows all of it, without the search store's help if need be
    def page() -> dict[str, Any]:
        customer: dict[str, Any] = topology.ask(PAGE, cpf=MARIA)["customer"] or {}
        return customer

    def titles() -> set[str]:
        return {node["title"] for node in page()["timeline"]["nodes"]}

    eventually(lambda: page() and len(page()["timeline"]["nodes"]) >= 31, "the history is not shown")
    assert "Atendimento #30" in titles()
    eventually(
        lambda: [offer["name"] for offer in page()["nextBestOffers"]["offers"]] == ["Seguro residencial"],
        "offer",
    )
    eventually(
        lambda: page()["documents"]["nodes"] == [{"title": "Fatura de novembro", "pageCount": 2}], "document"
    )
    # and searches find it: the customer with a typo and without accents, the page by its text
    eventually(
        lambda: topology.found("maria conceicao falcoa") == ["Maria Conceição Falcão"], "not found by name"
    )
    looked = {"edges": [{"node": {"title": "Fatura de novembro"}, "pages": [{"number": 1}]}]}
    eventually(lambda: topology.ask(PAGES, text="valor total")["documents"] == looked, "page not found")
    # and a merge joins both histories at once, an unmerge parts them again
    maria, joao = page()["id"], topology.ask(PAGE, cpf=JOAO)["customer"]["id"]
    given = {"idempotencyKey": "k1", "survivorId": maria, "mergedId": joao, "reason": "mesma pessoa"}
    merged = topology.ask(MERGE, input=given)["mergeCustomers"]
    assert merged["customer"]["id"] == maria
    eventually(lambda: topology.ask(PAGE, cpf=JOAO)["customer"]["id"] == maria, "not merged")
    given = {"idempotencyKey": "k2", "mergeId": merged["mergeId"], "reason": "engano"}
    topology.ask(UNMERGE, input=given)
    eventually(lambda: topology.ask(PAGE, cpf=JOAO)["customer"]["id"] == joao, "not parted")
    # and a worker that is killed is not missed
    topology.workers[0].kill()
    topology.send(sent, *(interaction(f"late{n}", n + 30, f"cpf:{MARIA}") for n in range(1, 6)))
    eventually(lambda: "Atendimento #35" in titles(), "the other worker does not go on")
    # and a rebuild runs while searches go on finding her
    rebuild_while_searching(topology)
    eventually(lambda: page()["timeline"]["freshness"]["degraded"] is False, "the new index is not asked")


def rebuild_while_searching(topology: Topology) -> None:
    eventually(lambda: topology.found("Falcão") == ["Maria Conceição Falcão"], "not found before")
    command = topology.installation.command("rebuild")
    answers: list[list[str]] = []
    while command.exit_code is None:
        answers.append(topology.found("Falcão"))
        threading.Event().wait(0.02)  # the rebuild needs the processors too
    assert command.exit_code == 0, command.log.read_text()[-2_000:]
    assert len(answers) > 3
    assert [found for found in answers if found != ["Maria Conceição Falcão"]] == []


def test_hints_through_redis(start: Started, redis: RedisServer) -> None:
    topology = start(redis.url)
    sent = Sent(topology.installation.ids)
    topology.send(sent, *(interaction(f"m{n}", n, f"cpf:{MARIA}") for n in range(1, 101)))
    check(topology.installation.engine, topology.installation.writer, sent.answered)
    from redis import Redis

    with Redis.from_url(redis.url) as client:
        eventually(lambda: client.llen("dramatiq:c360_hints") == 0, "hints are not taken")
        assert client.exists("dramatiq:__heartbeats__"), "no worker listens"
