"""Coupons; what they and points took off orders; and where each line was bought."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_TOTAL = (
    "total = subtotal - discount - points_value + delivery_fee"
    " AND discount + points_value <= subtotal"
)


def upgrade() -> None:
    _coupons()
    _orders()
    for table in ("cart_line", "order_line"):
        op.add_column(table, sa.Column("via", sa.String(4), nullable=False, server_default="shop"))
    op.execute("UPDATE order_line SET via = 'show' WHERE claim IS NOT NULL")


def _coupons() -> None:
    op.create_table(
        "coupon",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("code", sa.String(24)),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("most", sa.BigInteger()),
        sa.Column("minimum", sa.BigInteger(), nullable=False),
        sa.Column("auto", sa.Boolean(), nullable=False),
        sa.Column("granted_only", sa.Boolean(), nullable=False),
        sa.Column("per_customer", sa.Integer(), nullable=False),
        sa.Column("uses", sa.Integer()),
        sa.Column("show", sa.String(40)),
        sa.Column("tier", sa.String(20)),
        sa.Column("stacks", sa.Boolean(), nullable=False),
        sa.Column("starts_at", sa.BigInteger()),
        sa.Column("ends_at", sa.BigInteger()),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.String(40), nullable=False),
        sa.CheckConstraint("kind IN ('fixed', 'percent')", name=op.f("ck_coupon_kind")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_coupon_amount")),
        sa.PrimaryKeyConstraint("id", name="pk_coupon"),
        sa.UniqueConstraint("code", name="uq_coupon_code"),
    )
    op.create_index("ix_coupon_auto_active", "coupon", ["auto", "active"])
    op.create_table(
        "coupon_grant",
        sa.Column("key", sa.String(160), nullable=False),
        sa.Column("coupon", sa.String(40), nullable=False),
        sa.Column("customer", sa.String(40), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.String(20), nullable=False),
        sa.ForeignKeyConstraint(["coupon"], ["coupon.id"], name="fk_coupon_grant_coupon_coupon"),
        sa.PrimaryKeyConstraint("key", name="pk_coupon_grant"),
    )
    op.create_index("ix_coupon_grant_customer", "coupon_grant", ["customer"])
    op.create_index("ix_coupon_grant_coupon", "coupon_grant", ["coupon"])


def _orders() -> None:
    added: list[sa.Column[Any]] = [
        sa.Column("discounts", sa.Text()),
        _amount("discount"),
        _amount("points"),
        _amount("points_value"),
        _amount("earns"),
    ]
    if op.get_bind().dialect.name == "sqlite":
        # The table is made anew, with the check that it had unless that is taken away first.
        with op.batch_alter_table(
            "shop_order", recreate="always", table_kwargs={"sqlite_autoincrement": True}
        ) as table:
            for column in added:
                table.add_column(column)
            table.drop_constraint(op.f("ck_shop_order_total"), type_="check")
            table.create_check_constraint(op.f("ck_shop_order_total"), _TOTAL)
    else:
        for column in added:
            op.add_column("shop_order", column)
        op.drop_constraint(op.f("ck_shop_order_total"), "shop_order", type_="check")
        op.create_check_constraint(op.f("ck_shop_order_total"), "shop_order", _TOTAL)
    op.create_table(
        "coupon_use",
        sa.Column("order_id", sa.String(40), nullable=False),
        sa.Column("coupon", sa.String(40), nullable=False),
        sa.Column("customer", sa.String(40), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state IN ('reserved', 'used', 'returned')", name=op.f("ck_coupon_use_state")
        ),
        sa.ForeignKeyConstraint(["coupon"], ["coupon.id"], name="fk_coupon_use_coupon_coupon"),
        sa.ForeignKeyConstraint(
            ["order_id"], ["shop_order.id"], name="fk_coupon_use_order_id_shop_order"
        ),
        sa.PrimaryKeyConstraint("order_id", "coupon", name="pk_coupon_use"),
    )
    op.create_index("ix_coupon_use_coupon_state", "coupon_use", ["coupon", "state"])
    op.create_index("ix_coupon_use_customer", "coupon_use", ["customer"])


def _amount(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), nullable=False, server_default="0")
