"""A little life: every second or two something happens to one of the demo's customers, now."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from indexer.demo.people import Person
from indexer.demo.story import SOURCE
from indexer.demo.talk import CONTACTS, DECLINES, MESSAGES, OFFERS

_INBOUND = ("voice", "voice", "whatsapp", "chat", "mobile_app", "ivr", "branch")


class Trickle:
    """Endless. Ids begin with a text of this run, so that nothing of an earlier run is repeated."""

    def __init__(self, people: list[Person], random: Random | None = None) -> None:
        self._people = people
        self._random = random or Random()
        self._run = secrets.token_hex(4)
        self._numbers = count(1)

    def __iter__(self) -> Iterator[list[dict[str, Any]]]:
        """Each time the one or two events of one happening, in order."""
        while True:
            happening = self._random.choices((self._contact, self._message, self._offer), (6, 3, 2))[0]
            yield happening(self._random.choice(self._people), datetime.now(UTC))

    def pause(self) -> float:
        """Seconds until the next happening."""
        return self._random.uniform(1.0, 2.0)

    def _contact(self, person: Person, now: datetime) -> list[dict[str, Any]]:
        reason = self._random.choice(list(CONTACTS))
        title, summaries, dispositions = CONTACTS[reason]
        data = {
            "channel": self._random.choice(_INBOUND),
            "direction": "inbound",
            "title": title,
            "summary": self._random.choice(summaries),
            "reason": reason,
            "disposition": self._random.choice(dispositions),
            "startedAt": (now - timedelta(minutes=4)).isoformat(),
            "endedAt": now.isoformat(),
        }
        return [self._event("interaction.recorded", person, now, data)]

    def _message(self, person: Person, now: datetime) -> list[dict[str, Any]]:
        title, template = self._random.choice(MESSAGES)
        channel = self._random.choice(("email", "sms", "whatsapp"))
        message = f"live-{self._run}-{next(self._numbers)}"
        data = {"messageId": message, "channel": channel, "title": title, "template": template}
        return [
            self._event("message.sent", person, now, data),
            self._event("message.delivered", person, now, {"messageId": message}),
        ]

    def _offer(self, person: Person, now: datetime) -> list[dict[str, Any]]:
        code, name = self._random.choice(OFFERS)[:2]
        decision = f"live-{self._run}-{next(self._numbers)}"
        shared = {"offer": code, "channel": "web", "decisionId": decision}
        shown = {**shared, "title": f"Oferta apresentada: {name}"}
        if self._random.random() < 0.3:
            answer = self._event("offer.accepted", person, now, {**shared, "title": f"Oferta aceita: {name}"})
        else:
            declined = {
                **shared,
                "title": f"Oferta recusada: {name}",
                "reason": self._random.choice(DECLINES),
            }
            answer = self._event("offer.declined", person, now, declined)
        return [self._event("offer.presented", person, now, shown), answer]

    def _event(self, name: str, person: Person, at: datetime, data: dict[str, Any]) -> dict[str, Any]:
        return {
            "specversion": "1.0",
            "id": f"live-{self._run}-{next(self._numbers)}",
            "source": SOURCE,
            "type": f"c360.{name}.v1",
            "subject": person.subject,
            "time": at.isoformat(),
            "data": data,
        }
