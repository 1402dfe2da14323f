"""What happened to each invented customer in two years, as CloudEvents; the same seed and end give the same events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from indexer.demo.people import Person
from indexer.demo.talk import CONTACTS, DECLINES, LIFE_EVENTS, MESSAGES, NOTES, OFFERS

DAYS = 730
SOURCE = "demo"
_PRODUCTS = ("internet", "móvel", "tv", "cartão")
_SEGMENTS = ("ouro", "jovem", "viajante", "empreendedor", "inadimplente", "família")
# (channel, weight) of what customers start themselves
_INBOUND = (("voice", 40), ("ivr", 15), ("chat", 12), ("whatsapp", 14), ("mobile_app", 8), ("web", 5), ("branch", 3),
            ("email", 2), ("social", 1))  # fmt: skip
_OUTBOUND = (("email", 45), ("sms", 30), ("whatsapp", 15), ("print", 6), ("mms", 2), ("qr", 2))
_OFFERING = (("voice", 45), ("web", 20), ("mobile_app", 20), ("whatsapp", 10), ("branch", 5))
_AGENTS = tuple(f"atendente-{number:02d}" for number in range(1, 31))


@dataclass(frozen=True, slots=True)
class Bill:
    """A document to archive: what its PDF shows is drawn from these."""

    number: str
    person: Person
    at: datetime
    amount: float
    items: tuple[tuple[str, float], ...]


def catalogue(end: datetime) -> list[dict[str, Any]]:
    """The 30 offers, defined two years ago."""
    made = []
    for number, (code, name, value, group, rules) in enumerate(OFFERS):
        data: dict[str, Any] = {
            "offer": code,
            "name": name,
            "value": value,
            "group": group,
            "product": group,
            "summary": f"{name}: condição especial para clientes com a gente há mais tempo.",
            "talkTrack": f"Vi aqui que {name} combina com o seu uso. Posso explicar em um minuto?",
            "repeatAfterDays": (15, 30, 60)[number % 3],
            "rules": [_rule(*rule) for rule in rules],
        }
        if number % 5 == 4:
            data["consent"] = "marketing"
        if number == 29:
            data["validTo"] = (end - timedelta(days=3)).isoformat()
        made.append(_event("offer.defined", f"offer-{code}", None, end - timedelta(days=DAYS), data))
    return made


class Story:
    """One customer's two years, told in no particular order."""

    def __init__(self, seed: int, number: int, person: Person, end: datetime, events: int) -> None:
        self._random = Random(f"{seed}/{number}")
        self._number = number
        self._person = person
        self._end = end
        self._wanted = events
        self._made = 0
        self._hour = self._random.choice((9, 11, 14, 16, 19))

    def tell(self) -> Iterator[dict[str, Any]]:
        """Exactly as many events as wanted."""
        for raw in self._all():
            if self._made == self._wanted:
                return
            self._made += 1
            yield raw

    def _all(self) -> Iterator[dict[str, Any]]:
        yield from self._who()
        while True:
            yield from self._random.choices(
                (self._contact, self._message, self._offer, self._payment, self._query, self._rare),
                weights=(34, 24, 12, 14, 8, 8),
            )[0]()

    def _who(self) -> Iterator[dict[str, Any]]:
        random, person = self._random, self._person
        start = self._end - timedelta(days=DAYS)
        keys = [("phone", person.phone), ("email", person.email), ("account", person.account)]
        yield self._event(
            "profile.updated",
            start,
            {
                "name": person.name,
                "attributes": {
                    "cidade": person.city,
                    "estado": person.state,
                    "ano_nascimento": person.birth_year,
                    "profissão": person.job,
                    "dependentes": random.choice((0, 0, 1, 2, 3)),
                },
                "keys": [{"type": kind, "value": value} for kind, value in keys],
            },
        )
        granted = "consent.granted" if random.random() < 0.75 else "consent.revoked"
        yield self._event(granted, start, {"purpose": "marketing", "via": "web"})
        yield self._event(
            "score.updated", self._when(), {"name": "crédito", "value": float(random.randint(300, 950))}
        )
        yield self._event(
            "score.updated", self._when(), {"name": "cancelamento", "value": round(random.random(), 2)}
        )
        yield self._event("segment.entered", self._when(), {"segment": random.choice(_SEGMENTS)})
        product = random.choice(_PRODUCTS)
        yield self._event(
            "purchase.completed",
            start + timedelta(days=random.randint(0, 200)),
            {"product": product, "title": f"Contratação: {product}", "amount": 99.9, "channel": "branch"},
        )

    def _contact(self) -> Iterator[dict[str, Any]]:
        random = self._random
        reason = random.choice(list(CONTACTS))
        title, summaries, dispositions = CONTACTS[reason]
        at = self._when()
        channel = _pick(random, _INBOUND)
        data = {
            "channel": channel,
            "direction": "inbound",
            "title": title,
            "summary": random.choice(summaries),
            "reason": reason,
            "disposition": random.choice(dispositions),
            "startedAt": at.isoformat(),
            "endedAt": (at + timedelta(seconds=random.randint(60, 1_500))).isoformat(),
            "protocol": f"{at:%Y%m%d}{self._number:05d}{self._made:03d}",
        }
        if channel in ("voice", "chat", "whatsapp", "branch"):
            data |= {
                "agent": random.choice(_AGENTS),
                "queue": random.choice(("geral", "técnico", "retenção")),
            }
        yield self._event("interaction.recorded", at, data)
        if random.random() < 0.12:
            yield self._event(
                "note.added",
                at + timedelta(minutes=9),
                {"text": random.choice(NOTES), "agent": random.choice(_AGENTS)},
            )

    def _message(self) -> Iterator[dict[str, Any]]:
        random = self._random
        title, template = random.choice(MESSAGES)
        at, channel = self._when(), _pick(random, _OUTBOUND)
        message = f"m-{self._number}-{self._made}"
        yield self._event(
            "message.sent",
            at,
            {"messageId": message, "channel": channel, "title": title, "template": template},
        )
        fate = random.random()
        later = at + timedelta(minutes=random.randint(1, 600))
        if fate < 0.08:
            lost = "returned" if channel == "print" else "bounced"
            yield self._event(
                f"message.{lost}", later, {"messageId": message, "reason": "destinatário desconhecido"}
            )
        elif fate < 0.6:
            yield self._event("message.delivered", later, {"messageId": message})
            if fate < 0.35:
                yield self._event("message.opened", later + timedelta(hours=1), {"messageId": message})

    def _offer(self) -> Iterator[dict[str, Any]]:
        random = self._random
        code, name = random.choice(OFFERS)[:2]
        at, channel = self._when(), _pick(random, _OFFERING)
        decision = f"demo-{self._number}-{self._made}"
        shared = {"offer": code, "channel": channel, "decisionId": decision}
        yield self._event("offer.presented", at, {**shared, "title": f"Oferta apresentada: {name}"})
        answer = random.random()
        later = at + timedelta(minutes=4)
        if answer < 0.15:
            yield self._event("offer.accepted", later, {**shared, "title": f"Oferta aceita: {name}"})
        elif answer < 0.55:
            reason = random.choice(DECLINES)
            yield self._event(
                "offer.declined", later, {**shared, "title": f"Oferta recusada: {name}", "reason": reason}
            )
        elif answer < 0.65:
            yield self._event("offer.deferred", later, {**shared, "title": f"Oferta adiada: {name}"})

    def _payment(self) -> Iterator[dict[str, Any]]:
        amount = round(self._random.uniform(40, 400), 2)
        yield self._event(
            "payment.received", self._when(), {"amount": amount, "title": f"Pagamento de R$ {amount:.2f}"}
        )

    def _query(self) -> Iterator[dict[str, Any]]:
        channel = self._random.choice(("mobile_app", "web", "ivr"))
        yield self._event(
            "account.queried",
            self._when(),
            {"what": "saldo", "title": "Consulta de saldo", "channel": channel},
        )

    def _rare(self) -> Iterator[dict[str, Any]]:
        if self._random.random() < 0.3:
            kind, title = self._random.choice(LIFE_EVENTS)
            yield self._event("life_event.observed", self._when(), {"kind": kind, "title": title})
        else:
            url = "https://exemplo.com.br/ofertas"
            yield self._event(
                "link.visited", self._when(), {"url": url, "title": "Visitou a página de ofertas"}
            )

    def _when(self) -> datetime:
        """Some day of the two years, mostly around this customer's hour."""
        random = self._random
        day = self._end - timedelta(days=random.randint(1, DAYS - 1))
        hour = min(22, max(7, round(random.gauss(self._hour, 2))))
        return day.replace(
            hour=hour, minute=random.randint(0, 59), second=random.randint(0, 59), microsecond=0
        )

    def _event(self, name: str, at: datetime, data: dict[str, Any]) -> dict[str, Any]:
        at = min(at, self._end)
        return _event(name, f"{self._number}-{self._made}-{name}", self._person.subject, at, data)


