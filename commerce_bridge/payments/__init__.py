"""Who takes the money: one contract, and a provider for trying."""
