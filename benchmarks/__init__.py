"""Load and comparison programs: `make bench-NAME`, `make bench` for all. See `docs/measured.md`."""
