"""The service as an operator runs it for many: two workers, Redis between them, nginx in front."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers import NginxServer, RedisServer
from tests.show_process import ROOT
from tests.supervised import Supervised, supervised
from tests.waiting import until

NGINX = ROOT / "deploy" / "nginx" / "plusone.conf"


@dataclass(frozen=True)
class Behind:
    """What stands behind nginx, and nginx."""

    service: Supervised
    nginx: NginxServer

    @property
    def address(self) -> str:
        """How browsers reach it."""
        return self.nginx.url

    async def started(self, *, anew: int | None = None) -> dict[int, int]:
        """Wait until all workers serve, none by the process `anew` any more; their processes."""
        found = {}
        for number in range(1, len(self.service.ports) + 1):

            def pids(number: int = number) -> list[int]:
                return [line["pid"] for line in self.service.said("worker.started", worker=number)]

            found[number] = (await until(pids, lambda pids: pids and pids[-1] != anew))[-1]
        return found


@contextmanager
def behind_nginx(
    folder: Path, database_url: str, redis: RedisServer, **environment: str
) -> Iterator[Behind]:
    """Two workers over these two, behind nginx with the file that operators have."""
    ports: dict[int, int] = {}
    nginx = NginxServer(NGINX, ports)
    settings = {
        "PLUSONE_TRUSTED_PROXIES": "127.0.0.1",
        # The proxy's own port is no browser's: nginx names the host without it.
        "PLUSONE_ALLOWED_ORIGINS": f'["{nginx.url}"]',
        "PLUSONE_MEDIA_ENGINE": "none",
        "PLUSONE_EVENTS_PER_S": "1000",
        "PLUSONE_RESTART_SPREAD_S": "1",
        "PLUSONE_CHAT_ASSIGN": "false",
        **environment,
    }
    with supervised(folder, database_url, redis, workers=2, **settings) as service:
        ports.update(zip((8710, 8711), service.ports, strict=True))
        with nginx:
            yield Behind(service, nginx)
