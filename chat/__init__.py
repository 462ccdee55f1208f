"""Conversations between customers and the shop's people, and their desk.

Read in this order: `events`, `state`, `evolve` (what is); `commands`, `rules`, `bot_rules` (what
may happen); `view` (who sees what); `kind` (all of it as a kind of room); `store`, `service`,
`inbox`, `namespace` and `routes`. Beside them stand `office`: when somebody is there, and
replies that are kept ready; `reps`, `choice` (pure) and `assign`: who is given what
waits; `rounds`, `figures` (pure) and `sums`: how well customers are answered; `pictures` and what
is named after them: what they send to be looked at; `tools`: what the bot may ask.
"""
