from . import exceptions as exceptions
from . import packet as packet
from .async_client import AsyncClient as AsyncClient
from .async_manager import AsyncManager as AsyncManager
from .async_namespace import AsyncNamespace as AsyncNamespace
from .async_server import AsyncServer as AsyncServer
