"""The ground floor: knows no feature."""
