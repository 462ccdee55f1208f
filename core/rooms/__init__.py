"""Rooms: a show, a conversation and a call are each a durable, ordered, gapless log of events.

Read in this order: `events` (what a log holds), `kind` (what a feature gives), `tables`, `log` (one
batch in one transaction), `room` (one room in memory), `tail` (its newest events), `relay` (other
processes), `rooms` (all rooms of a process, timers), `frames` and `broadcast` (to the sockets).
"""
