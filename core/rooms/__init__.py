"""Rooms: a show, a conversation and a call are each a durable, ordered, gapless log of events.

Read in this order: `events` (what a log holds), `kind` (what a feature gives), `tables`, `log` (one
batch in one transaction), `history` (the log read back), `tail` (the newest events), `opening`,
`room` (one room in memory), `relay` (other processes), `rooms` (all rooms of a process, timers);
and on the way to the sockets `wire`, `websocket`, `engine`, `sockets`,
`frames`, `broadcast`, `namespace`, `telling` (lists of what goes on in many rooms).
"""
