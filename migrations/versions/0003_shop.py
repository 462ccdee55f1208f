"""The shop: catalogue, stock, carts, orders."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _catalogue()
    _stock()
    _carts()
    _orders()


def _catalogue() -> None:
    op.create_table(
        "product",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("handle", sa.String(120), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("pictures", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_product"),
        sa.UniqueConstraint("handle", name="uq_product_handle"),
    )
    op.create_index("ix_product_changed_at", "product", ["changed_at"])
    op.create_table(
        "variant",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("product_id", sa.String(40), nullable=False),
        sa.Column("sku", sa.String(64), nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("compare_at", sa.BigInteger()),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("picture", sa.Text()),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("price >= 0", name=op.f("ck_variant_price")),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name="fk_variant_product_id_product"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_variant"),
        sa.UniqueConstraint("sku", name="uq_variant_sku"),
    )
    op.create_index("ix_variant_product_id", "variant", ["product_id"])
    op.create_table(
        "location",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("hours", sa.Text(), nullable=False),
        sa.Column("pickup", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_location"),
        sa.UniqueConstraint("name", name="uq_location_name"),
    )


def _stock() -> None:
    op.create_table(
        "stock_movement",
        sa.Column("id", _SERIAL, nullable=False),
        sa.Column("key", sa.String(160), nullable=False),
        sa.Column("variant_id", sa.String(40), nullable=False),
        sa.Column("from_place", sa.String(40), nullable=False),
        sa.Column("to_place", sa.String(40), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(12), nullable=False),
        sa.Column("ref", sa.String(40), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("from_place <> to_place", name=op.f("ck_stock_movement_places")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_stock_movement_quantity")),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variant.id"], name="fk_stock_movement_variant_id_variant"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_stock_movement"),
        sa.UniqueConstraint("key", name="uq_stock_movement_key"),
    )
    op.create_index("ix_stock_movement_at", "stock_movement", ["at"])
    op.create_index("ix_stock_movement_ref", "stock_movement", ["ref"])
    op.create_table(
        "stock_level",
        sa.Column("place", sa.String(40), nullable=False),
        sa.Column("variant_id", sa.String(40), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "quantity >= 0 OR place = 'supplier'", name=op.f("ck_stock_level_quantity")
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variant.id"], name="fk_stock_level_variant_id_variant"
        ),
        sa.PrimaryKeyConstraint("place", "variant_id", name="pk_stock_level"),
    )
    op.create_index("ix_stock_level_variant_id", "stock_level", ["variant_id"])
    op.create_table(
        "allotment",
        sa.Column("place", sa.String(40), nullable=False),
        sa.Column("show", sa.String(40), nullable=False),
        sa.Column("item", sa.String(40), nullable=False),
        sa.Column("variant_id", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variant.id"], name="fk_allotment_variant_id_variant"
        ),
        sa.PrimaryKeyConstraint("place", name="pk_allotment"),
        sa.UniqueConstraint("show", "item", "variant_id", name="uq_allotment_show_item_variant_id"),
    )
    op.create_table(
        "stock_act",
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("place", sa.String(40), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_stock_act"),
    )
    op.create_table(
        "sale",
        sa.Column("ref", sa.String(40), nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("draft", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state IN ('prepared', 'committed', 'cancelled')", name=op.f("ck_sale_state")
        ),
        sa.PrimaryKeyConstraint("ref", name="pk_sale"),
        sa.UniqueConstraint("key", name="uq_sale_key"),
    )
    op.create_index("ix_sale_changed_at", "sale", ["changed_at"])


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
        sa.CheckConstraint("quantity > 0", name=op.f("ck_cart_claim_quantity")),
        sa.CheckConstraint("state IN ('held', 'paying', 'sold')", name=op.f("ck_cart_claim_state")),
        sa.PrimaryKeyConstraint("claim_id", name="pk_cart_claim"),
    )
    op.create_index("ix_cart_claim_customer", "cart_claim", ["customer"])
    op.create_table(
        "cart_line",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("customer", sa.String(40), nullable=False),
        sa.Column("variant_id", sa.String(40), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity BETWEEN 1 AND 99", name=op.f("ck_cart_line_quantity")),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variant.id"], name="fk_cart_line_variant_id_variant"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_cart_line"),
        sa.UniqueConstraint("customer", "variant_id", name="uq_cart_line_customer_variant_id"),
    )
    op.create_table(
        "cart_act",
        sa.Column("customer", sa.String(40), nullable=False),
        sa.Column("request_id", sa.String(64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("customer", "request_id", name="pk_cart_act"),
    )
    op.create_index("ix_cart_act_at", "cart_act", ["at"])


def _orders() -> None:
    op.create_table(
        "shop_order",
        sa.Column("serial", _SERIAL, nullable=False),
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("customer", sa.String(40), nullable=False),
        sa.Column("request_id", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("method", sa.String(8), nullable=False),
        sa.Column("payment", sa.String(10), nullable=False),
        sa.Column("due_at", sa.BigInteger()),
        sa.Column("account", sa.Text()),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("subtotal", sa.BigInteger(), nullable=False),
        sa.Column("delivery_fee", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("contact_name", sa.Text(), nullable=False),
        sa.Column("contact_phone", sa.String(20), nullable=False),
        sa.Column("contact_email", sa.Text()),
        sa.Column("fulfilment", sa.Text(), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("locale", sa.String(12), nullable=False),
        sa.Column("placed_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("total = subtotal + delivery_fee", name=op.f("ck_shop_order_total")),
        sa.PrimaryKeyConstraint("serial", name="pk_shop_order"),
        sa.UniqueConstraint("customer", "request_id", name="uq_shop_order_customer_request_id"),
        sa.UniqueConstraint("id", name="uq_shop_order_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_shop_order_state_due_at", "shop_order", ["state", "due_at"])
    op.create_table(
        "order_line",
        sa.Column("order_id", sa.String(40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("claim", sa.String(40)),
        sa.Column("show", sa.String(40)),
        sa.Column("item", sa.String(40)),
        sa.Column("code", sa.Text()),
        sa.Column("variant_id", sa.String(40), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("variant_title", sa.Text(), nullable=False),
        sa.Column("picture", sa.Text()),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.String(40)),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_order_line_quantity")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["shop_order.id"], name="fk_order_line_order_id_shop_order"
        ),
        sa.PrimaryKeyConstraint("order_id", "position", name="pk_order_line"),
    )
    op.create_index("ix_order_line_show", "order_line", ["show"])
    op.create_table(
        "order_event",
        sa.Column("order_id", sa.String(40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("act", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("by", sa.String(8), nullable=False),
        sa.Column("actor", sa.String(40)),
        sa.Column("request_id", sa.String(64)),
        sa.Column("note", sa.Text()),
        sa.ForeignKeyConstraint(
            ["order_id"], ["shop_order.id"], name="fk_order_event_order_id_shop_order"
        ),
        sa.PrimaryKeyConstraint("order_id", "position", name="pk_order_event"),
        sa.UniqueConstraint("order_id", "request_id", name="uq_order_event_order_id_request_id"),
    )
    op.create_table(
        "payment",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("order_id", sa.String(40), nullable=False),
        sa.Column("provider", sa.String(20), nullable=False),
        sa.Column("ref", sa.String(200)),
        sa.Column("url", sa.Text()),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state IN ('new', 'open', 'failed', 'paid', 'refund_due', 'refunded')",
            name=op.f("ck_payment_state"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["shop_order.id"], name="fk_payment_order_id_shop_order"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_payment"),
        sa.UniqueConstraint("ref", name="uq_payment_ref"),
    )
    op.create_index("ix_payment_order_id", "payment", ["order_id"])
    op.create_table(
        "checkout_intent",
        sa.Column("order_id", sa.String(40), nullable=False),
        sa.Column("customer", sa.String(40), nullable=False),
        sa.Column("request_id", sa.String(64), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("claims", sa.Text(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("order_id", name="pk_checkout_intent"),
    )
    op.create_index("ix_checkout_intent_state_until", "checkout_intent", ["state", "until"])
    op.create_index(
        "uq_checkout_intent_open",
        "checkout_intent",
        ["customer", "request_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('open', 'ordered')"),
        sqlite_where=sa.text("state IN ('open', 'ordered')"),
    )
