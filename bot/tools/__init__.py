"""What the bot may ask of the shop for a customer, and propose to her."""
