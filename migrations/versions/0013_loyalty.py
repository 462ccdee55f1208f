"""Points: the shop's rules, the ledger, and what customers give to each other."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "loyalty_rules",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("staff", sa.String(40), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_loyalty_rules"),
    )
    op.create_table(
        "loyalty_member",
        sa.Column("customer", sa.String(40), nullable=False),
        sa.Column("next_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("customer", name="pk_loyalty_member"),
    )
    op.create_index("ix_loyalty_member_next_at", "loyalty_member", ["next_at"])
    op.create_table(
        "loyalty_lot",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("expires_at > due_at", name=op.f("ck_loyalty_lot_times")),
        sa.PrimaryKeyConstraint("id", name="pk_loyalty_lot"),
    )
    op.create_table(
        "loyalty_posting",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(160), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("customer", sa.String(40), nullable=False),
        sa.Column("order_id", sa.String(40)),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(40)),
        sa.Column("reason", sa.Text()),
        sa.Column("note", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_loyalty_posting"),
        sa.UniqueConstraint("key", name="uq_loyalty_posting_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_loyalty_posting_order_id", "loyalty_posting", ["order_id"])
    op.create_table(
        "loyalty_entry",
        sa.Column(
            "posting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(60), nullable=False),
        sa.Column("lot", sa.String(40)),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("points <> 0", name=op.f("ck_loyalty_entry_points")),
        sa.ForeignKeyConstraint(
            ["posting_id"],
            ["loyalty_posting.id"],
            name="fk_loyalty_entry_posting_id_loyalty_posting",
        ),
        sa.ForeignKeyConstraint(
            ["lot"], ["loyalty_lot.id"], name="fk_loyalty_entry_lot_loyalty_lot"
        ),
        sa.PrimaryKeyConstraint("posting_id", "position", name="pk_loyalty_entry"),
    )
    op.create_index("ix_loyalty_entry_account", "loyalty_entry", ["account"])
    op.create_index("ix_loyalty_entry_lot", "loyalty_entry", ["lot"])
    op.create_table(
        "loyalty_transfer",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("sender", sa.String(40), nullable=False),
        sa.Column("sender_name", sa.Text(), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("receiver", sa.String(40)),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("request_id", sa.String(64), nullable=False),
        sa.CheckConstraint("points > 0", name=op.f("ck_loyalty_transfer_points")),
        sa.PrimaryKeyConstraint("id", name="pk_loyalty_transfer"),
        sa.UniqueConstraint("sender", "request_id", name="uq_loyalty_transfer_sender_request_id"),
    )
    op.create_index("ix_loyalty_transfer_email", "loyalty_transfer", ["email"])
    op.create_index("ix_loyalty_transfer_state_until", "loyalty_transfer", ["state", "until"])
