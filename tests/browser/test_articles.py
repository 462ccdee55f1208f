"""Articles: operators write and publish them, customers read them, and nothing typed is lost."""

from __future__ import annotations

import re
from typing import Final

import pytest
from playwright.async_api import FilePayload, Locator, Page, expect

from tests.browser.axe import Axe
from tests.browser.sheets import sheet
from tests.browser.shop_process import ShopProcess
from tests.browser.stage import OPERATOR
from tests.browser.visits import Visits
from web.commands.demo import PASSWORD, STAFF

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(120)]

REP: Final = {"email": STAFF[3][0], "password": PASSWORD}


@pytest.fixture
def visits_own(own_shop: ShopProcess, visits: Visits) -> Visits:
    """Browsers at a shop of the test's own: articles are the whole shop's."""
    visits.address = own_shop.address
    return visits


def field(page: Page, name: str) -> Locator:
    """Of the editor; what searches the list is none of it."""
    return page.get_by_role("textbox", name=re.compile(f"^{name}"))


async def editing(page: Page, slug: str) -> None:
    await page.goto(f"/staff/articles/{slug}")
    await expect(field(page, "標題")).not_to_have_value("")


async def test_an_operator_writes_an_article_and_a_guest_reads_it(visits_own: Visits) -> None:
    page = await visits_own.staff("desktop", OPERATOR)
    guest = await visits_own.guest("phone", "小美")
    axe, guests_axe = Axe(page), Axe(guest)
    await page.goto("/desk")
    await page.get_by_role("link", name="文章").click()
    await expect(page.get_by_role("heading", name="文章")).to_be_visible()
    await axe.looks("the list")

    await page.get_by_role("button", name="寫文章").click()
    await expect(field(page, "網址")).to_be_focused()
    await page.get_by_role("button", name="儲存並上架").click()
    await expect(page.get_by_text("請填網址")).to_be_visible()
    await expect(field(page, "網址")).to_be_focused()
    await axe.looks("an article with faults")
    await page.keyboard.type("parking")
    await field(page, "標題").fill("門市可以停車嗎？")
    await field(page, "內容").fill(
        "信義店樓下有**停車場**，運費 {home_fee}。\n\n<script>x</script>"
    )
    paper = page.get_by_role("region", name="客人看到的樣子")
    await expect(paper.locator("strong")).to_have_text("停車場")
    await expect(paper).to_contain_text("運費 NT$80。")
    await expect(paper).to_contain_text("<script>x</script>")
    await field(page, "客人會怎麼問").fill("哪裡可以停車\n有車位嗎")
    await page.get_by_role("button", name="存成草稿").click()
    await expect(page.get_by_text("存好了")).to_be_visible()
    await expect(page).to_have_url(re.compile(r"/staff/articles/parking\?in=zh-Hant$"))

    assert (await guest.request.get("/api/articles/parking")).status == 404
    await page.get_by_role("button", name="儲存並上架").click()
    await expect(page.get_by_text("上架了")).to_be_visible()
    await axe.looks("an article")
    await guest.goto("/help")
    await guest.get_by_label("找答案").fill("停車")
    await expect(guest.get_by_role("listitem")).to_have_count(1)
    await guests_axe.looks("the list of help")
    await guest.get_by_role("link", name="門市可以停車嗎？").click()
    await expect(guest.get_by_role("heading", name="門市可以停車嗎？")).to_be_visible()
    await expect(guest.locator(".prose strong")).to_have_text("停車場")
    await guests_axe.looks("an article of help")

    await page.get_by_role("button", name="刪除").click()
    sure = sheet(page, "刪除「門市可以停車嗎？」？")
    await sure.get_by_role("button", name="確定刪除").click()
    await expect(page.get_by_text("「門市可以停車嗎？」刪掉了")).to_be_visible()
    await expect(page).to_have_url(re.compile("/staff/articles$"))
    assert (await guest.request.get("/api/articles/parking")).status == 404
    axe.finds_nothing()
    guests_axe.finds_nothing()


