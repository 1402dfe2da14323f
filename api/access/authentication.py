"""From the headers of a request to its principal, and the rules that hold for cookies only."""

from __future__ import annotations

from starlette.requests import HTTPConnection

from api.access.lookups import Lookups
from api.access.origins import Origins
from customer360.errors import Forbidden, NotSignedIn
from customer360.privacy.credentials import KEY_PREFIX, same
from customer360.privacy.principal import Principal

COOKIE = "c360_session"
CSRF_HEADER = "x-csrf-token"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Authentication:
    """Bearer token, API key (`X-API-Key` or Bearer) or session cookie; a header that is there is never passed over."""

    def __init__(self, lookups: Lookups, origins: Origins) -> None:
        self.lookups = lookups
        self.origins = origins

    async def principal(self, request: HTTPConnection, *, csrf: bool | None = None) -> Principal:
        """NotSignedIn without a valid credential; Forbidden (CSRF, ORIGIN_NOT_ALLOWED) for a cookie used from afar.

        `csrf` demands the X-CSRF-Token header of a cookie session; by default for every method that may change something.
        """
        sent = _header_credential(request)
        if sent is not None:
            return await self._by_header(sent)
        return await self._by_cookie(request, csrf=csrf)

    async def _by_header(self, sent: str) -> Principal:
        if sent.startswith(KEY_PREFIX):
            found = await self.lookups.key(sent)
        else:
            found = await self.lookups.session(sent)
        if found is None or found.csrf_token is not None:  # a cookie's token is good in a cookie only
            raise NotSignedIn("the credential is unknown, ended or revoked")
        return found

    async def _by_cookie(self, request: HTTPConnection, *, csrf: bool | None) -> Principal:
        token = request.cookies.get(COOKIE)
        if not token:
            raise NotSignedIn("sign in, or send a bearer token or an API key")
        found = await self.lookups.session(token)
        if found is None or found.csrf_token is None:
            raise NotSignedIn("the session has ended; sign in again")
        self.origins.check_origin(request.headers)
        demanded = request.scope["method"] not in _SAFE if csrf is None else csrf
        if demanded and not same(request.headers.get(CSRF_HEADER, ""), found.csrf_token):
            raise Forbidden("the X-CSRF-Token header is missing or wrong", code="CSRF")
        return found


def _header_credential(request: HTTPConnection) -> str | None:
    """What the caller itself put in; NotSignedIn for a scheme that is not ours."""
    authorization = request.headers.get("authorization")
    if authorization is None:
        return request.headers.get("x-api-key")
    scheme, _, credential = authorization.partition(" ")
    if scheme.lower() != "bearer" or not credential.strip():
        raise NotSignedIn("only Authorization: Bearer is understood")
    return credential.strip()
