"""An article, and what may be said in one: pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Final

import msgspec
from pydantic import AfterValidator, Field, StringConstraints, field_validator

from core.clock import Instant
from core.inputs import Input
from core.locales import Locale

SLUG: Final = r"[a-z0-9]+(-[a-z0-9]+)*"
SLUG_LENGTH = 60
TITLE_LENGTH = 120
BODY_OCTETS = 20_000
QUESTIONS = 50
QUESTION_LENGTH = 200

FALLBACKS: Final[Mapping[Locale, tuple[Locale, ...]]] = {
    "zh-Hant": ("zh-Hant", "zh-Hant-HK", "zh-Hans", "en"),
    "zh-Hant-HK": ("zh-Hant-HK", "zh-Hant", "zh-Hans", "en"),
    "zh-Hans": ("zh-Hans", "zh-Hant", "zh-Hant-HK", "en"),
    "en": ("en", "zh-Hant", "zh-Hant-HK", "zh-Hans"),
}
"""Which languages a reader is given where there is nothing in her own, nearest first."""

Facts = Mapping[str, str]
"""What the settings decide, by the names under which articles speak of it: `{home_fee}`."""

_FACT = re.compile(r"\{([a-z_]{1,40})\}")


class Article(msgspec.Struct, frozen=True, kw_only=True):
    """One subject in one language; `slug` names the subject, the same in all languages."""

    id: str
    slug: str
    locale: Locale
    title: str
    body: str
    """Markdown."""
    questions: tuple[str, ...]
    """How people ask for it, in whatever language."""
    published: bool
    changed_at: Instant
    """Differs after each change: who writes says which one she has seen."""


class Head(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """As much of an article as a list shows."""

    slug: str
    locale: Locale
    title: str
    questions: int
    published: bool
    changed_at: Instant


def one_line(text: str) -> str:
    return " ".join(text.split())


def tidy_body(text: str) -> str:
    """Line ends as here, and none around it."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip("\n").rstrip()


def tidy_questions(questions: Iterable[str]) -> tuple[str, ...]:
    """Each in one line and once; empty ones left out."""
    return tuple(dict.fromkeys(filter(None, map(one_line, questions))))


def is_slug(text: str) -> bool:
    return len(text) <= SLUG_LENGTH and re.fullmatch(SLUG, text) is not None


def fits(body: str) -> bool:
    """Whether a body is short enough: in octets, since that is what is stored and sent."""
    return len(body.encode()) <= BODY_OCTETS


def filled(text: str, facts: Facts) -> str:
    """`text` with the facts in place of their names; braces around anything else stay."""
    return _FACT.sub(lambda found: facts.get(found[1], found[0]), text)


def nearest(found: Mapping[Locale, Any], locale: Locale) -> Any:
    """Of what there is in some languages, that for a reader of `locale`. At least one is there."""
    return next(found[one] for one in FALLBACKS[locale] if one in found)


Slug = Annotated[str, StringConstraints(pattern=f"^{SLUG}$", max_length=SLUG_LENGTH)]
_Question = Annotated[
    str, AfterValidator(one_line), StringConstraints(min_length=1, max_length=QUESTION_LENGTH)
]


class Name(Input):
    """Of one article, in an address."""

    slug: Slug
    locale: Locale


class ArticleInput(Input):
    """What an editor saves. `changed_at`: of the article that she changed; None makes a new one."""

    title: Annotated[
        str, AfterValidator(one_line), StringConstraints(min_length=1, max_length=TITLE_LENGTH)
    ]
    body: Annotated[str, StringConstraints(min_length=1, max_length=BODY_OCTETS)]
    questions: Annotated[list[_Question], Field(max_length=QUESTIONS)]
    published: bool
    changed_at: Annotated[int, Field(ge=0, lt=2**53)] | None = None

    @field_validator("body")
    @classmethod
    def _body(cls, text: str) -> str:
        tidied = tidy_body(text)
        if not tidied.strip():
            raise ValueError("is empty")
        if not fits(tidied):
            raise ValueError(f"has more than {BODY_OCTETS} octets")
        return tidied


class Published(Input):
    published: bool
