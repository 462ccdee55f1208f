"""What the shop knows beside its goods: articles by operators, for the bot and for people."""
