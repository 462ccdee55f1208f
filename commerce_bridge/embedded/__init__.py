"""The default shop: catalogue and stock on our own database."""
