"""Logs: one line an event, for eyes or for machines, on standard error.

Names of events are `what.happened`; values are keys of their own. Nothing that a person typed, no
e-mail address, no network address and no token is ever logged.
"""

import logging
import sys

import structlog
from structlog.typing import EventDict, Processor

from core.settings import Settings

_QUIET = (
    "aiohttp.access",
    "aioice",
    "aiortc",
    "bm25s",
    "aiosmtplib",
    "alembic.runtime.migration",
    "asyncio",
    "engineio",
    "socketio",
    "sqlalchemy.engine",
)
"""Libraries that would say the same again, or what nobody may read: warnings only."""
_QUIET_ONES = tuple(f"{name}." for name in _QUIET)


def set_up(settings: Settings, *, worker: int | None = None) -> None:
    """Send our own log and those of all libraries the same way; once, at start.

    Of several processes that write one log each says its number.
    """
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        *([] if worker is None else [_of_worker(worker)]),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_written(settings),
            ],
        )
    )
    # A library that is imported later may set a level of its own, past those of the loggers here.
    handler.setLevel(level)
    handler.addFilter(_is_told)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))


def _of_worker(number: int) -> Processor:
    """Its number in every line, whichever thread writes it."""

    def add(_logger: object, _method: str, event: EventDict) -> EventDict:
        event["worker"] = number
        return event

    return add


def _is_told(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING or not f"{record.name}.".startswith(_QUIET_ONES)


def _written(settings: Settings) -> list[Processor]:
    if settings.log_format == "json":
        # Local variables stay out of tracebacks: they hold what people typed.
        traceback = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
        return [
            structlog.processors.ExceptionRenderer(traceback),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    return [
        structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    ]