def bills(seed: int, people: list[Person], end: datetime, count: int) -> Iterator[Bill]:
    random = Random(f"{seed}/bills")
    for number in range(count):
        person = people[number % len(people)]
        items = tuple(
            (name, round(random.uniform(10, 150), 2))
            for name in random.sample(
                ("Plano mensal", "Ligações", "Internet adicional", "Assinatura de TV", "Seguro"), 3
            )
        )
        at = end - timedelta(days=30 * (number % 24) + 5)
        yield Bill(f"{at:%Y%m}-{number:05d}", person, at, round(sum(price for _, price in items), 2), items)


def _rule(fact: str, name: str, op: str, value: object) -> dict[str, Any]:
    return {"fact": fact, "name": name, "op": op, **({} if value is None else {"value": value})}


def _event(
    name: str, event_id: str, subject: str | None, at: datetime, data: dict[str, Any]
) -> dict[str, Any]:
    raw = {
        "specversion": "1.0",
        "id": event_id,
        "source": SOURCE,
        "type": f"c360.{name}.v1",
        "time": at.astimezone(UTC).isoformat(),
        "data": data,
    }
    return raw if subject is None else {**raw, "subject": subject}


def _pick(random: Random, weighted: tuple[tuple[str, int], ...]) -> str:
    return random.choices([name for name, _ in weighted], weights=[weight for _, weight in weighted])[0]
