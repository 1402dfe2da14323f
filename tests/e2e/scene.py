"""What the console's tests see on the screen: one customer with a known history, offers and documents, sent as events.

Knows the service from outside only: its address, a key that may send events and documents, and an agent's account.
"""

from __future__ import annotations

import io
import json
import secrets
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import httpx2
from reportlab.pdfgen.canvas import Canvas

SOURCE = "urn:tests:console"
CPF = "529.982.247-25"
NAME = "João Gonçalves Magalhães"
CALLS, LETTERS, HOSTILE = 118, 12, 1
ENTRIES = CALLS + LETTERS + HOSTILE
HOSTILE_TITLE = "<img src=x onerror=document.title='broken'> \u202egnihtemos"
OFFERS = ("Consórcio de automóvel", "Seguro residencial", "Cartão adicional")
DOCUMENT_TITLE = "Fatura de novembro de 2026"
DOCUMENT_LINE = "Valor total desta fatura: R$ 412,37"
PATIENCE = 30.0


class Service(Protocol):
    """What a test needs of the running service."""

    url: str
    key: str  # with the scopes events:write and documents:write
    login: str  # an agent's account
    password: str


@dataclass(slots=True)
class Scene:
    """Sends facts about the one customer. Its counts hold on a service that had not seen him before."""

    service: Service
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    subject: str = "cpf:" + "".join(digit for digit in CPF if digit.isdigit())
    name: str = NAME

    def send(self, *events: dict[str, Any]) -> None:
        """AssertionError unless every event is accepted."""
        answer = httpx2.post(
            f"{self.service.url}/events",
            content=json.dumps(events),
            headers={
                "Authorization": f"Bearer {self.service.key}",
                "Content-Type": "application/cloudevents-batch+json",
            },
        )
        assert answer.status_code == 202, answer.text

    def event(self, name: str, data: dict[str, Any], *, ago: timedelta = timedelta()) -> dict[str, Any]:
        return {
            "specversion": "1.0",
            "id": uuid.uuid4().hex,
            "source": SOURCE,
            "type": f"c360.{name}.v1",
            "subject": self.subject,
            "time": (datetime.now(UTC) - ago).isoformat(),
            "data": data,
        }

    def call(self, title: str, *, ago: timedelta = timedelta(), **more: str) -> dict[str, Any]:
        data = {"channel": "voice", "direction": "inbound", "title": title, **more}
        return self.event("interaction.recorded", data, ago=ago)

    def lay(self) -> None:
        """Sends the whole scene and waits until the console can find it."""
        self.send(*self._profile(), *self._history(), *self._offers())
        self._archive()
        eventually(self._is_there, "the scene does not show up in the search")

    def lay_newcomer(self) -> None:
        """Somebody nobody knew and to whom nothing was ever offered, with the same offers to come."""
        self.subject = f"cpf:{a_cpf()}"
        self.name = f"Maria Conceição Falcão {secrets.token_hex(4)}"
        self.send(*self._profile(keys=False), *self._offers())
        eventually(self._found, "the newcomer does not show up in the search")

    def _profile(self, *, keys: bool = True) -> list[dict[str, Any]]:
        more = [
            {"type": "phone", "value": "+55 11 98765-4321"},
            {"type": "email", "value": "joao.magalhaes@example.com"},
        ]
        data = {"name": self.name, "keys": more if keys else [], "attributes": {"cidade": "Recife"}}
        day = timedelta(days=400)
        return [
            self.event("profile.updated", data, ago=day),
            self.event("segment.entered", {"segment": "platinum", "name": "Platinum"}, ago=day),
            self.event("consent.granted", {"purpose": "marketing"}, ago=day),
            self.event("consent.revoked", {"purpose": "marketing", "channel": "sms"}, ago=day),
        ]

    def _history(self) -> list[dict[str, Any]]:
        calls = [
            self.call(
                f"Atendimento {number}",
                ago=timedelta(days=2, hours=5 * number),
                summary="Dúvida sobre a fatura; resolvida na ligação.",
                agent="Beatriz Nunes",
                queue="Cobrança",
            )
            for number in range(CALLS)
        ]
        letters = [
            self.event(
                "message.sent",
                {
                    "messageId": uuid.uuid4().hex,
                    "channel": "email",
                    "title": f"Fatura {number}",
                    "campaign": "Faturas",
                },
                ago=timedelta(days=3 + 30 * number),
            )
            for number in range(LETTERS)
        ]
        return [*calls, *letters, self.call(HOSTILE_TITLE, ago=timedelta(days=1))]

    def _offers(self) -> list[dict[str, Any]]:
        offers = []
        for rank, name in enumerate(OFFERS):
            data = {
                "offer": f"console-{rank}",
                "name": name,
                "summary": f"{name} com condições para clientes Platinum.",
                "talkTrack": f"Posso lhe falar de {name.lower()}?",
                "value": 1_000_000.0 - rank,
                "rules": [{"fact": "segment", "name": "platinum"}],
                # The second is not shown again soon; the others always are, whatever other tests did.
                "repeatAfterDays": 30 if rank == 1 else 0,
            }
            offers.append(self.event("offer.defined", data) | {"subject": None})
        closed = {"offer": "console-closed", "name": "Aumento de limite", "value": 1.0}
        closed["rules"] = [{"fact": "segment", "name": "nobody-is-in-it"}]
        offers.append(self.event("offer.defined", closed) | {"subject": None})
        return [{key: value for key, value in offer.items() if value is not None} for offer in offers]

    def _archive(self) -> None:
        metadata = {
            "source": SOURCE,
            "id": uuid.uuid4().hex,
            "subject": self.subject,
            "title": DOCUMENT_TITLE,
            "kind": "fatura",
            "channel": "email",
            "time": (datetime.now(UTC) - timedelta(days=5)).isoformat(),
        }
        answer = httpx2.post(
            f"{self.service.url}/documents",
            headers={"Authorization": f"Bearer {self.service.key}"},
            data={"metadata": json.dumps(metadata)},
            files={"file": ("fatura.pdf", a_pdf(), "application/pdf")},
        )
        assert answer.status_code in (200, 201, 202), answer.text

    def _found(self) -> list[dict[str, Any]]:
        with httpx2.Client(base_url=self.service.url) as client:
            sent = {"login": self.service.login, "password": self.service.password}
            token = client.post("/session", json=sent).json()["csrfToken"]
            query = """query Ready($search: String!) { customers(search: $search, first: 1) {
              nodes { timeline(first: 1) { facets { count } } documents(first: 1) { nodes { id } } } } }"""
            answer = client.post(
                "/graphql",
                json={"query": query, "variables": {"search": self.name}},
                headers={"X-CSRF-Token": token},
            )
            client.delete("/session", headers={"X-CSRF-Token": token})
        found = (answer.json().get("data") or {}).get("customers") or {"nodes": []}
        nodes: list[dict[str, Any]] = found["nodes"]
        return nodes

    def _is_there(self) -> bool:
        return any(
            sum(facet["count"] for facet in node["timeline"]["facets"] or []) >= ENTRIES
            and node["documents"]["nodes"]
            for node in self._found()
        )


def a_cpf() -> str:
    """Eleven digits, the last two of them check digits."""
    digits = [secrets.randbelow(10) for _ in range(8)] + [secrets.randbelow(9) + 1]
    for weight in (10, 11):
        rest = sum(digit * (weight - place) for place, digit in enumerate(digits)) % 11
        digits.append(0 if rest < 2 else 11 - rest)
    return "".join(map(str, digits))


def a_pdf() -> bytes:
    """Two pages of A4 with text that can be looked for."""
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=(595, 842))
    for page in (1, 2):
        canvas.setFont("Helvetica-Bold", 20)
        canvas.drawString(60, 760, DOCUMENT_TITLE)
        canvas.setFont("Helvetica", 12)
        canvas.drawString(60, 720, DOCUMENT_LINE if page == 1 else "Lançamentos do mês")
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def eventually(holds: Callable[[], object], otherwise: str) -> None:
    """Asks again until it holds, for as long as the service may take to catch up."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.2)  # between two questions to a real service, not for luck: the loop decides
