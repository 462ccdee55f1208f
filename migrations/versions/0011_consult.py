"""Video calls: whose they are, who waits, who sits where."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "consult_call",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("customer", sa.String(40), nullable=False),
        sa.Column("phase", sa.String(10), nullable=False),
        sa.Column("by", sa.String(10), nullable=False),
        sa.Column("staff", sa.String(40)),
        sa.Column("wanted", sa.String(40)),
        sa.Column("booking", sa.String(40)),
        sa.Column("topic", sa.String(60)),
        sa.Column("locale", sa.String(12), nullable=False),
        sa.Column("about", sa.Text()),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("answered_at", sa.BigInteger()),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("cause", sa.String(12)),
        sa.Column("until", sa.BigInteger()),
        sa.Column("called_back_at", sa.BigInteger()),
        sa.Column("customer_seat", sa.String(64)),
        sa.Column("customer_gone", sa.BigInteger()),
        sa.Column("staff_seat", sa.String(64)),
        sa.Column("staff_gone", sa.BigInteger()),
        sa.Column("score", sa.Integer()),
        sa.Column("orders", sa.Text(), nullable=False),
        sa.Column("name_offset", sa.BigInteger(), nullable=False),
        sa.Column("text_offset", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_consult_call"),
    )
    op.create_index("ix_consult_call_customer", "consult_call", ["customer"])
    op.create_index("ix_consult_call_phase_asked_at", "consult_call", ["phase", "asked_at"])
    op.create_index("ix_consult_call_staff_phase", "consult_call", ["staff", "phase"])
    op.create_index("ix_consult_call_asked_at", "consult_call", ["asked_at"])
    op.create_index("ix_consult_call_ended_at", "consult_call", ["ended_at"])
    op.create_table(
        "consult_missed",
        sa.Column("call", sa.String(40), nullable=False),
        sa.Column("offset", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("staff", sa.String(40), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("call", "offset", name="pk_consult_missed"),
    )
    op.create_index("ix_consult_missed_at_ms", "consult_missed", ["at_ms"])
    op.create_index("ix_consult_missed_staff_at_ms", "consult_missed", ["staff", "at_ms"])
    op.create_table(
        "consult_seat",
        sa.Column("call", sa.String(40), nullable=False),
        sa.Column("side", sa.String(10), nullable=False),
        sa.Column("seat", sa.String(64), nullable=False),
        sa.Column("joined", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("call", "side", name="pk_consult_seat"),
    )
    op.create_index("ix_consult_seat_seen_at", "consult_seat", ["seen_at"])
    op.create_table(
        "consult_taken",
        sa.Column("staff", sa.String(40), nullable=False),
        sa.Column("call", sa.String(40), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("staff", name="pk_consult_taken"),
    )
    op.create_table(
        "consult_signal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seat", sa.String(120), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_consult_signal"),
    )
    op.create_index("ix_consult_signal_seat_id", "consult_signal", ["seat", "id"])
    op.create_index("ix_consult_signal_at_ms", "consult_signal", ["at_ms"])
