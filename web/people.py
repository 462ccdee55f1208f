"""The services of people, opened together: for the application, and for commands beside it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from core.clock import Clock
from core.db import Database
from core.identity.passwords import Passwords
from core.identity.service import Identity
from core.identity.staff import StaffAccounts
from core.notices import Notices
from core.secret import Secret
from core.settings import Settings


@dataclass(frozen=True, slots=True)
class People:
    notices: Notices
    identity: Identity
    staff: StaffAccounts


@asynccontextmanager
async def open_people(
    database: Database, clock: Clock, settings: Settings, secret: Secret
) -> AsyncIterator[People]:
    """The services over an open, migrated database."""
    notices = Notices(database, clock, settings)
    identity = Identity(database, clock, settings, secret, notices)
    passwords = await asyncio.to_thread(Passwords)
    production = settings.environment == "production"
    staff = StaffAccounts(database, clock, secret, identity, passwords, production=production)
    try:
        yield People(notices, identity, staff)
    finally:
        await identity.close()
        passwords.close()
