"""Rooms: the log and what lies beside it; the outbox."""

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
