"""What the application holds that belongs to no feature, by typed keys."""

from aiohttp import web

from core.clock import Clock
from core.db import Database
from core.outbox import Outbox
from core.secret import Secret
from core.settings import Settings

SETTINGS = web.AppKey("settings", Settings)
CLOCK = web.AppKey[Clock]("clock")
SECRET = web.AppKey("secret", Secret)
DATABASE = web.AppKey("database", Database)
OUTBOX = web.AppKey("outbox", Outbox)
