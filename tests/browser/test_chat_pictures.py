"""Pictures in the chat: chosen, pasted or dropped, shown on both sides, and large when pressed."""

from __future__ import annotations

import base64

import pytest
from PIL import Image
from playwright.async_api import FilePayload, Locator, Page, expect

from tests.browser.axe import Axe
from tests.browser.chat import Chat
from tests.browser.test_desk import REP, Desk
from tests.browser.visits import Visits, somebody
from tests.chat import image
from tests.waiting import until

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(200)]

DEVICES = pytest.mark.parametrize("device", ["phone", "desktop"])

REFUSED = ("400.*pictures", "status of 400")

_HELD = """(target, [kind, type, data]) => {
  const file = new File([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))], "one", { type });
  const held = new DataTransfer();
  held.items.add(file);
  const more = { bubbles: true, cancelable: true, composed: true };
  if (kind === "paste") {
    target.dispatchEvent(new ClipboardEvent("paste", { clipboardData: held, ...more }));
  } else {
    for (const what of ["dragover", "drop"]) {
      target.dispatchEvent(new DragEvent(what, { dataTransfer: held, ...more }));
    }
  }
}"""


def photograph() -> FilePayload:
    """As a phone takes it: lying on its side, and heavy."""
    noise = Image.effect_noise((2_400, 1_800), 60).convert("RGB")
    noise.paste((200, 0, 0), (0, 0, 1_200, 1_800))
    exif = Image.Exif()
    exif[274] = 6
    data = image.file(noise, "JPEG", exif=exif, quality=95)
    assert len(data) > 1_000_000
    return {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": data}


async def hold(target: Locator, kind: str, data: bytes, type_: str = "image/png") -> None:
    """Paste or drop a file there."""
    await target.evaluate(_HELD, [kind, type_, base64.b64encode(data).decode()])


def pictures(page: Page | Locator) -> Locator:
    """Those in the thread that have been loaded or not."""
    return page.get_by_role("button", name="放大圖片")


async def is_drawn(picture: Locator, width: int, height: int) -> None:
    """It is there, and as large as its place was from the beginning."""
    await expect(picture).to_have_js_property("offsetWidth", width)
    await expect(picture).to_have_js_property("offsetHeight", height)
    # What is going is drawn anew once it has arrived, which may be just now.
    await until(lambda: picture.locator("img").evaluate("one => one.complete && one.naturalWidth"))


async def is_looked_at(page: Page, picture: Locator, axe: Axe, where: str) -> None:
    """Opened by a key, large, and shut by Escape, which shuts nothing else."""
    await picture.focus()
    await page.keyboard.press("Enter")
    large = page.get_by_role("dialog", name="圖片", exact=True)
    await expect(large.get_by_role("img")).to_have_js_property("complete", True)
    await expect(large.get_by_role("button", name="關閉")).to_be_focused()
    await axe.looks(f"{where}, a picture large")
    await page.keyboard.press("Escape")
    await expect(large).to_have_count(0)
    await expect(picture).to_be_focused()


@DEVICES
async def test_a_picture_goes_to_the_rep_and_one_comes_back(visits: Visits, device: str) -> None:
    name = somebody()
    page = await visits.open(device)
    axe, chat = Axe(page), Chat(page)
    draft = chat.panel.locator("plusone-picture-draft")
    await page.goto("/")
    await chat.open()

    # Chosen before she has said who she is; what she may do without a picture, she still may.
    await expect(chat.panel.get_by_role("button", name="加入圖片")).to_be_visible()
    await chat.panel.locator("input[type=file]").set_input_files(photograph())
    await chat.says_her_name(name)
    await expect(draft).to_contain_text("圖片已備妥")
    await chat.entry.fill("這瓶破了")
    await axe.looks(f"{device}: a picture beside what is written")
    await chat.entry.press("Enter")
    await chat.sees("這瓶破了")
    await expect(chat.going).to_have_count(0)
    await expect(draft.get_by_role("img")).to_have_count(0)
    # It stands upright: three by four.
    await is_drawn(pictures(chat.thread), 225, 300)
    await axe.looks(f"{device}: a picture in the thread")
    await is_looked_at(page, pictures(chat.thread), axe, device)
    await expect(chat.entry).to_be_visible()

    rep = await visits.staff(device, REP)
    desk, rep_axe = Desk(rep), Axe(rep)
    await rep.goto("/desk")
    await desk.row(name).click()
    await is_drawn(pictures(desk.log), 225, 300)
    await desk.takes()
    field = desk.field(f"回覆 {name}")
    await hold(field, "paste", image.file(image.plain(400, 200)))
    await expect(desk.thread.locator("plusone-picture-draft")).to_contain_text("圖片已備妥")
    await rep_axe.looks(f"{device}: a picture beside the answer")
    await field.press("Enter")
    await expect(pictures(desk.log)).to_have_count(2)
    await expect(desk.thread.locator("plusone-picture-draft .one")).to_have_count(0)
    await is_drawn(pictures(desk.log).last, 260, 130)
    await rep_axe.looks(f"{device}: pictures at the desk")
    await is_looked_at(rep, pictures(desk.log).last, rep_axe, f"{device}, desk")

    await expect(pictures(chat.thread)).to_have_count(2)
    await is_drawn(pictures(chat.thread).last, 260, 130)
    await page.reload()
    await chat.open()
    await is_drawn(pictures(chat.thread).first, 225, 300)
    axe.finds_nothing()
    rep_axe.finds_nothing()


async def test_what_is_no_picture_is_told_in_words_and_the_words_go_out(visits: Visits) -> None:
    page = await visits.guest("desktop", somebody())
    visits.of(page).excuse(*REFUSED)
    axe, chat = Axe(page), Chat(page)
    draft = chat.panel.locator("plusone-picture-draft")
    await page.goto("/")
    await chat.open()
    await hold(chat.entry, "drop", b"<svg/>", "image/svg+xml")
    await expect(draft.get_by_role("alert")).to_have_text("這不是 JPEG、PNG 或 WebP 圖片。")
    await axe.looks("a picture that was refused")
    await chat.entry.fill("那我用說的")
    await expect(chat.panel.get_by_role("button", name="送出")).to_be_disabled()
    await draft.get_by_role("button", name="移除圖片").click()
    await expect(chat.entry).to_be_focused()
    await chat.entry.press("Enter")
    await chat.sees("那我用說的")

    # One that is dropped on what was said, sent without a word.
    await hold(chat.thread, "drop", image.file(image.plain(60, 40, "RGBA")))
    await expect(draft).to_contain_text("圖片已備妥")
    await chat.panel.get_by_role("button", name="送出").click()
    await is_drawn(pictures(chat.thread), 60, 44)
    axe.finds_nothing()


async def test_over_a_lost_line_it_is_sent_again_when_she_says_so(visits: Visits) -> None:
    page = await visits.guest("phone", somebody())
    visits.of(page).excuse("ERR_FAILED", "net::ERR")
    chat = Chat(page)
    draft = chat.panel.locator("plusone-picture-draft")
    await page.goto("/")
    await chat.open()
    await page.route("**/api/chat/pictures", lambda route: route.abort())
    await chat.panel.locator("input[type=file]").set_input_files(photograph())
    await expect(draft.get_by_role("alert")).to_contain_text("連不上")
    await page.unroute("**/api/chat/pictures")
    await draft.get_by_role("button", name="再試一次").click()
    await expect(draft).to_contain_text("圖片已備妥")
    await chat.panel.get_by_role("button", name="送出").click()
    await expect(pictures(chat.thread)).to_have_count(1)
