"""Where a customer was when she put something in: her page claims it, the house knows.

It decides how many points a line earns. Of conversations and calls the shop knows nothing: who puts
the house together says what they know.
"""

from __future__ import annotations

from typing import Literal, Protocol

from core.identity.model import Person

Elsewhere = Literal["chat", "call"]
Claimed = Literal["shop", Elsewhere]
"""Where a page may say that she is: what is claimed in a show comes into the cart by itself."""


class Whereabouts(Protocol):
    async def was(self, person: Person, channel: Elsewhere) -> bool:
        """Whether somebody advises her there, or did so lately enough."""
        ...
