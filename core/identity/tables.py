"""The tables of people."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from core.db import metadata

customer = Table(
    "customer",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("email", String(254), unique=True),
    Column("name", Text),
    Column("created_at", BigInteger, nullable=False),
)

customer_alias = Table(
    "customer_alias",
    metadata,
    Column("alias", String(40), ForeignKey("customer.id"), primary_key=True),
    Column("customer", String(40), ForeignKey("customer.id"), nullable=False, index=True),
    Column("at", BigInteger, nullable=False),
)

staff = Table(
    "staff",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("email", String(254), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("removed_at", BigInteger),
)

staff_role = Table(
    "staff_role",
    metadata,
    Column("staff", String(40), ForeignKey("staff.id"), primary_key=True),
    Column("role", String(20), primary_key=True),
)

session = Table(
    "session",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("customer", String(40), ForeignKey("customer.id"), index=True),
    Column("staff", String(40), ForeignKey("staff.id"), index=True),
    Column("created_at", BigInteger, nullable=False),
    Column("renewed_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False, index=True),
    CheckConstraint("(customer IS NULL) <> (staff IS NULL)", name="one_person"),
)

sign_in_code = Table(
    "sign_in_code",
    metadata,
    Column("email", String(254), primary_key=True),
    Column("nonce", String(64), nullable=False),
    Column("sent_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
)

sign_in_attempt = Table(
    "sign_in_attempt",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("what", String(20), nullable=False),
    Column("who", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("ix_sign_in_attempt_what_who_at", "what", "who", "at"),
    Index("ix_sign_in_attempt_at", "at"),
)
