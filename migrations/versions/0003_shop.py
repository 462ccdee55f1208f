"""The shop: catalogue, stock, carts, orders."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _carts()


def _carts() -> None:
    op.create_table(
        "cart_claim",
        sa.Column("claim_id", sa.String(40), nullable=False),
        sa.Column("customer", sa.String(40), nullable=False),
        sa.Column("show", sa.String(40), nullable=False),
        sa.Column("show_title", sa.Text(), nullable=False),
        sa.Column("item", sa.String(40), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("variant_title", sa.Text(), nullable=False),
        sa.Column("variant_id", sa.String(40), nullable=False),
        sa.Column("picture", sa.Text()),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("order_id", sa.String(40)),
        sa.CheckConstraint("quantity > 0", name="ck_cart_claim_quantity"),
        sa.CheckConstraint("state IN ('held', 'paying', 'sold')", name="ck_cart_claim_state"),
        sa.PrimaryKeyConstraint("claim_id", name="pk_cart_claim"),
    )
    op.create_index("ix_cart_claim_customer", "cart_claim", ["customer"])
