"""What a session description has to hold before anything is made of it."""

from __future__ import annotations

import re

from aiortc import RTCIceCandidate
from aiortc.sdp import MediaDescription, SessionDescription, candidate_from_sdp

from core.errors import PlusOneError

MOST_OCTETS = 64 * 1024
MOST_MEDIA = 4
MOST_LINES = {"a=rtpmap:": 150, "a=rtcp-fb:": 600, "a=candidate:": 100}
"""Of a kind; browsers write half of it at most. The parser compares each with each, for seconds."""


class BadOffer(PlusOneError):
    """Not a session description, or not one of a kind that is taken here."""

    code = "bad_sdp"
    status = 400


class NotTaken(PlusOneError):
    """A sound offer of what is not taken here; `code` says what is missing."""

    code = "not_acceptable"
    status = 422


def publishing(text: str) -> None:
    """Raises BadOffer, NotTaken (`no_h264`, `no_opus`, `simulcast`) unless it may be sent here."""
    offer = _read(text)
    if re.search(r"^a=simulcast:", text, re.MULTILINE):
        raise NotTaken("Send one picture, without simulcast.", code="simulcast")
    video, audio = _media(offer, "video"), _media(offer, "audio")
    if video is None or not _has(video, "H264") or not _sends(video):
        raise NotTaken("Send the picture as H.264.", code="no_h264")
    if audio is None or not _has(audio, "opus") or not _sends(audio):
        raise NotTaken("Send the sound as Opus.", code="no_opus")


def watching(text: str) -> list[str]:
    """The kinds that are wanted. Raises BadOffer, NotTaken (`no_h264`) without the picture."""
    offer = _read(text)
    video = _media(offer, "video")
    if video is None or not _has(video, "H264"):
        raise NotTaken("The picture is H.264.", code="no_h264")
    return sorted({media.kind for media in offer.media})


def _read(text: str) -> SessionDescription:
    if len(text) > MOST_OCTETS:
        raise BadOffer("The session description is too long.")
    if any(text.count(begins) > most for begins, most in MOST_LINES.items()):
        raise BadOffer("The session description has too many lines.")
    try:
        offer = SessionDescription.parse(text)
    except Exception:
        # A parser of a stranger's text: whatever it stumbles over, the text is at fault.
        raise BadOffer("This is no session description.") from None
    if not 0 < len(offer.media) <= MOST_MEDIA:
        raise BadOffer("The session description has no media, or too much of it.")
    for media in offer.media:
        if media.kind not in ("audio", "video") or not media.dtls or not media.dtls.fingerprints:
            raise BadOffer("Only sound and picture over DTLS are taken.")
        if media.ice is None or not media.ice.usernameFragment or not media.ice.password:
            raise BadOffer("The session description has no ICE credentials.")
        for one in media.ice_candidates:
            _check_port(one)
    here = {media.rtp.muxId for media in offer.media}
    if any(one.semantic == "BUNDLE" and not here.issuperset(one.items) for one in offer.group):
        raise BadOffer("The session description bundles what it does not have.")
    return offer


def _check_port(candidate: RTCIceCandidate) -> None:
    if not 0 <= candidate.port < 1 << 16:
        raise BadOffer("There is no such port.")


def _media(offer: SessionDescription, kind: str) -> MediaDescription | None:
    return next((media for media in offer.media if media.kind == kind), None)


def _has(media: MediaDescription, codec: str) -> bool:
    return any(one.name.lower() == codec.lower() for one in media.rtp.codecs)


def _sends(media: MediaDescription) -> bool:
    return media.direction in ("sendonly", "sendrecv")


def fragment(text: str) -> tuple[str | None, list[tuple[str, str]]]:
    """(ICE user name, [(mid, candidate)]) of a trickle fragment (RFC 8840). Raises BadOffer."""
    if len(text) > MOST_OCTETS:
        raise BadOffer("The fragment is too long.")
    user: str | None = None
    mid, found = "", []
    for line in text.splitlines():
        if line.startswith("a=ice-ufrag:"):
            user = line.removeprefix("a=ice-ufrag:").strip()
        elif line.startswith("a=mid:"):
            mid = line.removeprefix("a=mid:").strip()
        elif line.startswith("a=candidate:"):
            found.append((mid, line.removeprefix("a=candidate:").strip()))
    if user is None and not found:
        raise BadOffer("This is no fragment of a session description.")
    return user, found[:50]


def candidate(line: str) -> RTCIceCandidate:
    """One address out of a fragment. Raises BadOffer."""
    try:
        found = candidate_from_sdp(line)
    except (AssertionError, ValueError, IndexError):
        raise BadOffer("This is no candidate.") from None
    _check_port(found)
    return found


def user(text: str) -> str:
    """The ICE user name of a description; empty where it names none."""
    found = re.search(r"^a=ice-ufrag:(\S+)", text, re.MULTILINE)
    return found[1] if found else ""
