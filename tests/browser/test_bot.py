"""The bot in a customer's chat and at the reps' desk: from a question by night to a paid order,
from the bot to a person and back."""

from __future__ import annotations

import asyncio
import datetime
import re
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from tests.browser.axe import Axe
from tests.browser.chat import Chat
from tests.browser.cut import Line
from tests.browser.desk import Desk as Rep
from tests.browser.sheets import sheet
from tests.browser.shop_process import ShopProcess
from tests.browser.stage import HOST, Stage
from tests.browser.test_desk import REP, REP_NAME, Desk
from tests.browser.test_keyboard import tab_to
from tests.browser.test_lost_line import LINE_IS_LOST
from tests.browser.till import Receipt, Till
from tests.browser.visits import Visits
from web.demo.client import Client

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(120)]

DEVICES = pytest.mark.parametrize("device", ["phone", "desktop"])

GOODS: Final = "秋釀剝皮辣椒"
TWO: Final = f"{GOODS} × 2"
PUT: Final = f"已放進購物車：{TWO}"
UNDONE: Final = f"已復原，從購物車拿出：{TWO}"
HUMAN: Final = "你想找真人，已通知店員"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def bot_shop(
    built_pages: None, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[ShopProcess]:
    """A shop whose bot answers first."""
    shop = ShopProcess(tmp_path_factory.mktemp("bot_shop"), BOT=True)
    try:
        await shop.start()
        yield shop
    finally:
        await asyncio.to_thread(shop.stop)
    said = shop.log.read_text(encoding="utf-8")
    assert "[error" not in said, said
    assert "Traceback" not in said, said


@pytest.fixture
def at_bot(bot_shop: ShopProcess, visits: Visits) -> Visits:
    """Browsers at the shop with the bot."""
    visits.address = bot_shop.address
    return visits


class BotChat(Chat):
    """The panel while the bot answers."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.to_person = self.panel.locator(".person")
        self.answers = self.thread.locator("li.bot")
        self.undo = self.panel.get_by_role("button", name="復原")

    async def asks(self, text: str) -> Locator:
        """Say something, and wait for the bot's answer."""
        before = await self.answers.count()
        await self.says(text)
        await expect(self.answers).to_have_count(before + 1)
        return self.answers.last

    async def wants_two(self) -> Locator:
        """Ask for two of the goods; the answer proposes them."""
        answer = await self.asks(f"我要兩罐{GOODS}")
        await expect(self.choice("好，確認")).to_be_enabled()
        return answer

    def choice(self, label: str) -> Locator:
        return self.answers.last.get_by_role("button", name=label)


async def at_chat(visits: Visits, device: str, name: str, path: str = "/") -> BotChat:
    page = await visits.guest(device, name)
    await page.goto(path)
    chat = BotChat(page)
    await chat.open()
    return chat


async def closes(shop: ShopProcess) -> None:
    """Nobody is there before ten o'clock of the day after tomorrow."""
    day = datetime.datetime.now(ZoneInfo("Asia/Taipei")).date() + datetime.timedelta(days=2)
    hours = {
        "time_zone": "Asia/Taipei",
        "week": [[] for _ in range(7)],
        "closed": [],
        "special": [{"date": day.isoformat(), "spans": [["10:00", "21:30"]]}],
    }
    await set_hours(shop, hours)


async def set_hours(shop: ShopProcess, hours: Mapping[str, object]) -> None:
    async with (
        Rep.opened(shop.address) as rep,
        rep.http.put("/api/staff/hours", json=hours) as answer,
    ):
        assert answer.ok, await answer.text()


async def opens(shop: ShopProcess) -> None:
    """Somebody is there at every hour."""
    hours = {
        "time_zone": "Asia/Taipei",
        "week": [[["00:00", "24:00"]] for _ in range(7)],
        "closed": [],
        "special": [],
    }
    await set_hours(shop, hours)


@DEVICES
async def test_by_night_she_finds_orders_and_pays_and_asks_after_her_order(
    bot_shop: ShopProcess, at_bot: Visits, device: str
) -> None:
    await closes(bot_shop)
    chat = await at_chat(at_bot, device, f"小夜{device}")
    page = chat.page
    await expect(chat.head).to_contain_text("打烊了，小幫手值班")
    answer = await chat.asks("請問有剝皮辣椒嗎？")
    await expect(answer).to_contain_text("小幫手，機器人")
    await expect(answer).to_contain_text("機器人")
    await expect(answer.get_by_role("article", name=f"商品：{GOODS}")).to_be_visible()

    answer = await chat.wants_two()
    await expect(answer).to_contain_text("前有效")
    await chat.says("好")
    await chat.sees(PUT)
    await expect(chat.choice("好，確認")).to_be_disabled()

    await chat.line(PUT).get_by_role("button", name="看購物車").click()
    till = Till(page)
    await expect(till.sheet).to_contain_text(GOODS)
    await till.home()
    await till.contact("王小夜")
    await till.pays_by("信用卡（測試）")
    await till.pay()
    await page.get_by_role("button", name="當作付款成功").click()
    receipt = Receipt(page)
    await receipt.says("已付款")
    number = (await receipt.number()).split()[-1]

    await chat.open()
    await chat.sees(PUT)  # another page: the thread is there again
    answer = await chat.asks("我的訂單到哪了？")
    card = answer.get_by_role("link", name=number)
    await expect(card).to_contain_text("已付款")
    await expect(card).to_have_attribute("href", re.compile("^/orders/ord_"))

    await chat.to_person.click()
    await chat.sees("以後，店員回你")
    await expect(chat.to_person).to_have_count(0)
    # Until then the bot goes on.
    await chat.asks("運費怎麼算？")
    await opens(bot_shop)


async def test_from_the_bot_to_a_person_and_back(at_bot: Visits) -> None:
    chat = await at_chat(at_bot, "phone", "小轉")
    await chat.asks(f"{GOODS}多少錢？")
    await chat.to_person.click()
    await chat.sees(HUMAN)
    await expect(chat.head).to_contain_text("已通知店員，請稍等")

    page = await at_bot.staff("desktop", REP)
    desk = Desk(page)
    await page.goto("/desk")
    await desk.row("小轉").click()
    packet = page.locator("plusone-desk-packet")
    await expect(packet).to_contain_text("客人要找真人")
    await expect(packet).to_contain_text("問價錢")
    await expect(packet).to_contain_text(GOODS)
    await expect(packet).to_contain_text("繁體中文")
    await desk.takes()
    await chat.sees(f"{REP_NAME}接手，小幫手先退下")
    await expect(chat.head).to_contain_text(REP_NAME)

    answers = await chat.answers.count()
    await chat.says("運費怎麼算？")
    draft = page.get_by_role("region", name="機器人擬稿")
    await expect(draft).to_contain_text("NT$80")
    await draft.get_by_role("button", name="用這個").click()
    await expect(draft).to_have_count(0)
    field = desk.field("回覆 小轉…")
    await expect(field).to_have_value(re.compile("NT\\$80"))
    await field.fill("運費 80 元，滿 999 免運")
    await field.press("Enter")
    await chat.sees("運費 80 元，滿 999 免運")
    assert await chat.answers.count() == answers, "the bot is silent while a person has it"

    await chat.says(f"{GOODS}現在多少錢？")
    await draft.get_by_role("button", name="用這個").click()
    along = page.get_by_role("list", name="一起傳的內容")
    await expect(along.get_by_role("listitem")).to_contain_text(GOODS)
    await expect(field).to_have_value(re.compile("NT\\$360"))
    await field.fill("一罐 360 元")
    await field.press("Enter")
    await expect(along).to_have_count(0)
    answer = chat.page.get_by_role("listitem").filter(has_text="一罐 360 元")
    await expect(answer.get_by_role("article", name=f"商品：{GOODS}")).to_be_visible()

    await chat.says("可以退貨嗎？")
    await draft.get_by_role("button", name="用這個").click()
    await expect(along.get_by_role("listitem").get_by_role("link")).to_have_attribute(
        "href", "/help/returns"
    )
    await field.fill("七天內都可以退")
    await field.press("Enter")
    await expect(along).to_have_count(0)
    answer = chat.page.get_by_role("listitem").filter(has_text="七天內都可以退")
    await expect(answer.get_by_role("link")).to_have_attribute("href", "/help/returns")

    await page.get_by_role("button", name="選商品").click()
    goods = sheet(page, "選商品")
    row = goods.locator("plusone-goods-row").filter(has_text=GOODS)
    await row.get_by_role("button", name="放進購物車").click()
    await row.get_by_role("button", name="多一件").click()
    await row.get_by_role("button", name="放進 小轉 的購物車").click()
    await expect(desk.line(f"你放進客人的購物車：{TWO}")).to_have_count(1)
    await expect(desk.pane).to_contain_text("2 件")
    await chat.sees(f"{REP_NAME} 幫你放進購物車：{TWO}")
    await chat.undo.click()
    await chat.sees(UNDONE)
    await expect(chat.panel.locator(".say .stop")).to_be_empty()
    await expect(desk.line(f"客人復原了，已從購物車拿出：{TWO}")).to_have_count(1)
    await expect(desk.pane).to_contain_text("沒有東西")

    await chat.fold()
    await field.fill("還要什麼嗎？")
    await field.press("Enter")
    await expect(chat.button).to_have_accessible_name("問店員，1 則未讀")
    await expect(chat.page).to_have_title(re.compile(r"^\(1\) "))
    await chat.open()
    await expect(chat.page).not_to_have_title(re.compile(r"^\("))

    await page.get_by_role("button", name="結案").click()
    await chat.sees("這次聊完了")
    await expect(chat.head).to_contain_text("小幫手")
    await chat.asks("有紫蘇梅嗎？")


@DEVICES
async def test_what_was_pressed_while_the_line_was_cut_happens_once(
    bot_shop: ShopProcess, at_bot: Visits, device: str
) -> None:
    async with Line.laid(bot_shop.other, bot_shop.port) as line:
        at_bot.address = line.address
        chat = await at_chat(at_bot, device, f"小斷{device}")
        at_bot.of(chat.page).excuse(*LINE_IS_LOST)
        await chat.wants_two()
        line.cut()
        await expect(chat.lost).to_be_visible()
        await chat.choice("好，確認").click()
        await expect(chat.choice("好，確認")).to_be_disabled()
        line.mend()
        await chat.sees(PUT)
        await expect(chat.lost).to_have_count(0)
        line.cut()
        await expect(chat.lost).to_be_visible()
        await chat.undo.click()
        line.mend()
        await chat.sees(UNDONE)
        await expect(chat.line(PUT)).to_have_count(0)
        # Nothing of before the cut stays at its foot, and the bot goes on.
        await chat.asks("營業時間？")
        await expect(chat.panel.locator(".m.dots")).to_have_count(0)


async def test_all_of_it_without_a_pointer(at_bot: Visits) -> None:
    chat = await at_chat(at_bot, "desktop", "小鍵")
    page = chat.page
    press = page.keyboard.press
    await chat.wants_two()
    await tab_to_back(page, chat.choice("好，確認"))
    await press("Enter")
    await chat.sees(PUT)
    await expect(chat.entry).to_be_focused()
    await tab_to_back(page, chat.undo)
    await press("Enter")
    await chat.sees(UNDONE)
    await tab_to_back(page, chat.to_person)
    await press("Enter")
    await chat.sees(HUMAN)
    await expect(chat.entry).to_be_focused()

    rep = await at_bot.staff("desktop", REP)
    desk = Desk(rep)
    press = rep.keyboard.press
    await rep.goto("/desk")
    await expect(desk.row("小鍵")).to_be_visible()
    await tab_to(rep, desk.row("小鍵"))
    await press("Enter")
    await expect(rep.locator("plusone-desk-packet")).to_be_visible()
    await press("t")
    await expect(desk.badge).to_have_text("你處理中")
    await chat.says("運費怎麼算？")
    draft = rep.get_by_role("region", name="機器人擬稿")
    await expect(draft).to_be_visible()
    await expect(desk.field("回覆 小鍵…")).to_be_focused()
    await press("Escape")
    await press("u")
    await expect(draft).to_have_count(0)
    await expect(desk.field("回覆 小鍵…")).to_be_focused()
    await press("Enter")
    await chat.sees("NT$80")
    await press("Escape")
    await press("g")
    goods = sheet(rep, "選商品")
    await expect(goods.get_by_role("searchbox")).to_be_focused()
    await rep.keyboard.type("剝皮")
    row = goods.locator("plusone-goods-row").filter(has_text=GOODS)
    await tab_to(rep, row.get_by_role("button", name="放進購物車"))
    await press("Enter")
    await expect(row.get_by_role("button", name="放進 小鍵 的購物車")).to_be_focused()
    await press("Enter")
    await expect(goods).to_have_count(0)
    await chat.sees(f"{REP_NAME} 幫你放進購物車：{GOODS} × 1")
    await rep.locator("plusone-desk-thread .scroll").focus()
    await chat.says("多久會到？")
    await expect(draft).to_be_visible()
    await press("x")
    await expect(draft).to_have_count(0)


async def tab_to_back(page: Page, wanted: Locator) -> None:
    """As `tab_to`, by Shift+Tab: what is newest stands just before the field."""
    await expect(wanted).to_be_visible()
    for _ in range(40):
        if await wanted.evaluate("element => element.matches(':focus')"):
            return
        await page.keyboard.press("Shift+Tab")
    raise AssertionError(f"Shift+Tab does not lead to {wanted}")


async def test_a_proposal_that_has_run_out_says_so(
    own_bot_shop: ShopProcess, visits: Visits
) -> None:
    visits.address = own_bot_shop.address
    chat = await at_chat(visits, "phone", "小遲")
    await chat.wants_two()
    own_bot_shop.pass_time(16 * 60)
    await chat.page.reload()
    await chat.open()
    await expect(chat.answers.last).to_contain_text("這個提議過期了，再說一次就好。")
    await expect(chat.choice("好，確認")).to_be_disabled()
    await expect(chat.choice("先不要")).to_be_disabled()


@pytest_asyncio.fixture(loop_scope="session")
async def own_bot_shop(
    built_pages: None, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[ShopProcess]:
    """One whose time a test moves on."""
    shop = ShopProcess(tmp_path_factory.mktemp("own_bot_shop"), BOT=True)
    try:
        await shop.start()
        yield shop
    finally:
        await asyncio.to_thread(shop.stop)


@DEVICES
async def test_a_rep_sees_who_is_to_be_answered_later_and_takes_her(
    bot_shop: ShopProcess, at_bot: Visits, device: str
) -> None:
    await closes(bot_shop)
    name = f"小約{device}"
    chat = await at_chat(at_bot, device, name)
    await chat.to_person.click()
    await chat.sees("以後，店員回你")
    page = await at_bot.staff(device, REP)
    desk = Desk(page)
    await page.goto("/desk")
    await expect(desk.row(name)).to_contain_text(re.compile("說好 .*10:00 回覆"))
    await desk.row(name).click()
    await expect(page.locator("plusone-desk-packet")).to_contain_text("客人要找真人")
    await page.locator("header").get_by_role("button", name="接手").click()
    await expect(desk.badge.first).to_have_text("你處理中")
    await chat.sees(f"{REP_NAME}接手，小幫手先退下")
    await expect(chat.panel.locator("li.turnover")).to_have_count(0)
    await opens(bot_shop)


@DEVICES
async def test_axe_finds_nothing_where_the_bot_is(at_bot: Visits, device: str) -> None:
    name = f"小檢{device}"
    chat = await at_chat(at_bot, device, name)
    axe = Axe(chat.page)
    await axe.looks("empty")
    await chat.asks("有什麼推薦的？")
    await axe.looks("several goods")
    await chat.wants_two()
    await axe.looks("proposed")
    await chat.choice("好，確認").click()
    await chat.sees(PUT)
    await axe.looks("changed")
    await chat.asks("多久會到貨？")
    await axe.looks("an article")
    await chat.to_person.click()
    await chat.sees(HUMAN)
    await axe.looks("handed over")

    page = await at_bot.staff(device, REP)
    desk = Desk(page)
    look = Axe(page)
    await page.goto("/desk?queue=all")
    await desk.row(name).click()
    await expect(page.locator("plusone-desk-packet")).to_be_visible()
    await look.looks("waiting")
    await page.locator("header").get_by_role("button", name="接手").click()
    await chat.says(f"{GOODS}多少錢？")
    draft = page.get_by_role("region", name="機器人擬稿")
    await expect(draft).to_contain_text(GOODS)
    await look.looks("drafted")
    await draft.get_by_role("button", name="用這個").click()
    await expect(page.get_by_role("list", name="一起傳的內容")).to_be_visible()
    await look.looks("goods go along")
    await page.get_by_role("button", name="不傳這個").click()
    await expect(page.get_by_role("list", name="一起傳的內容")).to_have_count(0)
    await page.get_by_role("button", name="選商品").click()
    goods = sheet(page, "選商品")
    await goods.get_by_role("button", name="放進購物車").first.click()
    await look.looks("goods")
    axe.finds_nothing()
    look.finds_nothing()


@pytest.mark.parametrize(
    ("asked", "question", "bot"),
    [
        ("zh-TW", "有剝皮辣椒嗎？", "小幫手，機器人"),
        ("zh-HK", "有冇剝皮辣椒？", "小幫手，機械人"),
        ("zh-CN", "有剥皮辣椒吗？", "小助手，机器人"),
        ("en-GB", "Do you have peeled chili?", "Assistant, a bot"),
    ],
)
async def test_the_bot_is_called_a_bot_in_her_language(
    at_bot: Visits, asked: str, question: str, bot: str
) -> None:
    page = await at_bot.guest("phone", f"Mei {asked}", locale=asked)
    await page.goto("/")
    await page.locator("plusone-chat button").first.click()
    field = page.locator("plusone-composer textarea")
    await field.fill(question)
    await field.press("Enter")
    answer = page.locator("plusone-thread li.bot")
    await expect(answer).to_have_count(1)
    await expect(answer).to_contain_text(bot)
    shown = await page.evaluate(_WORDS)
    assert "undefined" not in shown
    assert "[object" not in shown


_WORDS: Final = """() => {
  const all = (root) => [...root.childNodes].map((node) => node.nodeType === Node.TEXT_NODE
    ? node.data
    : ["STYLE", "SCRIPT"].includes(node.nodeName) ? ""
    : (node.shadowRoot ? all(node.shadowRoot) : "") + all(node)).join(" ");
  return all(document.body);
}"""


@DEVICES
async def test_the_show_shows_at_once_what_the_bot_put_into_the_cart(
    bot_shop: ShopProcess, at_bot: Visits, device: str
) -> None:
    async with Client(bot_shop.address) as host:
        await host.post("/api/session/staff", HOST)
        stage = await Stage.set(host)
        chat = await at_chat(at_bot, device, f"小袋{device}", stage.path)
        page = chat.page
        full = (
            page.get_by_role("button", name="購物車，2 件")
            if device == "phone"
            else page.get_by_role("region", name="你的保留單").get_by_text("720")
        )
        await chat.wants_two()
        await chat.choice("好，確認").click()
        await chat.sees(PUT)
        await expect(full).to_have_count(1)
        await chat.line(PUT).get_by_role("button", name="看購物車").click()
        till = Till(page)
        await expect(till.sheet).to_contain_text(GOODS)
        await page.keyboard.press("Escape")
        await expect(till.sheet).to_have_count(0)
        await chat.undo.click()
        await chat.sees(UNDONE)
        await expect(full).to_have_count(0)
        await stage.end()


@DEVICES
async def test_a_rep_sends_the_card_of_an_order(at_bot: Visits, device: str) -> None:
    name = f"小單{device}"
    chat = await at_chat(at_bot, device, name)
    number = await buys(chat.page, at_bot.address)
    await chat.to_person.click()
    await chat.sees(HUMAN)
    page = await at_bot.staff(device, REP)
    desk = Desk(page)
    await page.goto("/desk")
    await desk.row(name).click()
    await page.locator("header").get_by_role("button", name="接手").click()
    await expect(desk.badge).to_have_text("你處理中")
    await page.locator("plusone-desk-thread .scroll").focus()
    await page.keyboard.press("o")
    send = page.get_by_role("button", name=f"送訂單卡 {number}")
    await tab_to(page, send)
    await page.keyboard.press("Enter")
    if device == "phone":
        await page.get_by_role("button", name="回對話").click()
    await expect(desk.line(number)).to_have_count(1)
    card = chat.thread.locator("li.rep").get_by_role("link", name=number)
    await expect(card).to_contain_text("已成立")
    await expect(card).to_contain_text("NT$260")


async def buys(page: Page, address: str) -> str:
    """Order a piece to be fetched and paid at a shop; the order's number."""
    headers = {"X-Plusone": "1", "Origin": address}

    async def post(path: str, body: dict[str, object]) -> dict[str, Any]:
        answer = await page.request.post(path, data=body, headers=headers)
        assert answer.ok, await answer.text()
        told: dict[str, Any] = await answer.json()
        return told

    found = await (await page.request.get("/api/products?q=豆腐乳")).json()
    variant = found["products"][0]["variants"][0]["id"]
    line = {"variant_id": variant, "quantity": 1, "request_id": str(uuid4())}
    cart = await post("/api/cart/lines", line)
    [pickup] = [one for one in cart["deliveries"] if one["kind"] == "pickup"]
    made = await post(
        "/api/checkout",
        {
            "request_id": str(uuid4()),
            "claims": [],
            "lines": [cart["lines"][0]["id"]],
            "contact": {"name": "王小單", "phone": "0912345678"},
            "fulfilment": {"kind": "pickup", "location": pickup["locations"][0]["id"]},
            "payment": "pickup",
            "expect_total": cart["subtotal"],
        },
    )
    number: str = made["order"]["number"]
    return number
