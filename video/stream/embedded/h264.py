"""H.264 access units as they come out of RTP: NAL units behind start codes, never decoded.

ITU-T H.264, 7.3.1 and Annex B; RFC 6184.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

_START: Final = b"\0\0\1"
_IDR, _SPS, _PPS, _DELIMITER = 5, 7, 8, 9


@dataclass(frozen=True, slots=True)
class AccessUnit:
    """One coded picture. `sets` are its parameter sets, without which nobody can begin here."""

    units: tuple[bytes, ...]
    sets: tuple[bytes, ...]
    is_key: bool

    @classmethod
    def of(cls, data: bytes) -> AccessUnit:
        """Take apart what lies between start codes."""
        # A unit never ends in a zero byte (7.4.1), so zeros at its end belong to the next start.
        units = tuple(filter(None, (one.rstrip(b"\0") for one in data.split(_START)[1:])))
        return cls(
            units,
            tuple(one for one in units if one[0] & 31 in (_SPS, _PPS)),
            any(one[0] & 31 == _IDR for one in units),
        )

    @property
    def begins(self) -> bool:
        """A decoder that knows nothing yet can begin with this picture."""
        kinds = {one[0] & 31 for one in self.sets}
        return self.is_key and kinds == {_SPS, _PPS}

    @property
    def sample(self) -> bytes:
        """The picture as it lies in MP4: units behind their lengths, without parameter sets."""
        return b"".join(
            struct.pack(">I", len(one)) + one
            for one in self.units
            if one[0] & 31 not in (_SPS, _PPS, _DELIMITER)
        )

    @property
    def annex_b(self) -> bytes:
        return b"".join(b"\0" + _START + one for one in self.units)


def is_key(data: bytes) -> bool:
    """Whether the access unit `data` is a key frame; as quick as can be."""
    at = data.find(_START)
    while 0 <= at < len(data) - 3:
        if data[at + 3] & 31 == _IDR:
            return True
        if data[at + 3] & 31 == 1:  # a picture that builds on others
            return False
        at = data.find(_START, at + 3)
    return False
