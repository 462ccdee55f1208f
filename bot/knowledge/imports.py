"""Articles from a file: one as Markdown with a heading of fields, or many as a table (CSV). Pure.

See docs/operators/knowledge.md. Nothing is taken from a file in which anything is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

import msgspec

from bot.knowledge.article import (
    BODY_OCTETS,
    QUESTION_LENGTH,
    QUESTIONS,
    SLUG_LENGTH,
    TITLE_LENGTH,
    fits,
    is_slug,
    one_line,
    tidy_body,
    tidy_questions,
)
from commerce_bridge.csv_import import table
from commerce_bridge.csv_import.table import BadFile
from core.errors import TooLarge
from core.locales import LOCALES, Locale

MOST_OCTETS = 2 * 1024 * 1024
MOST_ROWS = 1_000

COLUMNS: Final = {
    "slug": "slug",
    "代號": "slug",
    "代号": "slug",
    "locale": "locale",
    "語言": "locale",
    "语言": "locale",
    "title": "title",
    "標題": "title",
    "标题": "title",
    "body": "body",
    "內容": "body",
    "内容": "body",
    "questions": "questions",
    "問法": "questions",
    "问法": "questions",
    "published": "published",
    "上架": "published",
}
NEEDED: Final = ("slug", "locale", "title", "body")

_ANSWERS: Final = {
    "yes": True, "1": True, "true": True, "是": True,
    "no": False, "0": False, "false": False, "否": False,
}  # fmt: skip
_BEGIN = "---"

Reason = Literal[
    "missing", "too_long", "bad_slug", "bad_locale", "bad_answer", "too_many", "twice", "unreadable"
]


class Fault(msgspec.Struct, frozen=True):
    """What is wrong in a file; `what` tells it in English, `code` to pages."""

    row: int
    """Of a table as spreadsheets count, the heading being 1; of Markdown the line."""
    column: str
    code: Reason
    what: str


class Wanted(msgspec.Struct, frozen=True):
    """An article as the file wants it; `published`: None where it does not say."""

    row: int
    slug: str
    locale: Locale
    title: str
    body: str
    questions: tuple[str, ...]
    published: bool | None


class _Cells(msgspec.Struct):
    """What stands in a file for one article; `rows` where each field stands, if not in `row`."""

    row: int
    cells: dict[str, str]
    questions: list[str]
    rows: dict[str, int] = msgspec.field(default_factory=dict)


def read(data: bytes) -> tuple[list[Wanted], list[Fault]]:
    """The articles in a file, and what is wrong with others.

    Raises TooLarge, and BadFile where nothing can be read at all. Up to some 200 ms: off the loop.
    """
    if len(data) > MOST_OCTETS:
        raise TooLarge(f"The file has more than {MOST_OCTETS // 1024 // 1024} MiB.")
    found, faults = _markdown(data) if _is_markdown(data) else _table(data)
    wanted: list[Wanted] = []
    seen: dict[tuple[str, str], int] = {}
    for one in found:
        wrong = _faults(one)
        key = one.cells.get("slug", ""), one.cells.get("locale", "")
        if not wrong and key in seen:
            wrong = [
                Fault(one.row, "slug", "twice", f"stands in row {seen[key]} already, in {key[1]}")
            ]
        faults += wrong
        if not wrong:
            seen[key] = one.row
            wanted.append(_wanted(one))
    return wanted, sorted(faults, key=lambda fault: fault.row)


def _table(data: bytes) -> tuple[list[_Cells], list[Fault]]:
    found = table.read(data, COLUMNS, most_characters=BODY_OCTETS)
    if missing := [name for name in NEEDED if name not in found.columns]:
        raise BadFile(f"The file has no column {', '.join(missing)}.", columns=missing)
    if len(found.rows) + len(found.faults) > MOST_ROWS:
        raise TooLarge(f"The file has more than {MOST_ROWS} rows.", rows=MOST_ROWS)
    return [
        _Cells(row.number, row.cells, _listed(row.cells.get("questions", ""))) for row in found.rows
    ], [Fault(one.row, one.column, "unreadable", one.reason) for one in found.faults]


def _listed(cell: str) -> list[str]:
    """A line for each, or `|` between them."""
    return cell.replace("|", "\n").replace("｜", "\n").splitlines()


def _is_markdown(data: bytes) -> bool:
    return data.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(_BEGIN.encode())


def _markdown(data: bytes) -> tuple[list[_Cells], list[Fault]]:
    """One article: fields between two lines `---`, then the body."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        where = data.count(b"\n", 0, error.start) + 1
        raise BadFile(f"Line {where} is not UTF-8.", line=where) from None
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    first = next(n for n, line in enumerate(lines) if line.strip())
    end = next((n for n in range(first + 1, len(lines)) if lines[n].rstrip() == _BEGIN), None)
    if lines[first].rstrip() != _BEGIN or end is None:
        raise BadFile("The fields have to stand between two lines ---.", line=first + 1)
    found = _Cells(first + 1, {}, [])
    faults: list[Fault] = []
    listing = False
    for number, line in enumerate(lines[first + 1 : end], first + 2):
        text = line.strip()
        name, colon, value = (part.strip() for part in text.replace("：", ":", 1).partition(":"))
        field = COLUMNS.get(name.casefold()) if colon else None
        if listing and text.startswith("-"):
            found.questions.append(text.removeprefix("-"))
        elif field is None or field == "body":
            if text:
                what = "is neither a field of an article nor a question"
                faults.append(Fault(number, "", "unreadable", what))
        elif field in found.rows:
            faults.append(Fault(number, field, "twice", "stands there twice"))
        else:
            listing = field == "questions"
            found.rows[field] = number
            if listing:
                found.questions += _listed(value)
            elif value:
                found.cells[field] = value
    found.cells["body"] = "\n".join(lines[end + 1 :])
    found.rows["body"] = end + 2
    for number, line in enumerate(lines, 1):
        if any((sign < " " and sign != "\t") or sign == "\x7f" for sign in line):
            faults.append(Fault(number, "", "unreadable", "has a control character"))
    return [found], faults


