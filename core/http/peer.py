"""Whence a request comes: the client's address through proxies, https, the page's origin."""

import hashlib
import ipaddress
from urllib.parse import urlsplit

from aiohttp import web

from core.settings import Settings


class Peers:
    """What the settings say of proxies in front and of this service's own address."""

    def __init__(self, settings: Settings, log_key: bytes) -> None:
        self.trusted_proxies = settings.trusted_proxies
        self.https = settings.public_url is not None and settings.public_url.scheme == "https"
        self.origins = Origins(settings)
        self._log_key = log_key

    def hidden(self, address: str) -> str:
        """`address` as a log may hold it: the same for the same one, and no way back."""
        return hashlib.blake2b(address.encode(), key=self._log_key, digest_size=6).hexdigest()


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

    Behind n trusted proxies it is the n-th entry of `X-Forwarded-For` from its end: what stands
    before was written by the client itself. A household or a phone has a whole /64 to choose from.
    """
    address = request.remote or ""
    proxies = request.app[PEERS].trusted_proxies
    if proxies:
        forwarded = ",".join(request.headers.getall("X-Forwarded-For", ())).split(",")
        if len(forwarded) >= proxies and forwarded[-proxies].strip():
            address = forwarded[-proxies].strip()
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.IPv6Network((parsed, 64), strict=False))
    return str(parsed)


def is_https(request: web.Request) -> bool:
    """Whether the browser speaks https with us, or with the proxy in front."""
    peers = request.app[PEERS]
    if peers.https or request.secure:
        return True
    said = request.headers.get("X-Forwarded-Proto", "").split(",")[-peers.trusted_proxies :]
    return peers.trusted_proxies > 0 and said[0].strip() == "https"


def same_machine(request: web.Request) -> bool:
    """Whether the request came straight from this machine, through no proxy."""
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.remote or "").is_loopback
    except ValueError:
        return False
