"""WebRTC on this machine's loop alone, and no tracebacks of what tests break on purpose."""

import aioice.ice
import pytest


@pytest.fixture
def loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections of this process are offered on 127.0.0.1, which is passed over otherwise."""
    monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda **_: ["127.0.0.1"])
