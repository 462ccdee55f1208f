"""Rooms: the log and what lies beside it; the outbox."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "room",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("epoch", sa.String(24), nullable=False),
        sa.Column("head", sa.BigInteger(), nullable=False),
        sa.Column("last_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("next_due_at", sa.BigInteger()),
        sa.Column("erased", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_room"),
    )
    op.create_index("ix_room_next_due_at", "room", ["next_due_at"])
    op.create_table(
        "room_event",
        sa.Column("room_id", sa.String(40), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("audience", sa.String(40), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("room_id", "offset", name="pk_room_event"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "room_content",
        sa.Column("room_id", sa.String(40), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("author", sa.String(40), nullable=False),
        sa.Column("name", sa.Text()),
        sa.Column("text", sa.Text()),
        sa.Column("withheld", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("room_id", "offset", name="pk_room_content"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_room_content_author", "room_content", ["author"])
    op.create_table(
        "room_command",
        sa.Column("room_id", sa.String(40), nullable=False),
        sa.Column("request_id", sa.String(64), nullable=False),
        sa.Column("sender", sa.String(40), nullable=False),
        sa.Column("first_offset", sa.BigInteger(), nullable=False),
        sa.Column("last_offset", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("room_id", "request_id", "sender", name="pk_room_command"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "room_state",
        sa.Column("room_id", sa.String(40), nullable=False),
        sa.Column("model", sa.Integer(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("room_id", "model", "offset", name="pk_room_state"),
    )
    op.create_table(
        "outbox_message",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True),
        sa.Column("topic", sa.String(60), nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outbox_message"),
    )
    op.create_index("ix_outbox_message_key_id", "outbox_message", ["key", "id"])
