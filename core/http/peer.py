"""Whence a request comes: the client's address through proxies, https, the page's origin.

A header that names a client is believed of proxies alone that the settings name: each of them
writes behind what it was sent, so the header is read from its end for as long as whoever wrote the
entry is such a proxy. What stands further to the left was written by the client itself.
"""

import hashlib
import ipaddress
from ipaddress import IPv4Address, IPv6Address, IPv6Network
from urllib.parse import urlsplit

from aiohttp import web

from core.settings import Settings


class Peers:
    """What the settings say of proxies in front and of this service's own address."""

    def __init__(self, settings: Settings, log_key: bytes) -> None:
        self._proxies = [ipaddress.ip_network(entry) for entry in settings.trusted_proxies]
        self.https = settings.public_url is not None and settings.public_url.scheme == "https"
        self.origins = Origins(settings)
        self._log_key = log_key

    def hidden(self, address: str) -> str:
        """`address` as a log may hold it: the same for the same one, and no way back."""
        return hashlib.blake2b(address.encode(), key=self._log_key, digest_size=6).hexdigest()

    def way(self, remote: str, forwarded: list[str]) -> tuple[str, int]:
        """The client's address, and through how many proxies of ours she came.

        `remote` is who connected to us, `forwarded` the entries of `X-Forwarded-For`.
        """
        address, proxies = remote, 0
        while self._is_proxy(address):
            proxies += 1
            if not forwarded:
                break  # the proxy asks for itself
            address = forwarded.pop()
        return address, proxies

    def _is_proxy(self, address: str) -> bool:
        if not self._proxies:
            return False
        parsed = _parsed(address)
        return parsed is not None and any(parsed in network for network in self._proxies)


PEERS = web.AppKey("peers", Peers)


class Origins:
    """Which pages may open sockets and change things.

    With a public address: its origin, and the further ones that the settings allow. Without one (in
    development only): whatever page this service itself served, by the request's `Host`.
    """

    def __init__(self, settings: Settings) -> None:
        further = {_origin(origin) for origin in settings.allowed_origins}
        self.further: frozenset[str] = frozenset(further)
        self.own = _origin(str(settings.public_url)) if settings.public_url else None

    def allow(self, origin: str, host: str, scheme: str) -> bool:
        """Whether a page of `origin` may, asking `host` by `scheme` (`http` or `https`)."""
        if origin in self.further:
            return True
        return origin == (self.own or f"{scheme}://{host}")


def _origin(url: str) -> str:
    """Scheme, host and port as browsers write them: no default port, lower case, no path."""
    parts = urlsplit(url)
    default = {"http": 80, "https": 443}.get(parts.scheme)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    port = "" if parts.port in (None, default) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def client_address(request: web.Request) -> str:
    """The client's network address: an IPv4 address or the /64 of an IPv6 one; "" if unknown.

    A household or a phone has a whole /64 to choose from.
    """
    parsed = _parsed(_way(request)[0])
    if isinstance(parsed, IPv6Address):
        return str(IPv6Network((int(parsed), 64), strict=False))
    return "" if parsed is None else str(parsed)


def is_https(request: web.Request) -> bool:
    """Whether the browser speaks https with us, or with the proxy in front.

    Of several proxies of ours the one at the edge says it, where each adds a word of its own.
    """
    if request.app[PEERS].https or request.secure:
        return True
    _, proxies = _way(request)
    said = _entries(request, "X-Forwarded-Proto")[-proxies:] if proxies else []
    return said[:1] == ["https"]


def same_machine(request: web.Request) -> bool:
    """Whether the request came straight from this machine, through no proxy."""
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    parsed = _parsed(request.remote or "")
    return parsed is not None and parsed.is_loopback


def _way(request: web.Request) -> tuple[str, int]:
    return request.app[PEERS].way(request.remote or "", _entries(request, "X-Forwarded-For"))


def _entries(request: web.Request, header: str) -> list[str]:
    """What stands in all headers of this name, in order; what is empty stands for nothing."""
    written = ",".join(request.headers.getall(header, ())).split(",")
    return [entry for part in written if (entry := part.strip())]


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    """None for what is no address; an IPv4 address also where it is written as an IPv6 one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return None
    return getattr(parsed, "ipv4_mapped", None) or parsed
