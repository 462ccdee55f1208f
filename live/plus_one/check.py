"""Trying codes and comments before a show: cases in, what the grammar makes of each out.

Both files are of the corpus's form (`tests/corpus/`). A bad line spoils nothing but itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Final, Literal, NamedTuple, TextIO

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StrictStr,
    TypeAdapter,
    ValidationError,
)

from core.errors import BadRequest
from live.plus_one.model import Item, Parsed, Rules, Variant
from live.plus_one.parse import parse
from live.plus_one.vocabulary import Vocabulary

LINE_MAX: Final = 64 * 1024
"""Bytes of a line, at most."""
ITEMS_MAX: Final = 16 * 1024 * 1024
"""Bytes of an items file, at most."""
_LINE_FEED: Final = b"\n"


def _whole(value: object) -> object:
    """Text without halves of surrogate pairs, which JSON may carry and nothing can print."""
    if isinstance(value, str) and not value.isascii():
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value


_Text = Annotated[StrictStr, BeforeValidator(_whole)]
_Word = Annotated[StrictStr, Field(min_length=1), BeforeValidator(_whole)]


class _Variant(BaseModel):
    key: _Word
    words: tuple[tuple[_Word, ...], ...]


class _Item(BaseModel):
    code: _Word
    open: StrictBool
    variants: tuple[_Variant, ...] = ()


class _Rules(BaseModel):
    model_config = ConfigDict(extra="forbid")

    strictness: Literal["exact", "contains"] = "exact"
    max_quantity: Annotated[StrictInt, Field(ge=1, le=1_000_000)] = 99
    repeat: Literal["add", "replace"] = "add"


class _Case(BaseModel):
    id: _Text | StrictInt
    items: _Text
    text: _Text
    rules: _Rules = _Rules()


_Sets = TypeAdapter(dict[_Text, tuple[_Item, ...]])


class Fault(NamedTuple):
    """Why a line could not be tried; `line` counts from 1."""

    line: int
    why: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.why}"


def read_items(data: bytes) -> dict[str, Vocabulary]:
    """The named sets of an items file, each prepared. Raises BadRequest with what is wrong."""
    if len(data) > ITEMS_MAX:
        raise BadRequest(f"longer than {ITEMS_MAX} bytes", code="bad_items")
    try:
        sets = _Sets.validate_python(_json(data))
    except ValueError as error:
        raise BadRequest(_why(error), code="bad_items") from None
    return {
        name: Vocabulary.of(
            Item(
                code=item.code,
                open=item.open,
                variants=tuple(Variant(key=one.key, words=one.words) for one in item.variants),
            )
            for item in items
        )
        for name, items in sets.items()
    }


def parse_cases(
    lines: Iterable[bytes], sets: Mapping[str, Vocabulary]
) -> Iterator[dict[str, Any] | Fault]:
    """For each line that is not blank `{"id", "claims", "reasons"}`, or why there is none."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _parse_case(number, line, sets)


def _parse_case(number: int, line: bytes, sets: Mapping[str, Vocabulary]) -> dict[str, Any] | Fault:
    if len(line) > LINE_MAX:
        return Fault(number, f"longer than {LINE_MAX} bytes")
    try:
        read = _json(line)
        if not isinstance(read, dict):
            return Fault(number, "not a JSON object")
        case = _Case.model_validate(read)
    except ValueError as error:
        return Fault(number, _why(error))
    vocabulary = sets.get(case.items)
    if vocabulary is None:
        known = ", ".join(sorted(sets)) or "none"
        return Fault(number, f"there is no set of items called {case.items!r}; known: {known}")
    parsed = parse(case.text, vocabulary, Rules(**case.rules.model_dump()))
    return {"id": case.id, **as_result(parsed)}


def as_result(parsed: Parsed) -> dict[str, Any]:
    """`{"claims", "reasons"}` as the corpus has them; `["chatter"]` where there is neither."""
    claims = [
        {
            "code": claim.code,
            "variant": claim.variant,
            "quantity": claim.quantity,
            "action": claim.action,
        }
        for claim in parsed.claims
    ]
    reasons: list[str] = [rejection.reason for rejection in parsed.rejections]
    return {"claims": claims, "reasons": ["chatter"] if parsed.chatter else reasons}


def main(cases_path: Path, items_path: Path, out: TextIO, err: TextIO) -> int:
    """Print a line for each case on `out`, and what is wrong with the others on `err`.

    Returns 0, or 2 if a file or a line could not be read; all good lines are printed all the same.
    """
    try:
        sets = read_items(_head(items_path, ITEMS_MAX + 1))
    except OSError as error:
        err.write(f"{items_path}: {error.strerror}\n")
        return 2
    except BadRequest as error:
        err.write(f"{items_path}: {error.message}\n")
        return 2
    faults = 0
    try:
        with cases_path.open("rb") as cases:
            for result in parse_cases(_bounded(cases), sets):
                if isinstance(result, Fault):
                    faults += 1
                    err.write(f"{cases_path}: {result}\n")
                else:
                    out.write(json.dumps(result, ensure_ascii=False) + "\n")
    except OSError as error:
        err.write(f"{cases_path}: {error.strerror}\n")
        return 2
    return 2 if faults else 0


def _head(path: Path, most: int) -> bytes:
    with path.open("rb") as file:
        return file.read(most)


def _bounded(file: BinaryIO) -> Iterator[bytes]:
    """The lines of a file; of one that is too long no more than shows that it is."""
    while line := file.readline(LINE_MAX + 1):
        rest = line
        while len(rest) > LINE_MAX and not rest.endswith(_LINE_FEED):
            rest = file.readline(LINE_MAX + 1)
        yield line


def _json(data: bytes) -> object:
    """Raises ValueError."""
    try:
        return json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8 (byte {error.start + 1})") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} (column {error.colno})") from None
    except RecursionError:
        raise ValueError("not JSON that anybody writes: nested too deep") from None
    except ValueError:
        raise ValueError("not JSON that anybody writes: a number is too long") from None


def _why(error: ValueError) -> str:
    """What is wrong, in a line."""
    if not isinstance(error, ValidationError):
        return str(error)
    faults = error.errors(include_url=False, include_input=False, include_context=False)
    more = f" (and {len(faults) - 3} more)" if len(faults) > 3 else ""
    return "; ".join(_fault(fault["loc"], fault["msg"]) for fault in faults[:3]) + more


def _fault(where: tuple[int | str, ...], message: str) -> str:
    at = ".".join(str(step) for step in where if not str(step).startswith("function-before"))
    return f"{at}: {message}" if at else message
