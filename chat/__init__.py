"""Conversations, the inbox, assignment, opening hours and the channels that messages come by."""
