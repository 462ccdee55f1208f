"""Articles from files: what is read, what is wrong and where, and that it is all or nothing."""

from __future__ import annotations

import pytest

from bot.knowledge import store
from bot.knowledge.article import BODY_OCTETS, ArticleInput
from bot.knowledge.imports import MOST_OCTETS, MOST_ROWS, read
from bot.knowledge.service import Knowledge
from commerce_bridge.csv_import.table import BadFile
from core.clock import ManualClock
from core.db import Database
from core.errors import TooLarge
from core.identity.model import Person, Role

OPERATOR = Person("staff", "stf_1", frozenset({"stf_1"}), "店長", None, frozenset({Role.OPERATOR}))

HEADING = "slug,locale,title,body,questions\n"
MARKDOWN = """---
slug: returns
locale: zh-Hant
title: 退貨
published: yes
questions:
- 可以退嗎
- 想退貨
---

七天內都可以退。

---

以上。
"""


def faults(text: str) -> list[tuple[int, str, str]]:
    return [(fault.row, fault.column, fault.code) for fault in read(text.encode())[1]]


def test_a_table_is_read() -> None:
    found, wrong = read(
        (
            HEADING
            + 'returns,zh-Hant, 退貨 ,"一\n\n二","可以退嗎\n想退貨|可以退嗎"\n'
            + "storage,en,Storage,Cold.,\n"
        ).encode("utf-8-sig")
    )
    assert wrong == []
    assert [(one.slug, one.locale, one.title, one.body) for one in found] == [
        ("returns", "zh-Hant", "退貨", "一\n\n二"),
        ("storage", "en", "Storage", "Cold."),
    ]
    assert [one.questions for one in found] == [("可以退嗎", "想退貨"), ()]
    assert [one.published for one in found] == [None, None]


def test_headings_may_be_chinese_and_rows_may_say_whether_they_are_published() -> None:
    found, wrong = read("代號,語言,標題,內容,上架\na,en,A,a,是\nb,en,B,b,no\nc,en,C,c,\n".encode())
    assert wrong == []
    assert [one.published for one in found] == [True, False, None]


def test_markdown_is_read() -> None:
    for text in (MARKDOWN, MARKDOWN.replace("\n", "\r\n"), "\ufeff\n" + MARKDOWN):
        [one], wrong = read(text.encode())
        assert wrong == []
        assert (one.slug, one.locale, one.title, one.published) == (
            "returns", "zh-Hant", "退貨", True
        )  # fmt: skip
        assert one.questions == ("可以退嗎", "想退貨")
        assert one.body == "七天內都可以退。\n\n---\n\n以上。"


def test_each_fault_is_told_with_its_row() -> None:
    assert faults(
        HEADING
        + "a,en,A,a,\n"
        + 'Returns,fr,,"x\ny",\n'
        + "a,en,B,b,\n"
        + f"b,en,{'x' * 121},b,{'q' * 201}\n"
        + "c,en,C\n"
        + f"d,en,D,{'x' * (BODY_OCTETS - 1)}字,\n"
        + f"e,en,E,e,{'|'.join(str(n) for n in range(51))}\n"
    ) == [
        (3, "title", "missing"),
        (3, "slug", "bad_slug"),
        (3, "locale", "bad_locale"),
        (4, "slug", "twice"),
        (5, "title", "too_long"),
        (5, "questions", "too_long"),
        (6, "", "unreadable"),
        (7, "body", "too_long"),
        (8, "questions", "too_many"),
    ]
    assert faults("slug,locale,title,body,published\na,en,A,a,maybe\n") == [
        (2, "published", "bad_answer")
    ]


