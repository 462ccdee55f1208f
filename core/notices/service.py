"""Keeps notices, and hands them to the mail server after the commit.

What is kept is the template's name and its values, not the text: so a sign-in code, which is worked
out when the text is made, lies neither in the database nor in the queue.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from typing import Any, get_args

import msgspec
import structlog
from aiohttp import web
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Row,
    String,
    Table,
    Text,
    delete,
    insert,
    select,
    update,
)

from core import metrics
from core.clock import Clock, Instant
from core.db import Database, metadata
from core.ids import new_id
from core.locales import Locale
from core.notices.mail import Mail, Refused
from core.notices.templates import SIGN_IN_CODE, Template
from core.outbox import Outbox, add
from core.settings import Settings

TOPIC = "notice"
LATEST = 50
KEPT_MS = 30 * 24 * 3_600_000
TOO_LATE_MS = {
    "sign_in_code": 10 * 60_000,
    "booking_reminder": 60 * 60_000,
    "wish_opened": 60 * 60_000,
}
"""Notices that are worth nothing any more at this age."""

Complete = Callable[[str, Mapping[str, str]], Mapping[str, str]]
"""From the recipient and the kept values, those that are not kept."""

notice = Table(
    "notice",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("recipient", String(254), nullable=False),
    Column("template", String(40), nullable=False),
    Column("locale", String(20), nullable=False),
    Column("data", Text, nullable=False),
    Column("state", String(10), nullable=False),
    Index("ix_notice_at", "at"),
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice as its reader sees it."""

    at: Instant
    to: str
    subject: str
    text: str


class Notices:
    """Sends by `send`, in the sender's own write unit."""

    def __init__(self, database: Database, clock: Clock, settings: Settings) -> None:
        self._database = database
        self._clock = clock
        self._shop = settings.shop_name
        url = settings.smtp_url.get_secret_value()
        self._mail = Mail(url, settings.mail_from) if url else None
        self._templates: dict[str, Mapping[Locale, Template]] = {}
        self.complete: dict[str, Complete] = {}
        self.shown = self._mail is None and settings.environment != "production"
        self.add_template("sign_in_code", SIGN_IN_CODE)

    def add_template(self, name: str, texts: Mapping[Locale, Template]) -> None:
        """Make `send` know `name`, in all our languages; `{shop}` is the shop's name in each."""
        missing = set(get_args(Locale)) - set(texts)
        if missing:
            raise ValueError(f"{name} is not said in {', '.join(sorted(missing))}")
        self._templates[name] = texts

    def join(self, outbox: Outbox) -> None:
        outbox.subscribe(TOPIC, self._hand_over)

    def send(
        self,
        connection: Connection,
        to: str,
        template: str,
        locale: Locale,
        data: Mapping[str, str],
    ) -> None:
        """Send `template` to the e-mail address `to`, if and when this transaction commits."""
        if template not in self._templates:
            raise ValueError(f"no notice is called {template}")
        name = new_id("ntc")
        row = {
            "id": name,
            "at": self._clock.now(),
            "recipient": to,
            "template": template,
            "locale": locale,
            "data": msgspec.json.encode(data).decode(),
            "state": "waiting" if self._mail else "kept",
        }
        connection.execute(insert(notice).values(row))
        if self._mail:
            add(connection, TOPIC, name, {"notice": name})

    async def latest(self) -> list[Notice]:
        """The newest 50, newest first."""
        query = select(notice).order_by(notice.c.at.desc(), notice.c.id.desc()).limit(LATEST)
        rows = await self._database.read(lambda connection: connection.execute(query).all())
        return [self._read(row) for row in rows if row.template in self._templates]

    async def forget_old(self) -> None:
        """Remove those that are older than 30 days."""
        before = self._clock.now() - KEPT_MS
        old = delete(notice).where(notice.c.at < before)
        await self._database.write(lambda connection: connection.execute(old))

    async def erase(self, to: str) -> int:
        """Forget what was written to an address, sent or not; how much it was."""
        hers = delete(notice).where(notice.c.recipient == to)
        return await self._database.write(lambda connection: connection.execute(hers).rowcount)

    def _read(self, row: Row[*tuple[Any, ...]]) -> Notice:
        values = {"shop": self._shop, **msgspec.json.decode(row.data, type=dict[str, str])}
        complete = self.complete.get(row.template)
        if complete:
            values |= complete(row.recipient, values)
        filled = self._templates[row.template][row.locale].filled(values)
        return Notice(row.at, row.recipient, filled.subject, filled.text)

    async def _hand_over(self, payload: Mapping[str, str]) -> None:
        """The outbox's message: mail one notice. Raises whatever makes it worth another try."""
        name = payload["notice"]
        query = select(notice).where(notice.c.id == name, notice.c.state == "waiting")
        row = await self._database.read(lambda c: c.execute(query).one_or_none())
        if row is None or self._mail is None:
            return
        state = "sent"
        too_late_ms = TOO_LATE_MS.get(row.template)
        if too_late_ms is not None and row.at + too_late_ms <= self._clock.now():
            state = "late"
        else:
            try:
                await self._mail.send(self._message(row, self._mail.sender))
            except Refused as error:
                state = "refused"
                log.warning("notice.refused", notice=name, reason=str(error))
        metrics.notices.labels(row.template, state).inc()
        done = update(notice).where(notice.c.id == name).values(state=state)
        await self._database.write(lambda connection: connection.execute(done))

    def _message(self, row: Row[*tuple[Any, ...]], sender: str) -> EmailMessage:
        read = self._read(row)
        _, address = parseaddr(sender)
        message = EmailMessage()
        message["From"] = Address(self._shop, addr_spec=address)
        message["To"] = Address(addr_spec=read.to)
        message["Subject"] = read.subject
        message["Date"] = formatdate(read.at / 1000)
        # The same at every try, so that a mailbox shows a message that came twice once.
        message["Message-ID"] = f"<{row.id}@{address.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(read.text, cte="base64")  # any server takes it, whatever it is in
        message["Content-Language"] = row.locale
        return message


NOTICES = web.AppKey("notices", Notices)
