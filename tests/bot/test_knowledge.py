"""Articles in the database: who writes them, who reads them, and what the bot knows of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping

import pytest
from pydantic import ValidationError
from sqlalchemy import Connection, insert, select

from bot.knowledge import store
from bot.knowledge.article import BODY_OCTETS, ArticleInput, Facts
from bot.knowledge.service import ARTICLES, LOOKED_EVERY_S, Knowledge
from bot.knowledge.tool import articles
from core.clock import ManualClock
from core.db import Database
from core.errors import Conflict, Forbidden, NotFound, NotSignedIn
from core.identity.model import NOBODY, Person, Role
from core.inputs import read_as
from core.locales import LOCALES, Locale
from core.tools import Asker, Card


def staff(*roles: Role, id: str = "stf_1") -> Person:
    return Person("staff", id, frozenset({id}), "阿禾", None, frozenset(roles))


OPERATOR = staff(Role.OPERATOR)
REP = staff(Role.REP, id="stf_2")
GUEST = Person("guest", "cus_1", frozenset({"cus_1"}), "小美")
OTHERS = (staff(Role.HOST), staff(Role.MODERATOR), GUEST)

FACTS: Mapping[Locale, Facts] = {locale: {"home_fee": "NT$80"} for locale in LOCALES}


def written(
    title: str = "退貨",
    body: str = "七天內都可以退。",
    questions: tuple[str, ...] = ("可以退嗎",),
    *,
    published: bool = True,
    changed_at: int | None = None,
) -> ArticleInput:
    return ArticleInput(
        title=title,
        body=body,
        questions=list(questions),
        published=published,
        changed_at=changed_at,
    )


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def knowledge(database: Database, clock: ManualClock) -> Knowledge:
    return Knowledge(database, clock, FACTS)


@pytest.fixture
async def asker(clock: ManualClock) -> Asker:
    return Asker(GUEST, "zh-Hant", clock.now())


@pytest.fixture
async def following(knowledge: Knowledge) -> AsyncIterator[None]:
    task = asyncio.create_task(knowledge.run())
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def until_known(knowledge: Knowledge, subjects: int) -> None:
    changed = asyncio.Event()
    knowledge.subscribe(changed.set)
    async with asyncio.timeout(20):
        while len(knowledge.library.subjects) != subjects:
            changed.clear()
            await changed.wait()


# Writing


async def test_what_was_put_is_what_is_there(knowledge: Knowledge, clock: ManualClock) -> None:
    made = await knowledge.put(OPERATOR, "returns", "zh-Hant", written(published=False))
    assert (made.slug, made.locale, made.title) == ("returns", "zh-Hant", "退貨")
    assert (made.questions, made.published) == (("可以退嗎",), False)
    assert made.changed_at == clock.now()
    assert await knowledge.get(REP, "returns", "zh-Hant") == made
    [head] = await knowledge.heads(REP)
    assert (head.slug, head.locale, head.questions) == ("returns", "zh-Hant", 1)


async def test_a_change_keeps_the_id_and_is_told_from_the_one_before(
    knowledge: Knowledge,
) -> None:
    made = await knowledge.put(OPERATOR, "returns", "zh-Hant", written())
    wanted = written("退貨與換貨", changed_at=made.changed_at)
    changed = await knowledge.put(OPERATOR, "returns", "zh-Hant", wanted)
    assert changed.id == made.id
    assert changed.changed_at > made.changed_at, "though the clock stands still"


async def test_of_two_editors_the_second_does_not_overwrite_the_first(
    knowledge: Knowledge,
) -> None:
    seen = await knowledge.put(OPERATOR, "returns", "zh-Hant", written())
    first = written("七天", changed_at=seen.changed_at)
    there = await knowledge.put(OPERATOR, "returns", "zh-Hant", first)
    second = written("十天", changed_at=seen.changed_at)
    with pytest.raises(Conflict) as refused:
        await knowledge.put(OPERATOR, "returns", "zh-Hant", second)
    assert refused.value.data["article"]["title"] == "七天"
    assert refused.value.data["article"]["changed_at"] == there.changed_at
    assert await knowledge.get(OPERATOR, "returns", "zh-Hant") == there


async def test_who_makes_an_article_that_is_there_or_changes_one_that_is_gone_is_told(
    knowledge: Knowledge,
) -> None:
    made = await knowledge.put(OPERATOR, "returns", "zh-Hant", written())
    with pytest.raises(Conflict):
        await knowledge.put(OPERATOR, "returns", "zh-Hant", written("另一篇"))
    await knowledge.delete(OPERATOR, "returns", "zh-Hant")
    with pytest.raises(Conflict) as refused:
        await knowledge.put(OPERATOR, "returns", "zh-Hant", written(changed_at=made.changed_at))
    assert refused.value.data["article"] is None


async def test_two_who_save_at_the_same_moment_are_told_apart(
    knowledge: Knowledge, database: Database, clock: ManualClock
) -> None:
    other = Knowledge(database, clock)
    made = await knowledge.put(OPERATOR, "returns", "zh-Hant", written())
    results = await asyncio.gather(
        *(
            one.put(OPERATOR, "returns", "zh-Hant", written(title, changed_at=made.changed_at))
            for one, title in ((knowledge, "甲"), (other, "乙"))
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(one, Conflict) for one in results) == 1


async def test_an_article_is_removed_once(knowledge: Knowledge) -> None:
    await knowledge.put(OPERATOR, "returns", "zh-Hant", written())
    await knowledge.put(OPERATOR, "returns", "en", written("Returns"))
    await knowledge.delete(OPERATOR, "returns", "zh-Hant")
    with pytest.raises(NotFound):
        await knowledge.delete(OPERATOR, "returns", "zh-Hant")
    with pytest.raises(NotFound):
        await knowledge.get(OPERATOR, "returns", "zh-Hant")
    with pytest.raises(NotFound):
        await knowledge.publish(OPERATOR, "returns", "zh-Hant", True)
    assert [head.locale for head in await knowledge.heads(OPERATOR)] == ["en"]


async def test_operators_write_reps_look_and_nobody_else_does(knowledge: Knowledge) -> None:
    for person in (REP, *OTHERS):
        with pytest.raises(Forbidden):
            await knowledge.put(person, "returns", "zh-Hant", written())
        with pytest.raises(Forbidden):
            await knowledge.publish(person, "returns", "zh-Hant", True)
        with pytest.raises(Forbidden):
            await knowledge.delete(person, "returns", "zh-Hant")
        with pytest.raises(Forbidden):
            await knowledge.import_file(person, b"slug,locale,title,body\n")
    for person in OTHERS:
        with pytest.raises(Forbidden):
            await knowledge.heads(person)
        with pytest.raises(Forbidden):
            await knowledge.get(person, "returns", "zh-Hant")
    with pytest.raises(NotSignedIn):
        await knowledge.heads(NOBODY)


async def test_there_are_so_many_articles_and_no_more(
    knowledge: Knowledge, database: Database
) -> None:
    row = {"locale": "en", "title": "a", "body": "b", "questions": "[]", "published": False}
    rows = [
        {"id": f"art_{n}", "slug": f"a-{n}", "changed_at": 1, "changed_by": "x", **row}
        for n in range(ARTICLES)
    ]

    def fill(connection: Connection) -> None:
        connection.execute(insert(store.article), rows)

    await database.write(fill)
    with pytest.raises(Conflict) as refused:
        await knowledge.put(OPERATOR, "returns", "zh-Hant", written())
    assert refused.value.error_code == "too_many_articles"
    with pytest.raises(Conflict):
        await knowledge.import_file(OPERATOR, b"slug,locale,title,body\nb,en,B,b\n")
    await knowledge.put(OPERATOR, "a-1", "en", written(changed_at=1))


async def test_it_is_on_record_who_changed_an_article_last(
    knowledge: Knowledge, database: Database
) -> None:
    await knowledge.put(OPERATOR, "returns", "zh-Hant", written())
    await knowledge.publish(staff(Role.OPERATOR, id="stf_9"), "returns", "zh-Hant", False)
    query = select(store.article.c.changed_by)
    assert await database.read(lambda c: c.execute(query).scalar_one()) == "stf_9"


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": " \n"},
        {"title": "長" * 121},
        {"body": ""},
        {"body": "\n \r\n"},
        {"body": "a" * (BODY_OCTETS + 1)},
        {"body": "長" * (BODY_OCTETS // 3 + 1)},
        {"questions": [" "]},
        {"questions": ["長" * 201]},
        {"questions": ["可以退嗎"] * 51},
        {"published": 1},
        {"changed_at": -1},
        {"slug": "returns"},
    ],
)
def test_an_article_is_of_some_length_and_shape(wrong: dict[str, object]) -> None:
    good: dict[str, object] = {"title": "a", "body": "b", "questions": [], "published": True}
    ArticleInput.model_validate(good)
    with pytest.raises(ValidationError):
        ArticleInput.model_validate(good | wrong)


def test_space_around_what_was_typed_is_gone_and_the_rest_as_it_was() -> None:
    typed = ArticleInput(
        title=" 退貨\n說明 ",
        body="\r\n    四格是程式\r\n\r\n二\r三\n\n",
        questions=[" 可以\n退嗎 "],
        published=True,
    )
    assert typed.title == "退貨 說明"
    assert typed.body == "    四格是程式\n\n二\n三"
    assert typed.questions == ["可以 退嗎"]


# Reading


async def test_a_reader_gets_her_language_or_the_nearest(knowledge: Knowledge) -> None:
    titles: dict[Locale, str] = {"zh-Hant": "退貨", "zh-Hans": "退货", "en": "Returns"}
    for locale, title in titles.items():
        await knowledge.put(OPERATOR, "returns", locale, written(title))
    await knowledge.put(OPERATOR, "storage", "en", written("Storage"))
    expected: dict[Locale, str] = titles | {"zh-Hant-HK": "退貨"}
    for locale, title in expected.items():
        assert (await knowledge.page("returns", locale)).title == title
        entries = await knowledge.entries(locale)
        assert {(one.slug, one.title) for one in entries} == {
            ("returns", title),
            ("storage", "Storage"),
        }
        assert (await knowledge.page("storage", locale)).locale == "en"


async def test_an_article_is_also_found_by_its_id(knowledge: Knowledge) -> None:
    made = await knowledge.put(OPERATOR, "returns", "zh-Hant", written())
    await knowledge.put(OPERATOR, "returns", "en", written("Returns"))
    assert (await knowledge.page(made.id, "en")).title == "Returns"


async def test_what_is_not_published_is_not_there_for_customers(knowledge: Knowledge) -> None:
    await knowledge.put(OPERATOR, "returns", "zh-Hant", written(published=False))
    await knowledge.put(OPERATOR, "returns", "en", written("Returns"))
    assert (await knowledge.page("returns", "zh-Hant")).title == "Returns"
    await knowledge.publish(OPERATOR, "returns", "en", False)
    with pytest.raises(NotFound):
        await knowledge.page("returns", "zh-Hant")
    assert await knowledge.entries("zh-Hant") == []
    with pytest.raises(NotFound):
        await knowledge.page("", "zh-Hant")


async def test_what_the_settings_decide_is_filled_in(knowledge: Knowledge, asker: Asker) -> None:
    wanted = written("運費 {home_fee}", "宅配運費 {home_fee}，{else} 照舊。", ())
    await knowledge.put(OPERATOR, "delivery-fees", "zh-Hant", wanted)
    page = await knowledge.page("delivery-fees", "zh-Hant")
    assert page.title == "運費 NT$80"
    assert page.html == "<p>宅配運費 NT$80，{else} 照舊。</p>"
    assert (await knowledge.get(REP, "delivery-fees", "zh-Hant")).body.startswith("宅配運費 {")
    await knowledge.look()
    found = await found_for(knowledge, asker, "宅配運費")
    assert found[0]["excerpt"] == "宅配運費 NT$80，{else} 照舊。"


async def test_staff_find_articles_by_words_that_stand_anywhere(knowledge: Knowledge) -> None:
    await knowledge.put(
        OPERATOR, "returns", "en", written("Sending back", "Within 7 days", ("怎麼退",))
    )
    await knowledge.put(OPERATOR, "storage", "en", written("Keeping", "In the 100% fridge", ()))
    for words, slugs in (
        ("", ["returns", "storage"]),
        ("怎麼退", ["returns"]),
        ("SENDING within", ["returns"]),
        ("sending fridge", []),
        ("stor", ["storage"]),
        ("0%", ["storage"]),
        ("7_", []),
    ):
        assert [head.slug for head in await knowledge.heads(REP, words)] == slugs, words


# The bot


async def found_for(knowledge: Knowledge, asker: Asker, words: str) -> list[dict[str, object]]:
    tool = articles(knowledge)
    found = await tool.run(asker, read_as(tool.takes, {"words": words}))
    told: list[dict[str, object]] = found.data["articles"]
    assert found.cards == tuple(
        Card("article", str(one["slug"]), title=str(one["title"])) for one in told
    )
    return told


async def test_the_bot_finds_what_is_published_in_the_askers_language(
    knowledge: Knowledge, asker: Asker
) -> None:
    await knowledge.put(OPERATOR, "returns", "zh-Hant", written())
    await knowledge.put(
        OPERATOR, "returns", "en", written("Returns", "Seven days.", ("can I send it back",))
    )
    await knowledge.put(OPERATOR, "storage", "zh-Hant", written("保存", "放冰箱。", ("要冰嗎",)))
    await knowledge.put(
        OPERATOR, "secret", "zh-Hant", written("內部", "不公開。", ("內部折扣",), published=False)
    )
    await knowledge.look()
    [found, *_] = await found_for(knowledge, asker, "請問可以退嗎")
    made = await knowledge.get(REP, "returns", "zh-Hant")
    assert (found["id"], found["slug"]) == (made.id, "returns")
    assert (found["title"], found["excerpt"]) == ("退貨", "七天內都可以退。")
    assert 0.5 < float(str(found["score"])) <= 1
    [asked_in_english, *_] = await found_for(knowledge, asker, "can I send it back")
    assert asked_in_english["title"] == "退貨", "in the language that she reads"
    assert await found_for(knowledge, asker, "內部折扣") == []
    assert await found_for(knowledge, asker, "") == []


async def test_the_tool_takes_words_of_some_length_and_no_one_elses_name(
    knowledge: Knowledge,
) -> None:
    takes = articles(knowledge).takes
    with pytest.raises(ValidationError):
        takes.model_validate({"words": "長" * 201})
    with pytest.raises(ValidationError):
        takes.model_validate({"words": "退貨", "locale": "en"})


@pytest.mark.usefixtures("following")
async def test_what_is_written_here_is_known_to_the_bot_soon(knowledge: Knowledge) -> None:
    await knowledge.put(OPERATOR, "returns", "zh-Hant", written())
    await until_known(knowledge, 1)
    await knowledge.publish(OPERATOR, "returns", "zh-Hant", False)
    await until_known(knowledge, 0)
    await knowledge.import_file(
        OPERATOR, b"slug,locale,title,body\na,en,A,a\nb,en,B,b\n", publish=True
    )
    await until_known(knowledge, 2)
    await knowledge.delete(OPERATOR, "a", "en")
    await until_known(knowledge, 1)


@pytest.mark.usefixtures("following")
async def test_what_another_process_writes_is_known_too(
    knowledge: Knowledge, database: Database, clock: ManualClock
) -> None:
    assert LOOKED_EVERY_S < 2
    await Knowledge(database, clock).put(OPERATOR, "returns", "zh-Hant", written())
    await until_known(knowledge, 1)


async def test_nobody_is_told_where_nothing_has_changed(knowledge: Knowledge) -> None:
    told: list[int] = []
    knowledge.subscribe(lambda: told.append(knowledge.library.version))
    await knowledge.look()
    assert told == []
    await knowledge.put(OPERATOR, "returns", "zh-Hant", written())
    with pytest.raises(Conflict):
        await knowledge.put(OPERATOR, "returns", "zh-Hant", written())
    await knowledge.look()
    await knowledge.look()
    assert told == [1]
