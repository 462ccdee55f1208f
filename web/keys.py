"""What the application holds that belongs to no feature, by typed keys."""

from dataclasses import dataclass

from aiohttp import web

from core.clock import Clock
from core.db import Database
from core.limits import Limits
from core.outbox import Outbox
from core.secret import Secret
from core.settings import Settings

SETTINGS = web.AppKey("settings", Settings)
CLOCK = web.AppKey[Clock]("clock")
SECRET = web.AppKey("secret", Secret)
DATABASE = web.AppKey("database", Database)
OUTBOX = web.AppKey("outbox", Outbox)
LIMITS = web.AppKey("limits", Limits)
"""What a person or an address may do how often, counted over all processes."""


@dataclass(slots=True)
class Worker:
    """Which of several processes this is, counted from 1."""

    number: int
    leaving: bool = False
    """Its successor serves in its place."""


WORKER = web.AppKey("worker", Worker)
