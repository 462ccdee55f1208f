"""Who acts: guests, customers and staff; their roles, sessions and signed tokens."""
