from typing import Any, Final

OPEN: Final = 0
CLOSE: Final = 1
PING: Final = 2
PONG: Final = 3
MESSAGE: Final = 4
UPGRADE: Final = 5
NOOP: Final = 6
packet_names: list[str]

class Packet:
    json: Any
    packet_type: int
    data: Any
    binary: bool
    encode_cache: str | bytes | None
    def __init__(
        self,
        packet_type: int = ...,
        data: object = None,
        encoded_packet: str | bytes | None = None,
    ) -> None: ...
    def encode(self, b64: bool = False) -> str | bytes: ...
    def decode(self, encoded_packet: str | bytes) -> None: ...
