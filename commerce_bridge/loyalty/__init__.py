"""Loyalty: points for what was bought, tiers by what was spent, coupons, wishes."""
