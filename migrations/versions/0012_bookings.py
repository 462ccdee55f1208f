"""Consultations at an agreed time: when reps may be booked, and who booked whom."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "consult_availability",
        sa.Column("staff", sa.String(40), nullable=False),
        sa.Column("hours", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("staff", name="pk_consult_availability"),
    )
    op.create_table(
        "consult_booking",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("customer", sa.String(40), nullable=False),
        sa.Column("request_id", sa.String(64), nullable=False),
        sa.Column("staff", sa.String(40), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("topic", sa.String(24)),
        sa.Column("locale", sa.String(20), nullable=False),
        sa.Column("name", sa.String(40)),
        sa.Column("email", sa.String(254)),
        sa.Column("about", sa.Text()),
        sa.Column("text", sa.String(500)),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("moved_by", sa.String(64)),
        sa.Column("cancelled_by", sa.String(10)),
        sa.Column("remind_at", sa.BigInteger()),
        sa.Column("entered_by", sa.String(40)),
        sa.Column("call", sa.String(40)),
        sa.PrimaryKeyConstraint("id", name="pk_consult_booking"),
        sa.UniqueConstraint(
            "customer", "request_id", name="uq_consult_booking_customer_request_id"
        ),
    )
    op.create_index("ix_consult_booking_starts_at", "consult_booking", ["starts_at"])
    op.create_index("ix_consult_booking_remind_at", "consult_booking", ["remind_at"])
    op.create_table(
        "consult_quarter",
        sa.Column("staff", sa.String(40), nullable=False),
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("booking", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("staff", "at", name="pk_consult_quarter"),
    )
    op.create_index("ix_consult_quarter_booking", "consult_quarter", ["booking"])
