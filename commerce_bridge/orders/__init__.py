"""Orders: what was bought, how it is paid and handed over, and everything that happened to it."""