def _faults(one: _Cells) -> list[Fault]:
    cells = one.cells
    questions = tidy_questions(one.questions)
    body = tidy_body(cells.get("body", ""))
    checks: Iterable[tuple[str, bool, Reason, str]] = (
        *((name, not cells.get(name, "").strip(), "missing", "is empty") for name in NEEDED),
        ("slug", not is_slug(cells.get("slug", "a")), "bad_slug",
         f"has small letters, digits and single hyphens, at most {SLUG_LENGTH}"),
        ("locale", cells.get("locale", "en") not in LOCALES, "bad_locale",
         f"is one of {', '.join(LOCALES)}"),
        ("title", len(one_line(cells.get("title", ""))) > TITLE_LENGTH, "too_long",
         f"has more than {TITLE_LENGTH} characters"),
        ("body", not fits(body), "too_long", f"has more than {BODY_OCTETS:,} octets"),
        ("questions", len(questions) > QUESTIONS, "too_many", f"are more than {QUESTIONS}"),
        ("questions", any(len(text) > QUESTION_LENGTH for text in questions), "too_long",
         f"have at most {QUESTION_LENGTH} characters each"),
        ("published", cells.get("published", "no").casefold() not in _ANSWERS, "bad_answer",
         "is yes or no, 是 or 否"),
    )  # fmt: skip
    return [
        Fault(one.rows.get(column, one.row), column, code, what)
        for column, is_wrong, code, what in checks
        if is_wrong
    ]


def _wanted(one: _Cells) -> Wanted:
    cells = one.cells
    return Wanted(
        row=one.row,
        slug=cells["slug"],
        locale=next(locale for locale in LOCALES if locale == cells["locale"]),
        title=one_line(cells["title"]),
        body=tidy_body(cells["body"]),
        questions=tidy_questions(one.questions),
        published=_ANSWERS[cells["published"].casefold()] if cells.get("published") else None,
    )
