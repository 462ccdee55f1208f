"""Shows: the run-down, "+1", claims, holds, the waiting list, moderation.

Read in this order: `events`, `state`, `evolve` (what is); `commands`, `rundown`, `claims`,
`comments`, `moderation`, `payment` (what may happen); `view` (who sees what); `kind` (all of it as
a kind of room); then `store`, `service`, `namespace` and `routes`.
"""
