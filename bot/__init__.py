"""The assistant: understand, plan, act by tools, answer from what the shop knows, within limits.

Read in this order: `talk` (what it sees and says), `assistant` (whoever answers), `turns` (when).
How it understands: `language`, `search`, `masking`, `intents`, from the examples in `data`; `plan`
and `planning` (pure): what comes of it, in the words of `words`. What it knows: `knowledge` and
`products`, kept up to date by `mind`. What it may ask: `tools`. `model`: a language model in the
planner's place. `evaluation`: how often it is right.
"""
