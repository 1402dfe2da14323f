"""A call center for tests: real PostgreSQL, the real write side driven by hand, and the executor that production runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from customer360.config import Settings
from customer360.privacy.principal import Principal
from customer360.services import Services, build
from customer360.stores.ports import Answer, Question
from indexer.batch import Verdict
from schema.context import RequestContext
from schema.execution import Executor, Request, Response
from schema.root import build_schema
from tests.indexer.scenario import SECRET, Scenario, event

ANA, ANA_PHONE, BIA = "cpf:52998224725", "phone:+5541999887766", "cpf:11144477735"


@dataclass
class CountingReader:
    """Passes questions on and counts round trips."""

    services: Services
    asks: int = 0

    def __post_init__(self) -> None:
        self._real = self.services.search
        self.services.search = self

    async def ask(self, questions: Sequence[Question]) -> list[Answer]:
        self.asks += 1
        return await self._real.ask(questions)

    async def close(self) -> None:
        await self._real.close()


@dataclass
class Desk:
    services: Services
    scenario: Scenario
    executor: Executor = field(default_factory=lambda: Executor(build_schema()))
    projects: bool = True  # False: facts stay in the ledger, as when projection lags
    recorded: list[dict[str, Any]] = field(default_factory=list)
    roles: dict[str, Principal] = field(default_factory=dict)

    @classmethod
    def open(cls, database_url: str, folder: Path) -> Desk:
        settings = Settings(database_url=database_url, secret=SECRET.decode(), data_dir=folder)
        services = build(settings, database_url)
        return cls(services, Scenario(services.engine, services.ids))

    def principal(self, role: str) -> Principal:
        """One account of each role; the same one each time."""
        if role not in self.roles:
            id = self.services.ids.make("account", role)
            self.roles[role] = Principal.of_account(id, f"Pessoa {role}", role, "pt-BR")
        return self.roles[role]

    def context(self, principal: Principal) -> RequestContext:
        return RequestContext(principal, self.services, self._record, self._projected)

    async def ask(self, query: str, *, role: str | Principal = "agent", **variables: Any) -> dict[str, Any]:
        """The data of a query or mutation that must succeed."""
        response = await self.answer(query, role=role, **variables)
        assert not response.errors, response.errors
        assert response.data is not None
        return response.data

    async def answer(self, query: str, *, role: str | Principal = "agent", **variables: Any) -> Response:
        principal = role if isinstance(role, Principal) else self.principal(role)
        return await self.executor.execute(
            Request(query, variables), self.context(principal), visibility="test", allow_introspection=False
        )

    def stream(
        self, query: str, *, role: str | Principal = "agent", **variables: Any
    ) -> AsyncGenerator[Response, None]:
        principal = role if isinstance(role, Principal) else self.principal(role)
        return self.executor.subscribe(
            Request(query, variables), self.context(principal), visibility="test", allow_introspection=False
        )

    def given(self, name: str, data: dict[str, Any], *, subject: str | None = ANA, **more: Any) -> str:
        """An event that came in before; its id."""
        return self.scenario.given(event(name, data, subject=subject, **more))[0]

    def everything(self) -> dict[str, int]:
        """How many rows there are where a mutation may write."""
        tables = ("event_log", "timeline_entry", "quarantine", "audit_entry", "change_log", "decision")
        return {table: self.scenario.rows(f"SELECT count(*) FROM {table}")[0][0] for table in tables}

    async def _record(self, events: Sequence[dict[str, Any]]) -> Sequence[Verdict]:
        self.recorded.extend(events)
        return await asyncio.to_thread(lambda: self.scenario.send(*events, own=True))

    async def _projected(self, event_ids: Sequence[str], timeout: float = 2.0) -> bool:
        assert event_ids
        assert timeout <= 2.0
        if self.projects:
            await asyncio.to_thread(self.scenario.project)
        return self.projects
