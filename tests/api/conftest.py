"""The edge with a real PostgreSQL behind it: in process for answers, behind a real uvicorn where the wire matters."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine
from starlette.testclient import TestClient

from api.app import build_app
from api.assembly import make_edge
from api.edge import Edge
from api.server import Server, server_config
from customer360 import clock
from customer360.config import Settings
from customer360.privacy.credentials import fingerprint, new_token
from customer360.privacy.passwords import Passwords
from customer360.privacy.roles import Role, Scope
from customer360.stores.postgres.accounts import Accounts
from customer360.stores.postgres.api_keys import ApiKeys
from customer360.stores.postgres.attempts import Allowance
from customer360.stores.postgres.engine import make_engine
from customer360.stores.postgres.sessions import Sessions

ORIGIN = "http://127.0.0.1:8360"
PASSWORD = "uma senha bem comprida"
CHEAP = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, secret="test secret", console_required=False, free_space_floor_mb=0)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = make_engine(database_url, size=2)
    yield made
    made.dispose()


@pytest.fixture
def edge(settings: Settings, database_url: str) -> Edge:
    return make_edge(
        settings, database_url, passwords=CHEAP, allowance=Allowance(of_pair=3, of_login=5, of_address=6)
    )


@pytest.fixture
def client(edge: Edge) -> Iterator[TestClient]:
    with TestClient(
        build_app(edge), base_url=ORIGIN, client=("127.0.0.1", 50_000), raise_server_exceptions=True
    ) as made:
        yield made


@pytest.fixture
def key_header(engine: Engine) -> Callable[..., dict[str, str]]:
    """The header of a new API key with these scopes."""

    def make(*scopes: Scope) -> dict[str, str]:
        return {"Authorization": f"Bearer {ApiKeys(engine).create('test', scopes)}"}

    return make


@pytest.fixture
def sender(key_header: Callable[..., dict[str, str]]) -> dict[str, str]:
    return key_header(Scope.EVENTS_WRITE)


@pytest.fixture
def bearer(engine: Engine) -> Callable[[Role], dict[str, str]]:
    """The header of a new bearer token of this role."""

    def make(role: Role) -> dict[str, str]:
        token = new_token()
        account = Accounts(engine).for_tokens(role)
        Sessions(engine).open(account.id, fingerprint(token), None, clock.now() + clock.HOUR)
        return {"Authorization": f"Bearer {token}"}

    return make


@pytest.fixture
def account(engine: Engine) -> Callable[..., str]:
    """A new account; its login is returned, its password is PASSWORD."""

    def make(login: str = "ana", role: Role = Role.AGENT) -> str:
        Accounts(engine).add(login, login.title(), role, CHEAP.hash(PASSWORD))
        return login

    return make


@dataclass(frozen=True)
class Running:
    url: str
    server: Server


@pytest.fixture
def serving(edge: Edge) -> Iterator[Running]:
    """A real uvicorn with this edge."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        server = Server(server_config(edge, build_app(edge)), edge)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield Running(f"http://127.0.0.1:{listener.getsockname()[1]}", server)
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def served(serving: Running) -> str:
    """The address of a real uvicorn with this edge."""
    return serving.url
