"""Signed tokens: for one purpose, until a time, and not to be forged."""

import jwt
import pytest

from core.clock import ManualClock
from core.errors import NotSignedIn
from core.identity.tokens import Tokens
from core.secret import Secret

NOW = ManualClock().now()
LATER = NOW + 60_000
TOKENS = Tokens(Secret(b"s" * 32))


def test_a_token_says_whom_it_is_about() -> None:
    token = TOKENS.make("receipt", "ord_1", expires_at=LATER)
    assert TOKENS.read("receipt", token, now=NOW) == "ord_1"


def test_it_expires() -> None:
    token = TOKENS.make("receipt", "ord_1", expires_at=LATER)
    with pytest.raises(NotSignedIn) as refused:
        TOKENS.read("receipt", token, now=LATER)
    assert refused.value.error_code == "token_expired"


def test_it_is_good_for_one_purpose() -> None:
    token = TOKENS.make("receipt", "ord_1", expires_at=LATER)
    with pytest.raises(NotSignedIn):
        TOKENS.read("refund", token, now=NOW)


def test_a_forged_one_is_refused() -> None:
    claims = {"aud": "receipt", "sub": "ord_1", "exp": LATER // 1000}
    key = Secret(b"s" * 32).key("token receipt")
    forged = [
        jwt.encode(claims, "", algorithm="none"),
        jwt.encode(claims, b"t" * 32, algorithm="HS256"),
        jwt.encode(claims | {"aud": "refund"}, key, algorithm="HS256"),
        jwt.encode({"aud": "receipt", "sub": "ord_1"}, key, algorithm="HS256"),
        jwt.encode(claims | {"exp": "soon"}, key, algorithm="HS256"),
        jwt.encode(claims, key * 2, algorithm="HS512"),
        "",
        "a.b.c",
        "x" * 10_000,
    ]
    for token in forged:
        with pytest.raises(NotSignedIn):
            TOKENS.read("receipt", token, now=NOW)


def test_a_changed_one_is_refused() -> None:
    head, _, tail = TOKENS.make("receipt", "ord_1", expires_at=LATER).split(".")
    other = TOKENS.make("receipt", "ord_2", expires_at=LATER).split(".")[1]
    with pytest.raises(NotSignedIn):
        TOKENS.read("receipt", f"{head}.{other}.{tail}", now=NOW)
