"""Points, tiers and coupons as staff set them, give them away, and see them beside a customer."""

from __future__ import annotations

import re
from typing import Any, Final

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.account import Member
from tests.browser.asker import Asker
from tests.browser.axe import Axe
from tests.browser.sheets import sheet
from tests.browser.shop_process import ShopProcess
from tests.browser.stage import HOST, OPERATOR, Stage
from tests.browser.studio import Studio
from tests.browser.viewer import Viewer
from tests.browser.visits import Visits
from web.commands.demo import MEMBER, PASSWORD, REP, WELCOME

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(120)]

SALES_REP: Final = {"email": REP, "password": PASSWORD}
RULES: Final = "/api/staff/loyalty/rules"
DAY_S: Final = 86_400


def field(within: Page | Locator, name: str) -> Locator:
    return within.locator(f'[name="{name}"]')


async def put(page: Page, path: str, body: dict[str, Any]) -> None:
    """As another window of the same person would."""
    origin = re.sub(r"^(\w+://[^/]+).*", r"\1", page.url)
    answer = await page.request.put(path, data=body, headers={"X-Plusone": "1", "Origin": origin})
    assert answer.ok, await answer.text()


async def rules_of(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = await (await page.request.get(RULES)).json()
    return found


async def test_an_operator_sets_rules_and_makes_a_coupon_and_a_host_only_looks(
    own_shop: ShopProcess, visits: Visits
) -> None:
    visits.address = own_shop.address
    page = await visits.staff("desktop", OPERATOR)
    axe = Axe(page)
    await page.goto("/studio")
    await page.get_by_role("link", name="會員", exact=True).click()
    await expect(page.get_by_role("heading", name="會員與點數")).to_be_visible()
    save = page.get_by_role("button", name="儲存規則")
    await expect(save).to_be_disabled()

    # The example follows what is typed, before it is saved.
    await field(page, "channels.show").fill("200")
    example = page.get_by_role("region", name="這樣算")
    await expect(example).to_contain_text("直播裡買 NT$1,280，得 25 點，可折 NT$25。")
    await field(page, "return_days").fill("91")
    before = await page.locator("fieldset.tier").count()
    await page.get_by_role("button", name="加一個等級").click()
    await expect(field(page, f"tiers.{before}.name")).to_be_focused()
    await page.keyboard.type("鑽石卡")
    await field(page, f"tiers.{before}.from").fill("1")
    await save.click()
    days = page.get_by_role("textbox", name="付款後多久入帳")
    await expect(days).to_be_focused()
    await expect(days).to_have_accessible_name(re.compile("請填 0 到 90 的整數。"))
    tier = page.get_by_role("group", name="鑽石卡")
    await expect(tier).to_contain_text("要比前一個等級高。")
    await axe.looks("rules with faults")
    await days.fill("14")
    await field(page, f"tiers.{before}.from").fill("50000")
    await expect(tier).to_contain_text("買滿 NT$50,000 就是「鑽石卡」")

    # Somebody else was faster: nothing is lost, and she says whose rules hold.
    there = await rules_of(page)
    theirs = {**there["rules"], "expire_days": 100}
    await put(page, RULES, {"version": there["version"], "rules": theirs})
    await save.click()
    await page.get_by_role("button", name="用我的").click()
    await expect(page.get_by_text("存好了")).to_be_visible()
    now = (await rules_of(page))["rules"]
    assert (now["channels"]["show"], now["return_days"], now["expire_days"]) == (200, 14, 365)
    assert now["tiers"][-1]["name"] == "鑽石卡"

    await page.get_by_role("link", name="優惠券").click()
    await page.get_by_role("button", name="新增優惠券").click()
    making = sheet(page, "新增優惠券")
    await field(making, "title").fill("開罐週折 100")
    await field(making, "code").fill("開罐")
    await making.get_by_role("button", name="新增", exact=True).click()
    await expect(field(making, "code")).to_be_focused()
    await expect(making.get_by_text("請填 3 到 24 個英文、數字或 -。")).to_be_visible()
    await expect(making.get_by_text("請填金額，要大於 0。")).to_be_visible()
    await axe.looks("a coupon with faults")
    await field(making, "code").fill("open 100")
    await field(making, "amount").fill("100.5")
    await field(making, "minimum").fill("1000")
    await making.get_by_role("button", name="新增", exact=True).click()
    # Whether a currency has decimals, the shop says.
    await expect(field(making, "amount")).to_be_focused()
    await expect(making.get_by_text("這個幣別沒有小數")).to_be_visible()
    await field(making, "amount").fill("100")
    await expect(making.get_by_text("買 NT$1,000：折 NT$100，付 NT$900。")).to_be_visible()
    await making.get_by_role("button", name="新增", exact=True).click()
    card = page.get_by_role("article", name="開罐週折 100")
    await expect(card).to_contain_text("滿 NT$1,000 折 NT$100")
    await expect(card).to_contain_text("OPEN100")
    await page.get_by_role("button", name="停用「開罐週折 100」").click()
    await expect(card).to_contain_text("停用")
    await expect(page.get_by_role("button", name="恢復「開罐週折 100」")).to_be_visible()
    axe.finds_nothing()

    host = await visits.staff("phone", HOST)
    await host.goto("/staff/loyalty")
    await expect(host.get_by_text("只有店長能改")).to_be_visible()
    await expect(field(host, "return_days")).to_have_value("14")
    await expect(field(host, "return_days")).not_to_be_editable()
    await expect(host.get_by_role("button", name="儲存規則")).to_have_count(0)

    # What was earned before is hers when she was told, whatever the rules have become.
    mei = await Member.comes(visits, MEMBER[1], email=MEMBER[0])
    account = await mei.account()
    await account.has(WELCOME)
    await expect(account.points).to_contain_text(re.compile(r"18 點待入帳最早 [\d/]+ 入帳"))
    await expect(account.line("購物得點", "+18")).to_contain_text("入帳")
    own_shop.pass_time(7 * DAY_S)
    account = await mei.account()
    await account.has(WELCOME + 18)
    await expect(account.points).not_to_contain_text("入帳")
    await expect(account.line("購物得點", "+18")).not_to_contain_text("入帳")
    await host.get_by_role("link", name="優惠券").click()
    await expect(host.get_by_role("article", name="開罐週折 100")).to_be_visible()
    await expect(host.get_by_role("button", name="新增優惠券")).to_have_count(0)
    axe = Axe(host)
    await axe.looks("coupons on a phone")
    axe.finds_nothing()
    visits.of(page).excuse("rules$", "coupons$", "status of (400|409)")


async def test_a_host_gives_away_by_keyword_and_sees_who_won(visits: Visits, stage: Stage) -> None:
    await stage.item("A01")
    page = await visits.staff("desktop", HOST)
    studio = await Studio.at(page, stage.studio)
    may = await Viewer.at(await visits.guest("phone", "小美"), stage.path, "小美")

    await page.get_by_role("button", name="關鍵字送券").click()
    giving = sheet(page, "關鍵字送券")
    await field(giving, "keyword").fill("A01+1")
    await field(giving, "most").fill("0")
    await giving.get_by_role("button", name="開始送").click()
    await expect(field(giving, "most")).to_be_focused()
    await expect(giving.get_by_text("請填 1 到 10,000 的整數。")).to_be_visible()
    await field(giving, "most").fill("2")
    await giving.get_by_role("button", name="開始送").click()
    await expect(giving.get_by_text("這幾個字會被當成喊單，換一個。")).to_be_visible()
    await expect(field(giving, "keyword")).to_be_focused()
    await field(giving, "keyword").fill("我要開罐")
    await giving.get_by_role("checkbox", name="沒登入的客人也能得").check()
    await giving.get_by_role("button", name="開始送").click()
    await expect(giving.get_by_text("剩 2 / 2 張")).to_be_visible()

    await may.types("我要 開罐")
    await expect(studio.comment("我要 開罐")).to_be_visible()
    await may.types("我要開罐")
    await expect(giving.get_by_role("listitem").filter(has_text="小美")).to_have_count(1)
    await expect(giving.get_by_text("剩 1 / 2 張")).to_be_visible()
    axe = Axe(page)
    await axe.looks("a give-away with a winner")
    wallet = await (await may.page.request.get("/api/coupons")).json()
    assert len([one for one in wallet["coupons"] if one["state"] == "usable"]) >= 1
    await giving.get_by_role("button", name="結束送券").click()
    await expect(giving.get_by_role("button", name="開始送")).to_be_visible()
    axe.finds_nothing()


async def test_a_host_keeps_an_item_for_members_and_sees_who_was_refused(
    visits: Visits, stage: Stage
) -> None:
    item = await stage.item("A02", is_open=False)
    page = await visits.staff("desktop", HOST)
    studio = await Studio.at(page, stage.studio)
    await studio.rundown.get_by_role("button", name=re.compile(f"修改 {item['code']}")).click()
    mending = page.locator("plusone-item-sheet plusone-sheet")
    await mending.get_by_role("combobox", name="誰能買").select_option("金卡以上")
    await field(mending, "early").fill("0")
    await mending.get_by_role("button", name="儲存").click()
    await expect(field(mending, "early")).to_have_attribute("aria-invalid", "true")
    await field(mending, "early").fill("600")
    await mending.get_by_role("button", name="儲存").click()
    await expect(mending).to_have_count(0)
    await expect(studio.rundown).to_contain_text("金卡先買 600 秒")
    await studio.opens(item["code"])

    may = await Viewer.at(await visits.guest("phone", "小美"), stage.path, "小美")
    await may.types(f"{item['code']}+1")
    await expect(studio.claim("小美")).to_contain_text("要金卡以上")

    await page.get_by_role("button", name="會員場與點數").click()
    settings = sheet(page, "會員場與點數")
    await expect(field(settings, "bonus")).not_to_be_editable()
    await expect(settings).to_contain_text("只有店長能改。")
    axe = Axe(page)
    await axe.looks("who may enter")
    axe.finds_nothing()
    await settings.get_by_role("combobox", name="誰能進來").select_option("銀卡以上")
    await settings.get_by_role("button", name="儲存").click()
    await expect(settings).to_have_count(0)
    await expect(page.locator(".s-head")).to_contain_text("銀卡以上")


async def test_a_rep_sees_a_customers_points_which_an_operator_puts_right(visits: Visits) -> None:
    boss = await visits.staff("desktop", OPERATOR)
    async with Asker.comes(visits.address, "林太太") as asker:
        await asker.says("我有多少點數？")
        await boss.goto(f"/desk/{asker.conversation}")
        standing = boss.get_by_role("region", name="點數與等級")
        await standing.get_by_role("button", name="更正點數").click()
        mending = sheet(boss, "更正點數")
        await mending.get_by_role("button", name="更正", exact=True).click()
        await expect(field(mending, "points")).to_be_focused()
        await expect(mending.get_by_text("請寫原因。")).to_be_visible()
        await field(mending, "points").fill("1,200")
        await expect(mending.get_by_text("0 點 → 1,200 點")).to_be_visible()
        await field(mending, "reason").fill("開幕那晚漏給")
        await mending.get_by_role("button", name="更正", exact=True).click()
        await expect(standing).to_contain_text("更正好了")
        await expect(standing.locator("dd").nth(1)).to_have_text("1,200")
        axe = Axe(boss)
        await axe.looks("a customer's points")
        axe.finds_nothing()

        rep = await visits.staff("desktop", SALES_REP)
        await rep.goto(f"/desk/{asker.conversation}")
        pane = rep.locator("plusone-standing")
        await expect(pane.locator("dd").nth(1)).to_have_text("1,200")
        await expect(pane.get_by_role("listitem").filter(has_text="開幕那晚漏給")).to_contain_text(
            "+1,200"
        )
        await expect(rep.get_by_role("button", name="更正點數")).to_have_count(0)
