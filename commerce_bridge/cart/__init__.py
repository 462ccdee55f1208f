"""A customer's cart: what shows hold for her, and what she put in herself."""
