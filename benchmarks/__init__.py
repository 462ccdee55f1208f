"""Load and comparison programs: `make bench-NAME`, `make bench` for all.

What they measured, and how: `docs/performance.md`.
"""
