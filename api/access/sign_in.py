"""Signing in with login and password: throttled, and without a difference between an unknown login and a wrong password."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from customer360 import clock
from customer360.errors import Busy, NotSignedIn
from customer360.ids import Ids
from customer360.privacy.credentials import fingerprint, new_token
from customer360.privacy.passwords import Passwords, normal_login
from customer360.privacy.principal import Principal
from customer360.stores.postgres.accounts import Account, Accounts
from customer360.stores.postgres.attempts import Attempts, Tried
from customer360.stores.postgres.sessions import Sessions

T = TypeVar("T")
_VERIFIERS = 2  # of 64 MB and one CPU each
_WAITING = 100


@dataclass(frozen=True, slots=True)
class SignedIn:
    """`token` goes into the cookie and nowhere else."""

    token: str = field(repr=False)
    principal: Principal


class SignIn:
    """Lives in one event loop. `threads` are for SQL; passwords are verified in two threads of their own."""

    def __init__(
        self,
        accounts: Accounts,
        sessions: Sessions,
        attempts: Attempts,
        ids: Ids,
        threads: Executor,
        *,
        session_hours: int,
        passwords: Passwords | None = None,
    ) -> None:
        self._accounts = accounts
        self.sessions = sessions
        self._attempts = attempts
        self._ids = ids
        self._threads = threads
        self._lifetime = session_hours * clock.HOUR
        self._passwords = passwords or Passwords()
        self._verifiers = ThreadPoolExecutor(_VERIFIERS, thread_name_prefix="passwords")
        self._waiting = 0

    async def open(self, login: str, password: str, address: str) -> SignedIn:
        """NotSignedIn (SIGN_IN_REFUSED) for whatever is wrong, TooManyAttempts, Busy when too many wait."""
        if self._waiting >= _WAITING:
            raise Busy("too many people are signing in; try again in a moment")
        self._waiting += 1
        try:
            return await self._open(normal_login(login), password, address)
        finally:
            self._waiting -= 1

    def close(self) -> None:
        self._verifiers.shutdown(wait=False, cancel_futures=True)

    async def _open(self, login: str, password: str, address: str) -> SignedIn:
        tried = Tried(
            pair=self._ids.digest("login and address", login, address),
            login=self._ids.digest("login", login),
            address=self._ids.digest("address", address),
        )
        await self._in(self._threads, lambda: self._attempts.begin(tried))
        account = await self._in(self._threads, lambda: self._accounts.find(login))
        stored = None if account is None or account.disabled else account.password_hash
        if not await self._in(self._verifiers, lambda: self._passwords.verify(stored, password)):
            account_id = None if account is None else account.id
            await self._in(self._threads, lambda: self.sessions.refused(account_id))
            raise NotSignedIn("login or password is wrong", code="SIGN_IN_REFUSED")
        assert account is not None  # a stored hash was verified
        await self._in(self._threads, lambda: self._attempts.succeeded(tried))
        return await self._in(self._threads, lambda: self._opened(account))

    def _opened(self, account: Account) -> SignedIn:
        token, csrf_token, expires_at = new_token(), new_token(), clock.now() + self._lifetime
        self.sessions.open(account.id, fingerprint(token), csrf_token, expires_at)
        principal = Principal.of_account(
            account.id,
            account.name,
            account.role,
            account.locale,
            csrf_token=csrf_token,
            expires_at=expires_at,
        )
        return SignedIn(token, principal)

    async def _in(self, threads: Executor, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(threads, work)
