"""The shop behind it all: one port, an embedded shop, cart, checkout and orders over it."""
