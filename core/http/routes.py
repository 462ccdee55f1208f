"""Routes, each with the people whom it is for written beside it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field

from aiohttp import web

from core.errors import Forbidden, NotSignedIn
from core.identity.model import Person, Role

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Audience:
    """For whom a route is, coarsely; what is whose is the service's to know.

    Unite two with `|`: `CUSTOMERS | staff(Role.HOST)`.
    """

    nobody: bool = False
    customers: bool = False
    roles: frozenset[Role] = field(default_factory=frozenset)

    def __or__(self, other: Audience) -> Audience:
        return Audience(
            self.nobody or other.nobody,
            self.customers or other.customers,
            self.roles | other.roles,
        )

    def admit(self, person: Person) -> None:
        """Raises NotSignedIn for nobody and Forbidden for the others whom this is not for."""
        if self.nobody or (self.customers and person.is_customer) or person.has(*self.roles):
            return
        if person.kind == "nobody":
            raise NotSignedIn("Say a name or sign in first.")
        raise Forbidden("This is not for you.")


ANYONE = Audience(nobody=True)
"""Everybody, known or not."""

CUSTOMERS = Audience(customers=True)
"""Guests and customers: whoever may have a cart."""


def staff(*roles: Role) -> Audience:
    """Staff with one of `roles`; with none named, all staff."""
    return Audience(roles=frozenset(roles or Role))


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one path (as aiohttp writes it: `/api/orders/{id}`).

    `cookie` is False where nothing depends on who asks: pages, files, and calls of other services,
    which sign what they send. Then the session is not looked up, and a call need not come from a
    page of ours. `within_s` is the time for its answer; None leaves it at `answers.HANDLER_S`.
    """

    method: str
    path: str
    handler: Handler
    who: Audience
    cookie: bool = True
    within_s: float | None = None


class Routes:
    """The routes of one feature, in the order in which they are tried."""

    def __init__(self) -> None:
        self._routes: list[Route] = []

    def __iter__(self) -> Iterator[Route]:
        return iter(self._routes)

    def get(self, path: str, *, who: Audience, cookie: bool = True) -> Callable[[Handler], Handler]:
        """Also answers HEAD."""
        return self._named("GET", path, who, cookie)

    def post(
        self, path: str, *, who: Audience, cookie: bool = True, within_s: float | None = None
    ) -> Callable[[Handler], Handler]:
        return self._named("POST", path, who, cookie, within_s)

    def patch(
        self, path: str, *, who: Audience, cookie: bool = True
    ) -> Callable[[Handler], Handler]:
        return self._named("PATCH", path, who, cookie)

    def put(self, path: str, *, who: Audience, cookie: bool = True) -> Callable[[Handler], Handler]:
        return self._named("PUT", path, who, cookie)

    def delete(
        self, path: str, *, who: Audience, cookie: bool = True
    ) -> Callable[[Handler], Handler]:
        return self._named("DELETE", path, who, cookie)

    def options(
        self, path: str, *, who: Audience, cookie: bool = True
    ) -> Callable[[Handler], Handler]:
        """What is not a browser's question before it calls from elsewhere; that is answered."""
        return self._named("OPTIONS", path, who, cookie)

    def _named(
        self, method: str, path: str, who: Audience, cookie: bool, within_s: float | None = None
    ) -> Callable[[Handler], Handler]:
        def named(handler: Handler) -> Handler:
            self._routes.append(Route(method, path, handler, who, cookie, within_s))
            return handler

        return named

    def join(self, app: web.Application) -> None:
        """Make these the routes of `app`, whose `ground` has been laid."""
        for route in self._routes:
            if route.method == "GET":
                joined = app.router.add_get(route.path, route.handler)
                for twin in joined.resource or ():
                    app[ROUTES][twin] = route
            else:
                app[ROUTES][app.router.add_route(route.method, route.path, route.handler)] = route


ROUTES = web.AppKey("routes", dict[web.AbstractRoute, Route])
"""What was joined, by what aiohttp resolves a request to."""
