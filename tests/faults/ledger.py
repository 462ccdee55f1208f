"""What the log must hold after a fault: everything acknowledged, nothing twice, no gaps."""

from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from core.db import Database
from core.rooms.tables import room, room_command, room_content, room_event


@dataclass
class Ledger:
    """What senders were told: each request's text, and the offset it was acknowledged with."""

    sent: dict[str, str] = field(default_factory=dict)
    acknowledged: dict[str, int] = field(default_factory=dict)

    def acknowledge(self, request_id: str, offset: int) -> None:
        """A request that is acknowledged twice is acknowledged with the same offset."""
        assert self.acknowledged.setdefault(request_id, offset) == offset

    async def check(self, database: Database, room_id: str) -> None:
        """Compare with the log; all that was sent must have been acknowledged by now."""
        offsets, texts, commands, head = await database.read(lambda c: _read(c, room_id))
        assert self.acknowledged.keys() == self.sent.keys()
        assert offsets == list(range(1, head + 1))
        by_text = Counter(texts.values())
        for request_id, offset in self.acknowledged.items():
            assert texts[offset] == self.sent[request_id]
            assert by_text[self.sent[request_id]] == 1
            assert commands[request_id] == (offset, offset)
        assert len(commands) >= len(self.sent)


def _read(
    connection: Connection, room_id: str
) -> tuple[list[int], dict[int, str | None], dict[str, tuple[int, int]], int]:
    events = select(room_event.c.offset).where(room_event.c.room_id == room_id)
    typed = select(room_content.c.offset, room_content.c.text)
    commands = select(
        room_command.c.request_id, room_command.c.first_offset, room_command.c.last_offset
    )
    return (
        list(connection.execute(events.order_by(room_event.c.offset)).scalars()),
        {row.offset: row.text for row in connection.execute(typed)},
        {name: (first, last) for name, first, last in connection.execute(commands)},
        connection.execute(select(room.c.head).where(room.c.id == room_id)).scalar_one(),
    )
