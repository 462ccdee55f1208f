"""From a conversation to the next step: see `bot.plan`.

Read in the order of the data: `turn` (what she said last), `mentions` (products, numbers, orders in
it), `meaning` (what she wants), `scene` (all of that, and what tools said), and the answers by
subject: `talking`, `goods`, `basket`, `buying`, `shop`, `consulting`,
`articles`, `people`.
"""
