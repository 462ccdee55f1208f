"""What a TURN server is proved."""

from __future__ import annotations

import msgspec
from pydantic import SecretStr

from video.consult.turn import Turn

NOW = 1_790_000_000_500
CALL = "cll_" + "0" * 26
URLS = ("turn:turn.example.com:3478?transport=udp", "turns:turn.example.com:5349")


def test_a_credential_is_what_coturn_computes() -> None:
    """As `printf %s USER | openssl dgst -binary -sha1 -hmac SECRET | base64` prints it."""
    ice = Turn(URLS, SecretStr("north"), 60).servers(CALL, "customer", NOW)
    [server] = ice.servers
    assert server.urls == URLS
    assert server.username == f"1790003600:{CALL}.customer"
    assert server.credential == "eB++22voKfEZ8ZD1AEAdlSuJDV8="
    assert ice.expires_at == 1_790_003_600_000


def test_each_side_and_each_hour_has_another() -> None:
    turn = Turn(URLS, SecretStr("north"), 60)
    given = {
        turn.servers(CALL, side, at).servers[0].credential
        for side in ("customer", "staff")
        for at in (NOW, NOW + 3_600_000)
    }
    assert len(given) == 4


def test_stun_alone_has_no_credential() -> None:
    ice = Turn((), SecretStr(""), 60, ("stun:stun.example.com",)).servers(CALL, "staff", NOW)
    told = b'{"servers":[{"urls":["stun:stun.example.com"]}],"expires_at":1790003600000}'
    assert msgspec.json.encode(ice) == told


def test_no_servers_are_none() -> None:
    assert Turn((), SecretStr(""), 60).servers(CALL, "staff", NOW).servers == ()
