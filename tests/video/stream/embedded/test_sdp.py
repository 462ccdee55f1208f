"""Session descriptions of strangers: what is taken, and what is said of the rest."""

from __future__ import annotations

import contextlib
import re

import pytest

from core.errors import PlusOneError
from video.stream.embedded import sdp

FINGERPRINT = ":".join(["AB"] * 32)

HEAD = """v=0
o=- 4611731400430051336 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0 1
a=msid-semantic: WMS
"""
TRANSPORT = f"""c=IN IP4 0.0.0.0
a=rtcp-mux
a=ice-ufrag:Xy1z
a=ice-pwd:0123456789abcdefghijklmn
a=fingerprint:sha-256 {FINGERPRINT}
a=setup:actpass
a=candidate:1 1 udp 2122260223 192.0.2.7 51000 typ host
"""
VIDEO = f"""m=video 9 UDP/TLS/RTP/SAVPF 96 97
{TRANSPORT}a=mid:0
a=DIRECTION
a=rtpmap:96 H264/90000
a=fmtp:96 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f
a=rtpmap:97 rtx/90000
a=fmtp:97 apt=96
"""
AUDIO = f"""m=audio 9 UDP/TLS/RTP/SAVPF 111
{TRANSPORT}a=mid:1
a=DIRECTION
a=rtpmap:111 opus/48000/2
"""


def written(*parts: str, direction: str = "sendonly") -> str:
    return "".join(parts).replace("DIRECTION", direction).replace("\n", "\r\n")


def sending(*, video: str = VIDEO, audio: str = AUDIO) -> str:
    return written(HEAD, video, audio)


def said(of: str) -> str:
    """The code with which a host's offer is refused."""
    with pytest.raises(PlusOneError) as caught:
        sdp.publishing(of)
    assert caught.value.status == (400 if caught.value.error_code == "bad_sdp" else 422)
    assert not caught.value.retryable
    return caught.value.error_code


@pytest.mark.parametrize("direction", ["sendonly", "sendrecv"])
def test_h264_with_opus_may_be_sent(direction: str) -> None:
    sdp.publishing(written(HEAD, VIDEO, AUDIO, direction=direction))


def test_names_of_codecs_are_the_same_in_any_case() -> None:
    sdp.publishing(sending().replace("H264", "h264").replace("opus", "OPUS"))


def test_other_codecs_beside_them_do_not_matter() -> None:
    more = VIDEO.replace("SAVPF 96", "SAVPF 98 96") + "a=rtpmap:98 VP8/90000\n"
    sdp.publishing(sending(video=more))


def test_a_picture_that_is_not_h264_is_not_taken() -> None:
    assert said(sending().replace("H264", "VP8")) == "no_h264"


def test_a_host_has_to_send_a_picture() -> None:
    assert said(written(HEAD.replace("0 1", "1"), AUDIO)) == "no_h264"
    assert said(written(HEAD, VIDEO.replace("DIRECTION", "recvonly"), AUDIO)) == "no_h264"
    assert said(written(HEAD, VIDEO.replace("DIRECTION", "inactive"), AUDIO)) == "no_h264"


def test_a_host_has_to_send_a_sound_and_in_opus() -> None:
    assert said(sending().replace("opus", "G722")) == "no_opus"
    assert said(written(HEAD.replace("0 1", "0"), VIDEO)) == "no_opus"
    assert said(written(HEAD, VIDEO, AUDIO.replace("DIRECTION", "recvonly"))) == "no_opus"


def test_one_picture_in_several_sizes_is_not_taken() -> None:
    layers = VIDEO + "a=rid:h send\na=rid:l send\na=simulcast:send h;l\n"
    assert said(sending(video=layers)) == "simulcast"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "v=0",
        "hello",
        '{"sdp": "v=0"}',
        "\0" * 100,
        "m=video",
        "v=zero\r\n",
        written(HEAD),
        written(HEAD) + "m=video 9 UDP/TLS/RTP/SAVPF\r\n",
        written(HEAD) + "m=video nine UDP/TLS/RTP/SAVPF 96\r\n",
        written(HEAD) + "m=video 9 UDP/TLS/RTP/SAVPF 999\r\n",
        sending().replace("a=rtpmap:96 H264/90000", "a=rtpmap:96 H264"),
        sending().replace("a=fmtp:96", "a=fmtp:55"),
        sending().replace("a=setup:actpass", "a=setup:maybe"),
        sending().replace("typ host", "host"),
    ],
)
def test_garbage_is_no_session_description(text: str) -> None:
    assert said(text) == "bad_sdp"


@pytest.mark.parametrize("number", range(sending().count("\r\n")))
def test_no_line_s_loss_is_a_fault_of_ours(number: int) -> None:
    lines = sending().split("\r\n")
    with contextlib.suppress(sdp.BadOffer, sdp.NotTaken):
        sdp.publishing("\r\n".join(lines[:number] + lines[number + 1 :]))


