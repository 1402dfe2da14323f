"""/session: signing in to a cookie, who is signed in, signing out. The token itself is only ever in the cookie."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.access.authentication import COOKIE
from api.answers import JSON
from api.bodies import KIB, BodyLimits, read_json
from api.edge import Edge, edge_of
from customer360 import clock
from customer360.errors import BadInput, NotSignedIn
from customer360.privacy.credentials import fingerprint
from customer360.privacy.principal import Principal

_BODY = BodyLimits(8 * KIB, seconds=10.0)


async def sign_in(request: Request) -> Response:
    """{"login", "password"} -> {"csrfToken", "expiresAt", "viewer"} and the cookie."""
    edge = edge_of(request)
    edge.authentication.origins.check_origin(request.headers)
    login, password = _credentials(await read_json(request, _BODY))
    address = request.client.host if request.client else ""
    opened = await edge.sign_in.open(login, password, address)
    response = JSON(_shown(opened.principal))
    _set_cookie(edge, response, opened.token, edge.settings.session_hours * 3600)
    return response


async def who(request: Request) -> Response:
    """What signing in answered, again: how a page gets its CSRF token back after a reload."""
    principal = await edge_of(request).authentication.principal(request)
    if principal.csrf_token is None:
        raise NotSignedIn("there is no session here")
    return JSON(_shown(principal))


async def sign_out(request: Request) -> Response:
    """204; the session, and any stream of it, ends."""
    edge = edge_of(request)
    principal = await edge.authentication.principal(request)
    token = request.cookies.get(COOKIE)
    if principal.csrf_token is None or token is None:
        raise NotSignedIn("there is no session here")
    await edge.run(lambda: edge.sign_in.sessions.revoke(fingerprint(token)))
    edge.authentication.lookups.forget(token)
    response = Response(status_code=204)
    _set_cookie(edge, response, "", 0)
    return response


def _set_cookie(edge: Edge, response: Response, token: str, seconds: int) -> None:
    """Host-only: no Domain, so no other name of the site gets it."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=seconds,
        path="/",
        secure=edge.authentication.origins.secure,
        httponly=True,
        samesite="strict",
    )


def _shown(principal: Principal) -> dict[str, Any]:
    assert principal.role is not None  # an account has one
    assert principal.expires_at is not None  # a session ends
    return {
        "csrfToken": principal.csrf_token,
        "expiresAt": clock.isoformat(principal.expires_at),
        "viewer": {
            "id": principal.id,
            "name": principal.name,
            "role": principal.role.name,
            "scopes": sorted(principal.scopes),
            "locale": principal.locale,
        },
    }


def _credentials(body: object) -> tuple[str, str]:
    if isinstance(body, dict):
        login, password = body.get("login"), body.get("password")
        if isinstance(login, str) and isinstance(password, str) and 0 < len(login) <= 200:
            if not _is_text(login) or not _is_text(password):
                raise BadInput(
                    "a login or password has no such characters", field="login", code="INVALID_TEXT"
                )
            return login, password
    raise BadInput("send login and password as texts", field="login")


def _is_text(text: str) -> bool:
    """Without what PostgreSQL cannot hold: U+0000 and halves of surrogate pairs."""
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


ROUTES = [
    Route("/session", sign_in, methods=["POST"]),
    Route("/session", who, methods=["GET"]),
    Route("/session", sign_out, methods=["DELETE"]),
]
