"""Reps, whose desks are open, and every round of every conversation."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "chat_rep",
        sa.Column("staff", sa.String(40), nullable=False),
        sa.Column("languages", sa.Text(), nullable=False),
        sa.Column("skills", sa.Text(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("away", sa.Boolean(), nullable=False),
        sa.Column("assigned_at", sa.BigInteger()),
        sa.Column("missed_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("staff", name="pk_chat_rep"),
    )
    op.create_table(
        "chat_desk",
        sa.Column("process", sa.String(40), nullable=False),
        sa.Column("staff", sa.String(40), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("process", "staff", name="pk_chat_desk"),
    )
    op.create_table(
        "chat_round",
        sa.Column("conversation", sa.String(40), nullable=False),
        sa.Column("round", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("opened_by", sa.String(10), nullable=False),
        sa.Column("bot", sa.Boolean(), nullable=False),
        sa.Column("handed_at", sa.BigInteger()),
        sa.Column("staff", sa.String(40)),
        sa.Column("answered_at", sa.BigInteger()),
        sa.Column("answered_by", sa.String(40)),
        sa.Column("resolved_at", sa.BigInteger()),
        sa.Column("cause", sa.String(10)),
        sa.Column("score", sa.Integer()),
        sa.PrimaryKeyConstraint("conversation", "round", name="pk_chat_round"),
    )
    op.create_index("ix_chat_round_opened_at", "chat_round", ["opened_at"])
    # The round that each conversation is in; of those before, nothing was kept.
    op.execute(
        "INSERT INTO chat_round (conversation, round, opened_at, opened_by, bot, handed_at, staff,"
        " answered_at, answered_by, resolved_at, cause, score)"
        " SELECT id, round, opened_at, 'customer', handed_at IS NOT NULL, handed_at, staff,"
        " answered_at, staff, resolved_at,"
        " CASE WHEN resolved_at IS NULL THEN NULL ELSE 'staff' END, score"
        " FROM conversation WHERE round > 0 AND opened_at IS NOT NULL"
    )
