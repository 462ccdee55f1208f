from . import exceptions as exceptions
from . import packet as packet
from . import payload as payload
from .async_client import AsyncClient as AsyncClient
from .async_server import AsyncServer as AsyncServer
