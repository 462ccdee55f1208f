"""Opus in, AAC out: what every HLS player can hear. The only thing that is ever decoded."""

from __future__ import annotations

import fractions

import av

from video.stream.embedded.fmp4 import AAC_SAMPLES, AUDIO_BITS, AUDIO_RATE, Sample, silence

_DECODED = "s16"
"""The form of what the decoder gives; the resampler takes no other one beside it."""
_BEHIND: int = AUDIO_RATE // 10
"""A gap longer than this is filled with silence: the encoder only counts samples."""
_AHEAD: int = AUDIO_RATE // 25
"""What comes earlier than this before its time is dropped: time was corrected backwards."""
_AT_ONCE: int = 10 * AUDIO_RATE
"""Silence made at once, at most; a longer gap is a new beginning, which the packager makes."""


class Sound:
    """One stretch of sound without a new beginning. Times are in samples, from 0."""

    def __init__(self) -> None:
        self._decoder = av.AudioCodecContext.create("libopus", "r")
        self._resampler = av.AudioResampler("fltp", "stereo", AUDIO_RATE, frame_size=AAC_SAMPLES)
        self._encoder = av.AudioCodecContext.create("aac", "w")
        self._encoder.sample_rate = AUDIO_RATE
        self._encoder.layout = "stereo"
        self._encoder.format = "fltp"
        self._encoder.bit_rate = AUDIO_BITS
        self._encoder.time_base = fractions.Fraction(1, AUDIO_RATE)
        self._encoder.open()
        self._taken: int | None = None
        self._given = 0

    @property
    def until(self) -> int:
        """Up to where there is sound; 0 before there is any."""
        return self._taken or 0

    def heard(self, opus: bytes, at: int) -> list[Sample]:
        """What becomes of one packet that belongs at `at`. Raises av.FFmpegError."""
        found: list[Sample] = []
        for frame in self._decoder.decode(av.Packet(opus)):
            found += self.quiet_until(at, _BEHIND)
            if at >= self.until - _AHEAD:
                found += self._encoded(frame)
        return found

    def quiet_until(self, at: int, spared: int = 0) -> list[Sample]:
        """Silence up to `at` where sound is missing by more than `spared`."""
        if self._taken is None:
            self._taken = self._given = max(at, 0)
        missing = min(at - self._taken, _AT_ONCE)
        return self._encoded(silence(0, missing, _DECODED)) if missing > spared else []

    def _encoded(self, frame: av.AudioFrame) -> list[Sample]:
        frame.pts = None
        self._taken = self.until + frame.samples
        found = []
        for ready in self._resampler.resample(frame):
            ready.pts = None
            for packet in self._encoder.encode(ready):
                # The encoder is one frame late.
                at = self._given - AAC_SAMPLES
                self._given += AAC_SAMPLES
                if at >= 0:
                    found.append(Sample(bytes(packet), at, AAC_SAMPLES))
        return found
