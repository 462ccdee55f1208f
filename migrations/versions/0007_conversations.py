"""Conversations: their queues, and whose they are."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "conversation",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("customer", sa.String(40), nullable=False),
        sa.Column("control", sa.String(10), nullable=False),
        sa.Column("staff", sa.String(40)),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.BigInteger()),
        sa.Column("waiting_since", sa.BigInteger()),
        sa.Column("answered_at", sa.BigInteger()),
        sa.Column("resolved_at", sa.BigInteger()),
        sa.Column("handed_at", sa.BigInteger()),
        sa.Column("callback_at", sa.BigInteger()),
        sa.Column("opens_at", sa.BigInteger()),
        sa.Column("score", sa.Integer()),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("name_offset", sa.BigInteger(), nullable=False),
        sa.Column("last_offset", sa.BigInteger()),
        sa.Column("last_from", sa.String(10)),
        sa.Column("unread", sa.Integer(), nullable=False),
        sa.Column("unread_by_customer", sa.Integer(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("about", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_conversation"),
    )
    op.create_index("ix_conversation_customer", "conversation", ["customer"])
    op.create_index(
        "ix_conversation_control_waiting_since", "conversation", ["control", "waiting_since"]
    )
    op.create_index("ix_conversation_staff_last_at", "conversation", ["staff", "last_at"])
    op.create_index("ix_conversation_last_at", "conversation", ["last_at"])
