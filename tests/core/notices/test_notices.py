"""Notices: kept where no mail is sent, else mailed once the transaction stands, and never lost."""

import asyncio
import traceback
from collections.abc import AsyncIterator, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

import pytest
import stamina
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as SmtpSession
from pydantic import SecretStr
from sqlalchemy import Connection, select, update

from core.clock import ManualClock
from core.db import Database
from core.errors import BadRequest, Forbidden, Unavailable
from core.locales import LOCALES
from core.notices import Notices, Template
from core.notices.mail import Mail, Refused
from core.notices.service import KEPT_MS, TOO_LATE_MS, TOPIC, notice
from core.outbox import Outbox, outbox_message, pause_ms
from core.settings import Settings

MAY = "may@example.com"
GREETING = Template("Hello {who}", "Hello {who}, from {shop}.\n")


class MailServer:
    """A mail server on a free port, which answers `say` to each recipient."""

    def __init__(self) -> None:
        self.say = "250 OK"
        self.taken: list[EmailMessage] = []
        self.port = 0

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: SmtpSession, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if self.say.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.say

    async def handle_DATA(  # noqa: N802
        self, _server: SMTP, _session: SmtpSession, envelope: Envelope
    ) -> str:
        content = cast(bytes, envelope.content)
        self.taken.append(message_from_bytes(content, policy=policy.default))
        return "250 taken"


@pytest.fixture
async def mail_server() -> AsyncIterator[MailServer]:
    handler = MailServer()
    sessions: list[SMTP] = []

    def session() -> SMTP:
        sessions.append(SMTP(handler, hostname="mail.test", enable_SMTPUTF8=False))
        return sessions[-1]

    server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", 0)
    handler.port = server.sockets[0].getsockname()[1]
    yield handler
    server.close()
    for one in sessions:
        if one.transport is not None:
            one.transport.close()
    await server.wait_closed()


class Office:
    """Notices and the outbox that hands them over, on a clock that tests move."""

    def __init__(self, database: Database, folder: Path, smtp_url: str = "", **more: Any) -> None:
        self.database = database
        self.clock = ManualClock()
        settings = Settings(data_folder=folder, smtp_url=SecretStr(smtp_url), **more)
        self.notices = Notices(database, self.clock, settings)
        self.notices.add_template("greeting", dict.fromkeys(LOCALES, GREETING))
        self.outbox = Outbox(database, self.clock)
        self.notices.join(self.outbox)

    async def send(self, template: str = "greeting", who: str = "May") -> None:
        await self.database.write(lambda c: self.notices.send(c, MAY, template, "en", {"who": who}))

    async def states(self) -> list[str]:
        query = select(notice.c.state).order_by(notice.c.id)
        rows = await self.database.read(lambda c: c.execute(query).scalars().all())
        return list(rows)

    async def waiting(self) -> int:
        rows = await self.database.read(lambda c: c.execute(select(outbox_message)).all())
        return len(rows)


@pytest.fixture
def kept(database: Database, tmp_path: Path) -> Office:
    return Office(database, tmp_path)


