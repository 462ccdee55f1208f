"""Products, stock and locations from the CSV files that spreadsheets save: `plusone import`."""
