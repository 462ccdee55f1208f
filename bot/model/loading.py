"""The assistant that the settings ask for: the planner alone, or a model with that behind it."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import structlog

from bot.assistant import Assistant, BuiltIn, Planner
from core.settings import Settings
from core.tools import Tool

if TYPE_CHECKING:
    import httpx
    from langchain_core.language_models.chat_models import BaseChatModel

MOST_TOKENS = 2000
"""Of one message, what a model thinks before it included."""

_OPENAI: Final = "openai"
_OPENAI_URL: Final = "https://api.openai.com/v1"

log = structlog.get_logger(__name__)


class CannotLoad(Exception):
    """A model that the settings name is not to be had; says why in one line."""


@asynccontextmanager
async def opened(
    settings: Settings, planner: Callable[[], Planner], tools: Iterable[Tool]
) -> AsyncIterator[Assistant]:
    """Whoever answers. A model that cannot be loaded is an error in the log, and no reason to let
    customers wait: the planner answers.

    `planner` gives the newest one; `tools` are those that a model may call. LangChain is imported
    only where a model is set, and off the loop: it takes a second.
    """
    built_in = BuiltIn(planner)
    if not settings.bot_model:
        yield built_in
        return
    try:
        model, client = await asyncio.to_thread(load, settings)
    except CannotLoad as error:
        log.error("bot.no_model", why=str(error), answers="the built-in planner")
        yield built_in
        return
    try:
        yield await asyncio.to_thread(_assistant, settings, model, planner, tuple(tools))
    finally:
        if client is not None:
            await client.aclose()


def problem(settings: Settings) -> str | None:
    """What is wrong with the model that is set, in one line; None where nothing is, or none is.

    Asks nobody: whether a key is taken shows with the first answer.
    """
    if not settings.bot_model:
        return None
    try:
        load(settings)
    except CannotLoad as error:
        return str(error)
    return None


def load(settings: Settings) -> tuple[BaseChatModel, httpx.AsyncClient | None]:
    """The model, and the connections to close after it where they are ours. Raises CannotLoad."""
    from langchain.chat_models import init_chat_model

    provider, _, _ = settings.bot_model.partition(":")
    url = str(settings.bot_model_url or "")
    key = settings.bot_model_key.get_secret_value()
    options: dict[str, Any] = {
        "timeout": settings.bot_timeout_s,
        "max_retries": 0,  # the planner answers sooner than a second attempt
        "max_tokens": MOST_TOKENS,
    }
    if url:
        options["base_url"] = url
    if key:
        options["api_key"] = key
    client: httpx.AsyncClient | None = None
    if provider == _OPENAI:
        from bot.model.connection import client as bounded

        client = bounded(settings.bot_timeout_s)
        # Named even where they are the usual ones: variables of the environment that send all calls
        # to a gateway or a proxy of another company, or a key meant for OpenAI to one's own
        # server, are not what the settings say.
        options |= {
            "base_url": url or _OPENAI_URL,
            "http_async_client": client,
            "openai_proxy": None,
            # Its wait_for swallows a cancellation before Python 3.12 where the next piece is there
            # already, and an endless stream then never ends. The whole answer has a limit.
            "stream_chunk_timeout": None,
        }
        if url and not key:
            options["api_key"] = "none"
    try:
        return init_chat_model(settings.bot_model, **options), client
    except ImportError as error:
        package = (error.name or "").replace("_", "-") or f"langchain-{provider}"
        how = "pip install 'plusone[openai]'" if provider == _OPENAI else f"pip install {package}"
        raise CannotLoad(
            f"PLUSONE_BOT_MODEL names a model of {provider!r}, whose package is missing: {how}"
        ) from None
    except Exception as error:
        # Providers check in ways of their own, and may repeat the key in what they say.
        why = "names no provider that LangChain knows" if _unknown(error) else _lacks(settings)
        raise CannotLoad(f"PLUSONE_BOT_MODEL {why} ({type(error).__name__})") from None


def _unknown(error: Exception) -> bool:
    return isinstance(error, ValueError) and "model provider" in str(error)


def _lacks(settings: Settings) -> str:
    if settings.bot_model_key.get_secret_value():
        return "was refused by its provider's package with these settings"
    return "could not be set up: no PLUSONE_BOT_MODEL_KEY is set, and no key of the provider's own"


def is_masked(settings: Settings) -> bool:
    """Whether the model is kept from what people typed of themselves."""
    if settings.bot_mask != "hosted":
        return settings.bot_mask == "always"
    return not (settings.bot_model_url and _is_loopback(settings.bot_model_url.host or ""))


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _assistant(
    settings: Settings,
    model: BaseChatModel,
    planner: Callable[[], Planner],
    tools: tuple[Tool, ...],
) -> Assistant:
    from bot.model.agent import make
    from bot.model.assistant import ModelAssistant

    return ModelAssistant(
        make(model, tools),
        planner,
        zone=ZoneInfo(settings.time_zone),
        timeout_s=settings.bot_timeout_s,
        mask=is_masked(settings),
    )
