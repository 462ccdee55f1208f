"""The currency of what is there already: amounts are its minor units, and nobody converts them."""

from sqlalchemy import Connection

from commerce_bridge.embedded import catalogue
from core.errors import Conflict
from live import store


def check_currency(connection: Connection, currency: str) -> None:
    """Raises Conflict where products, or a show that has not ended, are priced in another one."""
    for what, found in (
        ("The products are", catalogue.currencies(connection)),
        ("Shows that have not ended are", store.currencies(connection)),
    ):
        if others := ", ".join(sorted(found - {currency})):
            raise Conflict(
                f"{what} priced in {others}, and the setting currency says {currency}. Prices are"
                f" not converted: set PLUSONE_CURRENCY back to {others}, or use another database.",
                code="other_currency",
            )
