"""The demo beside the service: loads once, makes the demo's accounts, says `ready`, then keeps a little life going."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine

from api.edge import Edge
from customer360.errors import Unavailable
from customer360.ids import Ids
from customer360.privacy.passwords import Passwords
from customer360.privacy.roles import Role
from customer360.stores.postgres.accounts import Accounts
from customer360.stores.postgres.installation import Installation
from indexer.archiving import Archiving
from indexer.backlog import Backlog
from indexer.demo import load
from indexer.demo.plan import DemoPlan, begin, finish
from indexer.demo.trickle import Trickle

CUSTOMERS = 2_000
# login: role, shown name. Everybody knows these passwords, so they exist in a demo only.
ACCOUNTS: Mapping[str, tuple[Role, str]] = {
    "agente": (Role.AGENT, "Ana Atendente"),
    "supervisora": (Role.SUPERVISOR, "Sílvia Supervisora"),
    "auditor": (Role.AUDITOR, "Augusto Auditor"),
    "integradora": (Role.INTEGRATOR, "Ivone Integradora"),
    "privacidade": (Role.PRIVACY_OFFICER, "Paula Privacidade"),
    "admin": (Role.ADMINISTRATOR, "Ademir Administrador"),
}

Show = Callable[[str, int, int], None]


def password_of(login: str) -> str:
    return f"demo-{login}"


@dataclass
class Demo:
    """`show` draws progress; `ready` is called once everything is loaded, found and open."""

    customers: int
    show: Show
    ready: Callable[[], None]
    failure: Exception | None = None

    def run(self, edge: Edge) -> Coroutine[Any, Any, None]:
        """To be called before the first request, so that nobody finds the service ready before it is loaded."""
        assert edge.services is not None, "the demo runs on the whole service"
        engine = edge.services.engine
        plan, needed = begin(Installation(engine), self.customers)
        _make_accounts(engine)
        return self._run(edge, Loading(plan, engine, edge.services.ids) if needed else None, plan)

    async def _run(self, edge: Edge, loading: Loading | None, plan: DemoPlan) -> None:
        """Until cancelled. An error ends the service and is kept in `failure`."""
        try:
            if loading is not None:
                await loading.run(edge.archiving(None), self.show)
            self.ready()
            await _live(plan, edge)
        except Exception as error:  # noqa: BLE001 - whatever it was, a demo that cannot load must end and say so
            self.failure = error
            signal.raise_signal(signal.SIGTERM)


@dataclass
class Loading:
    """The first load, or the rest of one that was ended. Its threads end with it."""

    plan: DemoPlan
    engine: Engine
    ids: Ids
    stopping: threading.Event = field(default_factory=threading.Event)

    async def run(self, archiving: Archiving, show: Show) -> None:
        plan, engine = self.plan, self.engine
        try:
            events = _counting(show, "loading events", plan.told)
            await asyncio.to_thread(load.load_events, plan, engine, self.ids, events, self.stopping)
            documents = _counting(show, "archiving documents", plan.documents)
            await load.load_documents(plan, engine, archiving, documents)
            await asyncio.to_thread(self._settle, show)
            await asyncio.to_thread(finish, Installation(engine))
        finally:
            self.stopping.set()

    def _settle(self, show: Show) -> None:
        """Ready means: projected, read out and found by searches too."""
        installation, backlog = Installation(self.engine), Backlog(self.engine)
        while True:
            done = backlog.wait_until_done(
                lambda reached: show("delivering to search", reached.delivered, reached.changes),
                self.stopping,
            )
            if done and not installation.unread_documents() and backlog.reached().done:
                return
            if self.stopping.wait(0.2) or not backlog.attended():
                raise Unavailable("the worker ended before everything was loaded; start again to go on")


def _counting(show: Show, said: str, total: int) -> Callable[[int], None]:
    return lambda done: show(said, done, total)


async def _live(plan: DemoPlan, edge: Edge) -> None:
    trickle = Trickle(plan.people)
    for raws in trickle:
        with suppress(Unavailable):  # an outage, or a full disk: the next one will come through
            await edge.intake.submit(raws, key_id=None)
        await asyncio.sleep(trickle.pause())


def _make_accounts(engine: Engine) -> None:
    accounts, passwords = Accounts(engine), Passwords()
    held = {account.login for account in accounts.all()}
    for login, (role, name) in ACCOUNTS.items():
        if login not in held:
            accounts.add(login, name, role, passwords.hash(password_of(login)))