async def test_what_is_not_saved_is_left_only_when_that_is_said(visits_own: Visits) -> None:
    page = await visits_own.staff("phone", OPERATOR)
    await page.goto("/staff/articles")
    await page.get_by_role("link", name="可以退貨或換貨嗎？").click()
    title = field(page, "標題")
    await expect(title).to_have_value("可以退貨或換貨嗎？")
    await expect(page.get_by_role("button", name="回到文章清單")).to_be_focused()
    axe = Axe(page)
    await axe.looks("an article on a phone")
    axe.finds_nothing()
    await title.fill("退貨")
    await expect(page.get_by_text("還沒儲存")).to_be_visible()
    leaving = sheet(page, "改的還沒儲存")

    await page.get_by_role("button", name="English").click()
    await leaving.get_by_role("button", name="繼續寫").click()
    await expect(title).to_have_value("退貨")
    await page.go_back()
    await leaving.get_by_role("button", name="繼續寫").click()
    await expect(title).to_have_value("退貨")
    await expect(page).to_have_url(re.compile("/staff/articles/returns"))
    await page.get_by_role("button", name="回到文章清單").click()
    await leaving.get_by_role("button", name="不儲存，離開").click()
    await expect(page.get_by_role("link", name="可以退貨或換貨嗎？")).to_be_focused()


async def test_of_two_operators_the_second_is_told_and_chooses(visits_own: Visits) -> None:
    first = await visits_own.staff("desktop", OPERATOR)
    other = await visits_own.staff("desktop", OPERATOR)
    for page in (first, other):
        await editing(page, "returns")
    await field(first, "標題").fill("退貨的規定")
    await first.get_by_role("button", name="儲存", exact=True).click()
    await expect(first.get_by_text("存好了")).to_be_visible()

    await field(other, "標題").fill("怎麼退貨")
    visits_own.of(other).excuse("409")
    await other.get_by_role("button", name="儲存", exact=True).click()
    await expect(other.get_by_text("別人也改了這篇")).to_be_visible()
    await expect(field(other, "標題")).to_have_value("怎麼退貨")
    await other.get_by_role("button", name="看對方的").click()
    await expect(field(other, "標題")).to_have_value("退貨的規定")
    await field(other, "標題").fill("退換貨")
    await other.get_by_role("button", name="儲存", exact=True).click()
    await expect(other.get_by_text("存好了")).to_be_visible()


async def test_a_file_is_looked_at_before_it_is_imported(visits_own: Visits) -> None:
    page = await visits_own.staff("desktop", OPERATOR)
    axe = Axe(page)
    await page.goto("/staff/articles")
    await page.get_by_role("button", name="匯入").click()
    importing = sheet(page, "匯入文章")

    async def choose(text: str) -> None:
        file: FilePayload = {"name": "a.csv", "mimeType": "text/csv", "buffer": text.encode()}
        await importing.locator("input[type=file]").set_input_files(file)

    heading = "slug,locale,title,body,questions\n"
    await choose(heading + "parking,zh-Hant,停車,有。,\nParking,zh-Hant,停車,有。,\n")
    await expect(importing.get_by_text("1 個地方不對")).to_be_visible()
    await expect(importing.get_by_role("listitem")).to_contain_text("第 3 列")
    await expect(importing.get_by_role("button", name="匯入 1 篇")).to_have_count(0)
    await axe.looks("a file with a fault")
    await choose(heading + "parking,zh-Hant,停車,有。,哪裡停車\n")
    await expect(importing.get_by_text("新增 1 篇，修改 0 篇")).to_be_visible()
    await axe.looks("a file")
    await importing.get_by_role("button", name="匯入 1 篇").click()
    await expect(page.get_by_text("匯入了 1 篇")).to_be_visible()
    assert (await page.request.get("/api/articles/parking")).status == 200
    axe.finds_nothing()


async def test_a_rep_reads_and_changes_nothing(visits_own: Visits) -> None:
    page = await visits_own.staff("desktop", REP)
    axe = Axe(page)
    await editing(page, "returns")
    await expect(page.get_by_text("只有店長能改文章。")).to_be_visible()
    await expect(field(page, "標題")).not_to_be_editable()
    for name in ("儲存", "寫文章", "匯入", "刪除"):
        await expect(page.get_by_role("button", name=name)).to_have_count(0)
    await axe.looks("an article for a rep")
    axe.finds_nothing()
