"""Markdown of articles as HTML that is safe to show, and as plain words for the bot."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

EXCERPT_LENGTH = 400

_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])

_TAGS: Final = {
    "a", "blockquote", "br", "code", "em", "h2", "h3", "h4", "h5", "h6", "hr", "img", "li", "ol",
    "p", "pre", "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_OWN_PICTURE: Final = re.compile(r"/[A-Za-z0-9_.~%-][A-Za-z0-9_.~%/-]*")
"""A path on this very service: browsers take `//` and `/\\` for another host."""
_SENTENCE_ENDS: Final = "。！？!?"


def _own_pictures(tag: str, attribute: str, value: str) -> str | None:
    """For nh3: an image from elsewhere keeps its words, and loses its address."""
    if tag == "img" and attribute == "src" and not _OWN_PICTURE.fullmatch(value):
        return None
    return value


_CLEANER: Final = nh3.Cleaner(
    tags=_TAGS,
    attributes={"a": {"href", "title"}, "img": {"src", "alt"}, "ol": {"start"}},
    attribute_filter=_own_pictures,
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel="nofollow noopener",
)


def html(markdown: str) -> str:
    """`markdown` as HTML without scripts, styles, classes, or pictures from other hosts.

    The title is the page's first heading: one of the first level becomes one of the second.
    Blocks for up to some 20 ms (20 kB): off the loop.
    """
    tokens = _MARKDOWN.parse(markdown)
    for token in tokens:
        if token.tag == "h1":
            token.tag = "h2"
    return _CLEANER.clean(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})).strip()


def paragraphs(markdown: str) -> list[str]:
    """The words of `markdown`, each paragraph, entry of a list and row of a table by itself.

    Headings are left out: they say what follows, not what is so. Blocks like `html`.
    """
    found: list[str] = []
    heading = False
    row: list[str] | None = None
    for token in _MARKDOWN.parse(markdown):
        if token.type in ("heading_open", "heading_close"):
            heading = token.type == "heading_open"
        elif token.type == "tr_open":
            row = []
        elif token.type == "tr_close" and row is not None:
            found.append(" · ".join(filter(None, row)))
            row = None
        elif token.type in ("fence", "code_block"):
            found.append(token.content.strip())
        elif token.type == "inline" and not heading:
            text = _words(token.children or ())
            if row is not None:
                row.append(text)
            else:
                found.append(text)
    return [text for text in found if text]


def _words(tokens: Sequence[Token]) -> str:
    said: list[str] = []
    for token in tokens:
        if token.type in ("softbreak", "hardbreak"):
            said.append(" ")
        elif token.type == "image":
            said.append(_words(token.children or ()))
        else:
            said.append(token.content)
    return " ".join("".join(said).split())


def excerpt(said: Sequence[str], most: int = EXCERPT_LENGTH) -> str:
    """The first of `said` (`paragraphs`), a line each, in at most `most` characters.

    Ends with a whole paragraph or sentence where one does that is not very short.
    """
    lines: list[str] = []
    left = most
    for text in said:
        if len(text) > left:
            lines += _cut(text, left, needed=not lines)
            break
        lines.append(text)
        left -= len(text) + 1
    return "\n".join(lines)


def _cut(text: str, most: int, *, needed: bool) -> list[str]:
    """The first sentences of `text`; where not even one fits, nothing, or what is `needed`."""
    ends = [n for n, sign in enumerate(text[:most], 1) if _ends(text, n, sign)]
    if ends:
        return [text[: ends[-1]]]
    return [text[: most - 1] + "…"] if needed else []


def _ends(text: str, n: int, sign: str) -> bool:
    return sign in _SENTENCE_ENDS or (sign == "." and text[n : n + 1] == " ")
