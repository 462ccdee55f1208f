"""All that the built-in assistant says, in each language: `LOCALE.toml` here.

`{name}` stands for what tools found; values are put in as they are and never read again.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from core.locales import Locale

NAME: Final = re.compile(r"\{([a-z_]+)\}")


@cache
def words(locale: Locale) -> Mapping[str, str]:
    """What is said in `locale`, by its key: `price.one`."""
    tables = tomllib.loads((files(__name__) / f"{locale}.toml").read_text("utf-8"))
    return {
        f"{group}.{key}": text for group, table in tables.items() for key, text in table.items()
    }


def said(locale: Locale, key: str, values: Mapping[str, object]) -> str:
    """The words of `key` with `values` in their places. Raises KeyError for an unknown one."""
    return NAME.sub(lambda found: str(values[found[1]]), words(locale)[key])
