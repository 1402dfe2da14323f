"""Which host names and origins are ours: against DNS rebinding and requests that other sites make a browser send."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from customer360.config import Settings
from customer360.errors import Forbidden

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class HostNotAllowed(Forbidden):
    """The Host header names somebody else."""

    code = "HOST_NOT_ALLOWED"
    status = 421


class Origins:
    """The loopback names, the address listened on, and the host of C360_PUBLIC_URL."""

    def __init__(self, settings: Settings) -> None:
        public = urlsplit(settings.public_url or "")
        self.secure = public.scheme == "https"
        self._public = f"{public.scheme}://{public.netloc}".lower() if public.netloc else None
        self._hosts = {*_LOOPBACK, settings.host.lower(), (public.hostname or "localhost").lower()}

    def check_host(self, headers: Headers) -> None:
        """HostNotAllowed unless the name is ours or the request brings a credential that no browser adds by itself."""
        if "authorization" in headers or "x-api-key" in headers:
            return
        if _name(headers.get("host", "")) not in self._hosts:
            raise HostNotAllowed("this host name is not ours; set C360_PUBLIC_URL to the address people use")

    def check_origin(self, headers: Headers) -> None:
        """Forbidden when a browser says that another site made the request."""
        origin = headers.get("origin")
        if origin is not None:
            if not self._is_ours(origin.lower(), headers.get("host", "").lower()):
                raise Forbidden("another site may not do this", code="ORIGIN_NOT_ALLOWED")
        elif headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            raise Forbidden("another site may not do this", code="ORIGIN_NOT_ALLOWED")

    def _is_ours(self, origin: str, host: str) -> bool:
        if origin == self._public:
            return True
        # Behind no proxy the page came from the very host it now asks.
        return origin == f"http://{host}" and _name(host) in self._hosts


def is_loopback(address: str) -> bool:
    """Of a peer's address, not of a name."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _name(host: str) -> str:
    """The host without its port, in lower case."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""