@pytest.mark.parametrize("line", ["ice-ufrag", "ice-pwd", "fingerprint"])
def test_without_keys_there_is_no_connection(line: str) -> None:
    assert said(re.sub(rf"a={line}:.*\r\n", "", sending())) == "bad_sdp"


def test_only_sound_and_picture_are_taken() -> None:
    data = f"m=application 9 UDP/DTLS/SCTP webrtc-datachannel\n{TRANSPORT}a=mid:2\n"
    assert said(written(HEAD, VIDEO, AUDIO, data)) == "bad_sdp"


def test_there_is_an_end_to_what_is_taken() -> None:
    assert said(written(HEAD, VIDEO, *[AUDIO] * sdp.MOST_MEDIA)) == "bad_sdp"
    assert said(sending() + "a=x\r\n" * sdp.MOST_OCTETS) == "bad_sdp"


@pytest.mark.parametrize(
    "line", ["a=rtpmap:1 a/1\n", "a=rtcp-fb:* nack\n", "a=candidate:1 1 udp 1 ::1 1 typ host\n"]
)
def test_there_is_an_end_to_lines_of_one_kind(line: str) -> None:
    """Two thousand codecs with two thousand remarks each stopped all pictures for five seconds."""
    many = sdp.MOST_LINES[line.partition(":")[0] + ":"]
    assert said(sending(video=VIDEO + line * (many + 1))) == "bad_sdp"
    sdp.publishing(sending(video=VIDEO + line * (many // 2)))


def test_what_is_bundled_has_to_be_there() -> None:
    for group in ("a=group:BUNDLE 7 0 1", "a=group:BUNDLE 0 1 7", "a=group:BUNDLE x"):
        assert said(sending().replace("a=group:BUNDLE 0 1", group)) == "bad_sdp"


def test_a_port_is_one_that_there_is() -> None:
    assert said(sending().replace(" 51000 ", " 65536 ")) == "bad_sdp"
    sdp.publishing(sending().replace(" 51000 ", " 65535 "))


def test_whoever_watches_says_what_she_wants() -> None:
    both = written(HEAD, VIDEO, AUDIO, direction="recvonly")
    assert sdp.watching(both) == ["audio", "video"]
    assert sdp.watching(written(HEAD.replace("0 1", "0"), VIDEO, direction="recvonly")) == ["video"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (written(HEAD, VIDEO.replace("H264", "VP8"), AUDIO, direction="recvonly"), "no_h264"),
        (written(HEAD.replace("0 1", "1"), AUDIO, direction="recvonly"), "no_h264"),
        ("garbage", "bad_sdp"),
    ],
)
def test_whoever_watches_has_to_take_the_picture_as_it_is(text: str, code: str) -> None:
    with pytest.raises(PlusOneError) as caught:
        sdp.watching(text)
    assert caught.value.error_code == code


def test_a_description_s_user_is_its_ice_user_name() -> None:
    assert sdp.user(sending()) == "Xy1z"
    assert sdp.user("v=0\r\n") == ""


# Fragments (RFC 8840)

CANDIDATE = "1 1 udp 2122260223 192.0.2.7 51000 typ host"


def test_a_fragment_names_its_user_and_the_media_of_each_candidate() -> None:
    text = (
        "a=ice-ufrag:Xy1z\r\na=ice-pwd:secret\r\nm=video 9 RTP/AVP 0\r\na=mid:0\r\n"
        f"a=candidate:{CANDIDATE}\r\na=mid:1\r\na=candidate:{CANDIDATE}\r\n"
        "a=end-of-candidates\r\n"
    )
    assert sdp.fragment(text) == ("Xy1z", [("0", CANDIDATE), ("1", CANDIDATE)])


def test_a_fragment_may_be_of_a_user_alone_or_of_candidates_alone() -> None:
    assert sdp.fragment("a=ice-ufrag:Xy1z") == ("Xy1z", [])
    assert sdp.fragment(f"a=candidate:{CANDIDATE}") == (None, [("", CANDIDATE)])


@pytest.mark.parametrize("text", ["", "hello", "a=mid:0\r\n", "x" * (sdp.MOST_OCTETS + 1)])
def test_what_says_nothing_is_no_fragment(text: str) -> None:
    with pytest.raises(sdp.BadOffer):
        sdp.fragment(text)


def test_of_endless_candidates_some_are_taken() -> None:
    _, found = sdp.fragment(f"a=candidate:{CANDIDATE}\n" * 1_000)
    assert len(found) == 50


def test_a_candidate_is_an_address() -> None:
    found = sdp.candidate(CANDIDATE)
    assert (found.ip, found.port, found.type) == ("192.0.2.7", 51000, "host")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1 1 udp",
        CANDIDATE.replace("51000", "many"),
        CANDIDATE.replace("51000", "65536"),
        CANDIDATE.replace("51000", "-1"),
    ],
)
def test_anything_else_is_no_candidate(text: str) -> None:
    with pytest.raises(sdp.BadOffer):
        sdp.candidate(text)
