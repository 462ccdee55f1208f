"""Coupons: who may use which, how they stack, and where each was used."""
