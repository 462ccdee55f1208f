from typing import Any

class AsyncClient:
    state: str
    sid: str | None
    current_transport: str | None
    http: Any
    ws: Any
    async def disconnect(self, abort: bool = False, reason: str | None = None) -> None: ...
