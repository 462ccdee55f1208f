from typing import Any, Final

CONNECT: Final = 0
DISCONNECT: Final = 1
EVENT: Final = 2
ACK: Final = 3
CONNECT_ERROR: Final = 4
BINARY_EVENT: Final = 5
BINARY_ACK: Final = 6
packet_names: list[str]

class Packet:
    uses_binary_events: bool
    json: Any
    packet_type: int
    data: Any
    namespace: str | None
    id: int | None
    attachment_count: int
    attachments: list[bytes]
    def __init__(
        self,
        packet_type: int = ...,
        data: object = None,
        namespace: str | None = None,
        id: int | None = None,
        binary: bool | None = None,
        encoded_packet: str | None = None,
    ) -> None: ...
    def encode(self) -> str | list[str | bytes]: ...
    def decode(self, encoded_packet: str) -> int: ...
    def add_attachment(self, attachment: bytes) -> bool: ...
