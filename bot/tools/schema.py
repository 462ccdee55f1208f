"""Tools as language models are told of them: JSON Schema, the same bytes for the same tools."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from core.tools import Tool

Json = dict[str, Any]

_SAID_ELSEWHERE = frozenset({"title", "description"})
"""Of a whole `Input`: its class's name and docstring, which are for those who read the code."""


def schemas(tools: Iterable[Tool]) -> list[Json]:
    """`{name, description, parameters}` of each, by name."""
    return [schema(tool) for tool in sorted(tools, key=lambda one: one.name)]


def schema(tool: Tool) -> Json:
    whole = tool.takes.model_json_schema()
    parameters = {name: value for name, value in whole.items() if name not in _SAID_ELSEWHERE}
    parameters["properties"] = {
        name: {key: value for key, value in argument.items() if key != "title"}
        for name, argument in whole.get("properties", {}).items()
    }
    parameters.setdefault("required", [])
    return {"name": tool.name, "description": tool.description, "parameters": parameters}
