"""People over a fresh database, on a clock that tests move."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from pydantic import SecretStr

from core.clock import ManualClock
from core.db import Database
from core.identity.passwords import Passwords
from core.identity.service import Identity
from core.identity.staff import StaffAccounts
from core.notices import Notices
from core.secret import Secret
from core.settings import Settings

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class People:
    """What a test needs of people: the services, and her mailbox."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.clock = ManualClock()
        self.settings = Settings(data_folder=folder, secret=SecretStr("s" * 32))
        self.secret = Secret.of(self.settings)
        self.passwords = Passwords(CHEAP)
        self.notices, self.identity, self.staff = self.process()

    def process(self) -> tuple[Notices, Identity, StaffAccounts]:
        """Another process over the same database."""
        notices = Notices(self.database, self.clock, self.settings)
        identity = Identity(self.database, self.clock, self.settings, self.secret, notices)
        staff = StaffAccounts(
            self.database, self.clock, self.secret, identity, self.passwords, production=False
        )
        return notices, identity, staff

    async def mailed_code(self, email: str, address: str = "192.0.2.1") -> str:
        """The code in the newest mail to `email`, which is asked for."""
        await self.identity.send_code(email, address, "en")
        mail = next(notice for notice in await self.notices.latest() if notice.to == email)
        found = re.match(r"\d{6}", mail.subject)
        assert found
        return found[0]


@pytest.fixture
def people(database: Database, tmp_path: Path) -> Iterator[People]:
    people = People(database, tmp_path)
    yield people
    people.passwords.close()
