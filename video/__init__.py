"""Pictures that move: one-to-one consultations and the livestream's ingest, delivery and replay."""
