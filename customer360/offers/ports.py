"""What the offer desk needs stored: the catalogue, the facts of a customer, and decisions. Blocking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from customer360.offers.model import Answer, Decision, Facts, Offer


@dataclass(frozen=True, slots=True)
class Inputs:
    """`version` names the content of the catalogue; `raw` is the facts as text, equal only for equal facts."""

    version: str
    raw: str
    facts: Facts


@dataclass(frozen=True, slots=True)
class Draft:
    """A decision to be kept under `id`, unless one with the same `question` was kept after `since` (µs)."""

    id: str
    customer_id: str
    member_ids: Sequence[str]
    question: bytes
    at: int
    since: int
    principal_id: str
    answer: Answer


class OfferStore(Protocol):
    def inputs(self, member_ids: Sequence[str], asker: str, conversation: int) -> Inputs:
        """One statement. Impressions that the source `asker` made after `conversation` (µs), not answered, are left out."""
        ...

    def catalogue(self) -> list[Offer]:
        """Every offer ever defined, withdrawn ones included; one statement."""
        ...

    def keep(self, draft: Draft) -> Decision:
        """The draft, stored, or the decision that answered the same question; one statement."""
        ...

    def decision(self, decision_id: str) -> Decision | None: ...

    def shown(self, decision_id: str, member_ids: Sequence[str], asker: str) -> frozenset[str]:
        """The offers of a decision that the source `asker` has presented to these members; retracted ones left out."""
        ...
