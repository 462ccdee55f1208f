"""Wishes, and who was told of what; shows for members."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "wish",
        sa.Column("customer", sa.String(40), nullable=False),
        sa.Column("product", sa.String(40), nullable=False),
        sa.Column("variant", sa.String(40)),
        sa.Column("via", sa.String(4), nullable=False),
        sa.Column("locale", sa.String(20), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("customer", "product", name="pk_wish"),
    )
    op.create_index("ix_wish_product", "wish", ["product"])
    op.create_table(
        "wish_told",
        sa.Column("key", sa.String(240), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_wish_told"),
    )
    op.create_index("ix_wish_told_at", "wish_told", ["at"])
    op.add_column("show", sa.Column("tier", sa.String(20)))
    op.add_column("show", sa.Column("tier_name", sa.Text()))
