"""A call's state as bytes and back: a shortcut for opening logs, thrown away at will."""

from __future__ import annotations

import msgspec

from video.consult.state import CallState

MODEL = 1
"""Raised whenever `CallState`, or a part of it, changes its shape or meaning."""

_encoder = msgspec.json.Encoder(order="deterministic")
_decode = msgspec.json.Decoder(CallState).decode  # on import: see core.structs


def dump(state: CallState) -> bytes:
    """The call as JSON; those that are the same give the same bytes."""
    return _encoder.encode(state)


def load(stored: bytes) -> CallState:
    """The call that `dump` wrote."""
    return _decode(stored)