@pytest.fixture
def mailing(database: Database, tmp_path: Path, mail_server: MailServer) -> Office:
    return Office(database, tmp_path, f"smtp://127.0.0.1:{mail_server.port}")


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Tries at once, one after the other."""
    stamina.set_testing(True, attempts=2)
    yield
    stamina.set_testing(False)


async def test_without_a_mail_server_notices_are_kept_and_shown(kept: Office) -> None:
    await kept.send(who="May")
    kept.clock.advance(1)
    await kept.send(who="June")
    assert kept.notices.shown
    newest, oldest = await kept.notices.latest()
    assert (newest.to, newest.subject) == (MAY, "Hello June")
    assert oldest.text == "Hello May, from 阿禾醬坊.\n"
    assert await kept.waiting() == 0


async def test_what_is_rolled_back_is_not_sent(mailing: Office, mail_server: MailServer) -> None:
    def unit(connection: Connection) -> None:
        mailing.notices.send(connection, MAY, "greeting", "en", {"who": "May"})
        raise Forbidden("after all not")

    with pytest.raises(Forbidden):
        await mailing.database.write(unit)
    await mailing.outbox.hand_over()
    assert mail_server.taken == []
    assert await mailing.states() == []


async def test_a_notice_is_mailed_once_committed(mailing: Office, mail_server: MailServer) -> None:
    await mailing.send()
    await mailing.outbox.hand_over()
    (message,) = mail_server.taken
    assert message["To"] == MAY
    assert message["Subject"] == "Hello May"
    assert message["From"] == "阿禾醬坊 <plusone@localhost>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "en"
    assert message.get_content().split() == ["Hello", "May,", "from", "阿禾醬坊."]
    assert await mailing.states() == ["sent"]
    assert not mailing.notices.shown


async def test_a_notice_handed_over_twice_is_mailed_once(
    mailing: Office, mail_server: MailServer
) -> None:
    await mailing.send()
    query = select(outbox_message.c.payload).where(outbox_message.c.topic == TOPIC)
    payload = await mailing.database.read(lambda c: c.execute(query).scalar_one())
    await mailing.outbox.hand_over()
    await mailing.database.write(
        lambda c: c.execute(
            outbox_message.insert().values(
                topic=TOPIC, key="again", payload=payload, tries=0, not_before=0
            )
        )
    )
    await mailing.outbox.hand_over()
    assert len(mail_server.taken) == 1


async def test_a_server_that_is_busy_is_asked_again_later(
    mailing: Office, mail_server: MailServer
) -> None:
    mail_server.say = "450 later"
    await mailing.send()
    await mailing.outbox.hand_over()
    assert await mailing.states() == ["waiting"]
    mail_server.say = "250 OK"
    mailing.clock.advance(pause_ms(0))
    await mailing.outbox.hand_over()
    assert await mailing.states() == ["sent"]
    assert len(mail_server.taken) == 1


async def test_a_server_that_is_away_is_asked_again_later(
    database: Database, tmp_path: Path, mail_server: MailServer
) -> None:
    away = Office(database, tmp_path, "smtp://127.0.0.1:1")
    await away.send()
    await away.outbox.hand_over()
    assert await away.states() == ["waiting"]
    assert await away.waiting() == 1
    back = Office(database, tmp_path, f"smtp://127.0.0.1:{mail_server.port}")
    back.clock.advance(pause_ms(0))
    await back.outbox.hand_over()
    assert await back.states() == ["sent"]


async def test_who_is_refused_for_good_is_not_asked_for_again(
    mailing: Office, mail_server: MailServer
) -> None:
    mail_server.say = "550 no such person"
    await mailing.send()
    await mailing.outbox.hand_over()
    assert await mailing.states() == ["refused"]
    assert await mailing.waiting() == 0


@pytest.mark.parametrize("said", [f"450 {MAY} has to wait", f"550 no {MAY} here"])
async def test_no_error_repeats_whom_the_mail_was_for(mail_server: MailServer, said: str) -> None:
    mail_server.say = said
    message = EmailMessage()
    message["To"], message["From"] = MAY, "shop@example.com"
    mail = Mail(f"smtp://127.0.0.1:{mail_server.port}", "shop@example.com")
    with pytest.raises((Refused, Unavailable)) as error:
        await mail.send(message)
    assert MAY not in "".join(traceback.format_exception(error.value))


async def test_a_code_that_is_too_old_is_not_mailed(
    mailing: Office, mail_server: MailServer
) -> None:
    mailing.notices.complete["sign_in_code"] = lambda _to, _data: {"code": "123456"}
    await mailing.send("sign_in_code")
    mailing.clock.advance(TOO_LATE_MS["sign_in_code"])
    await mailing.outbox.hand_over()
    assert mail_server.taken == []
    assert await mailing.states() == ["late"]


async def test_no_value_reaches_a_header_as_a_line_of_its_own(
    mailing: Office, mail_server: MailServer
) -> None:
    await mailing.send(who="May\r\nBcc: june@example.com")
    await mailing.outbox.hand_over()
    (message,) = mail_server.taken
    assert message["Bcc"] is None
    assert message["Subject"] == "Hello May Bcc: june@example.com"


async def test_a_password_is_never_sent_in_the_clear(
    database: Database, tmp_path: Path, mail_server: MailServer
) -> None:
    office = Office(database, tmp_path, f"smtp://me:hunter2@127.0.0.1:{mail_server.port}")
    await office.send()
    await office.outbox.hand_over()
    assert mail_server.taken == []
    assert await office.states() == ["waiting"]


async def test_only_templates_in_every_language_are_known(kept: Office) -> None:
    with pytest.raises(ValueError, match="zh-Hant"):
        kept.notices.add_template("half", {"en": GREETING})
    with pytest.raises(ValueError, match="half"):
        await kept.send("half")


async def test_old_notices_are_forgotten(kept: Office) -> None:
    await kept.send()
    kept.clock.advance(KEPT_MS)
    await kept.send()
    await kept.notices.forget_old()
    assert len(await kept.states()) == 2
    kept.clock.advance(1)
    await kept.notices.forget_old()
    assert len(await kept.states()) == 1


async def test_what_was_written_to_somebody_is_erased_and_not_sent_any_more(
    mailing: Office, mail_server: MailServer
) -> None:
    def to_ann(connection: Connection) -> None:
        mailing.notices.send(connection, "ann@example.com", "greeting", "en", {"who": "Ann"})

    await mailing.send()
    await mailing.database.write(to_ann)
    assert await mailing.notices.erase(MAY) == 1
    assert await mailing.notices.erase(MAY) == 0
    await mailing.outbox.hand_over()
    assert [message["To"] for message in mail_server.taken] == ["ann@example.com"]
    assert await mailing.states() == ["sent"]


async def test_notices_of_a_template_that_is_gone_are_passed_over(kept: Office) -> None:
    await kept.send()
    gone = update(notice).values(template="of another version")
    await kept.database.write(lambda c: c.execute(gone))
    assert await kept.notices.latest() == []


@pytest.mark.parametrize("url", ["http://mail.test", "smtp://", "mail.test:25"])
def test_an_address_that_is_no_mail_servers_is_refused(url: str) -> None:
    with pytest.raises(BadRequest, match="smtp"):
        Mail(url, "shop@example.com")
