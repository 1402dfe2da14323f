"""Answers requests for offers: reads facts, decides, keeps the decision. The same question within 60 s is answered once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from customer360 import clock
from customer360.events import own_source
from customer360.ids import Ids
from customer360.offers.catalogue import current
from customer360.offers.decide import decide
from customer360.offers.model import Answer, Context, Decision, Offer
from customer360.offers.ports import Draft, Inputs, OfferStore

REUSE = 60 * clock.SECOND
CONVERSATION = 30 * clock.MINUTE  # how long a card that its agent showed, unanswered, may be shown again
FIRST = 3  # offers suggested when the caller does not say

Run = Callable[..., Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Request:
    """Who is asked about, by whom, where; `now` in µs."""

    customer_id: str
    member_ids: Sequence[str]
    context: Context
    principal_id: str
    now: int
    first: int = FIRST


class OfferDesk:
    """One per process. `run` executes blocking work in a thread."""

    def __init__(self, store: OfferStore, ids: Ids, run: Run, zone: ZoneInfo) -> None:
        self._store = store
        self._ids = ids
        self._run = run
        self._zone = zone  # the days that reasons name are its days
        self._known: tuple[str, list[Offer]] = ("", [])
        self._reading = Lock()

    async def decide(self, request: Request) -> Decision:
        """Two SQL statements, three when the catalogue changed since the last question of this process."""
        decision: Decision = await self._run(self._decide, request)
        return decision

    async def decision(self, decision_id: str) -> Decision | None:
        found: Decision | None = await self._run(self._store.decision, decision_id)
        return found

    async def shown(self, decision_id: str, member_ids: Sequence[str], principal_id: str) -> frozenset[str]:
        """Offers of a decision that a person has put on the screen, as far as projection has come."""
        asker = own_source(principal_id)
        found: frozenset[str] = await self._run(self._store.shown, decision_id, member_ids, asker)
        return found

    def _decide(self, request: Request) -> Decision:
        asker = own_source(request.principal_id)
        inputs = self._store.inputs(request.member_ids, asker, request.now - CONVERSATION)
        offers = current(self._catalogue(inputs.version), request.now)
        context = replace(request.context, zone=self._zone)
        answer = decide(offers, inputs.facts, context, request.now, request.first)
        question = self._question(request, inputs, answer)
        return self._store.keep(
            Draft(
                id=self._ids.make("decision", request.customer_id, question.hex(), str(request.now // REUSE)),
                customer_id=request.customer_id,
                member_ids=request.member_ids,
                question=question,
                at=request.now,
                since=request.now - REUSE,
                principal_id=request.principal_id,
                answer=answer,
            )
        )

    def _catalogue(self, version: str) -> list[Offer]:
        """Kept until its content changes; one thread reads it, the others wait for it."""
        with self._reading:
            if self._known[0] != version:
                self._known = (version, self._store.catalogue())
            return self._known[1]

    def _question(self, request: Request, inputs: Inputs, answer: Answer) -> bytes:
        """What makes two questions the same: context, facts, catalogue, and that time alone has not changed the outcome."""
        outcome = [
            [suggestion.offer for suggestion in answer.offers],
            [
                [exclusion.offer, [reason.rule for reason in exclusion.reasons]]
                for exclusion in answer.excluded
            ],
        ]
        where = request.context
        asked = msgspec.json.encode(
            [where.channel, where.reason, where.queue, where.interaction, request.first, outcome]
        ).decode()
        return self._ids.digest("question", inputs.version, inputs.raw, asked)
