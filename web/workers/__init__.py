"""Several processes as one service (ADR 0035).

`supervisor` starts and watches them; each is the `program`, in which a `worker` serves; `words` is
what passes between the two.
"""