def test_faults_in_markdown_are_told_with_their_lines() -> None:
    assert faults(MARKDOWN.replace("zh-Hant", "tw")) == [(3, "locale", "bad_locale")]
    assert faults(MARKDOWN.replace("slug: returns", "slug returns")) == [
        (1, "slug", "missing"),
        (2, "", "unreadable"),
    ]
    assert faults(MARKDOWN.replace("title: 退貨", "title: 退貨\ntitle: 換貨")) == [
        (5, "title", "twice")
    ]
    assert faults(MARKDOWN.replace("七天", "七\x07天")) == [(11, "", "unreadable")]
    assert faults(MARKDOWN.partition("\n七天")[0] + "\n") == [(10, "body", "missing")]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"---\nslug: a\n",
        b"slug,locale,title\na,en,A\n",
        b"slug,locale,title,body,colour\n",
        "slug,locale,title,body\na,zh-Hant,退,退\n".encode("big5"),
        "---\ntitle: 退\n---\na".encode("big5"),
        HEADING.encode("utf-16"),
    ],
)
def test_what_is_no_such_file_is_refused_whole(data: bytes) -> None:
    with pytest.raises(BadFile):
        read(data)


def test_a_file_is_of_some_size() -> None:
    with pytest.raises(TooLarge):
        read(HEADING.encode() + b"a" * MOST_OCTETS)
    row = "a-{n},en,A,a,\n"
    rows = [row.format(n=n) for n in range(MOST_ROWS + 1)]
    with pytest.raises(TooLarge):
        read((HEADING + "".join(rows)).encode())
    found, wrong = read((HEADING + "".join(rows[:-1])).encode())
    assert (len(found), wrong) == (MOST_ROWS, [])


@pytest.fixture
def knowledge(database: Database) -> Knowledge:
    return Knowledge(database, ManualClock())


async def test_a_file_is_taken_whole_and_again_changes_nothing(
    knowledge: Knowledge, database: Database
) -> None:
    data = (HEADING + "a,en,A,a,one\nb,en,B,b,\n").encode()
    checked = await knowledge.import_file(OPERATOR, data, check=True)
    assert not checked.written
    assert await knowledge.heads(OPERATOR) == []
    report = await knowledge.import_file(OPERATOR, data)
    assert report.written
    assert [(one.slug, one.does) for one in report.articles] == [("a", "add"), ("b", "add")]
    assert [(one.slug, one.published) for one in await knowledge.heads(OPERATOR)] == [
        ("a", False),
        ("b", False),
    ]
    before = await knowledge.get(OPERATOR, "a", "en")
    again = await knowledge.import_file(OPERATOR, data, publish=True)
    assert [one.does for one in again.articles] == ["same", "same"]
    assert await knowledge.get(OPERATOR, "a", "en") == before
    data = (HEADING + "a,en,A,other,\nc,en,C,c,\n").encode()
    third = await knowledge.import_file(OPERATOR, data, publish=True)
    assert [(one.slug, one.does) for one in third.articles] == [("a", "change"), ("c", "add")]
    changed = await knowledge.get(OPERATOR, "a", "en")
    assert (changed.id, changed.body, changed.published) == (before.id, "other", False)
    assert changed.changed_at > before.changed_at
    assert (await knowledge.get(OPERATOR, "c", "en")).published


async def test_nothing_is_written_where_anything_is_wrong(
    knowledge: Knowledge, database: Database
) -> None:
    data = (HEADING + "a,en,A,a,\nB,en,B,b,\n").encode()
    report = await knowledge.import_file(OPERATOR, data)
    assert not report.written
    assert [(one.slug, one.does) for one in report.articles] == [("a", "add")]
    assert [(fault.row, fault.column) for fault in report.faults] == [(3, "slug")]
    assert await knowledge.heads(OPERATOR) == []
    assert await database.read(store.version) == 0


async def test_an_editor_whose_article_was_imported_over_is_told(knowledge: Knowledge) -> None:
    wanted = ArticleInput(title="A", body="mine", questions=[], published=True)
    seen = await knowledge.put(OPERATOR, "a", "en", wanted)
    await knowledge.import_file(OPERATOR, (HEADING + "a,en,A,theirs,\n").encode())
    assert (await knowledge.get(OPERATOR, "a", "en")).changed_at != seen.changed_at
