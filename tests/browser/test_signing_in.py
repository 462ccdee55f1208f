"""Guests who become customers: what they had stays theirs."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from playwright.async_api import Page, expect

from tests.browser.sheets import sheet
from tests.browser.stage import HOST, Stage
from tests.browser.viewer import Viewer
from tests.browser.visits import Visits

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def code_sent_to(page: Page, email: str) -> str:
    """The code, as the page of notices shows what would have been sent."""
    notices = await page.context.new_page()
    await notices.goto("/notices")
    notice = notices.get_by_role("article").filter(has_text=email).first
    found = re.search(r"\b\d{6}\b", await notice.inner_text())
    assert found is not None
    await notices.close()
    return found[0]


async def sign_in(page: Page, email: str) -> None:
    """Where an address is asked for, give it, then the code."""
    await page.get_by_role("textbox", name="電子郵件").fill(email)
    await page.get_by_role("button", name="寄驗證碼").click()
    code = page.get_by_role("textbox", name="驗證碼")
    await expect(code).to_be_focused()
    await code.fill(await code_sent_to(page, email))
    await code.press("Enter")


async def test_a_guest_who_signs_in_by_a_code_keeps_claims_and_cart(
    stage: Stage, visits: Visits
) -> None:
    await stage.item("A01")
    page = await visits.guest("phone", "林太太")
    viewer = await Viewer.at(page, stage.path, "林太太")
    await viewer.types("A01+2")
    await viewer.holds(2)
    variant = (await stage.product("B02"))["variants"][0]["id"]
    answer = await page.context.request.post(
        "/api/cart/lines",
        data={"variant_id": variant, "quantity": 1, "request_id": str(uuid4())},
        headers={"X-Plusone": "1", "Origin": visits.address},
    )
    assert answer.ok

    email = f"{uuid4().hex[:8]}@example.test"
    await page.goto(f"/sign-in?next={stage.path}")
    await sign_in(page, email)
    await page.wait_for_url(f"**{stage.path}")
    await viewer.sees("你", "A01+2", "已保留 2 件")
    await expect(viewer.bag).to_have_accessible_name("購物車，3 件")


async def test_what_a_known_customer_did_as_a_guest_elsewhere_becomes_hers(
    stage: Stage, visits: Visits
) -> None:
    await stage.item("A02", pieces=8)
    email = f"{uuid4().hex[:8]}@example.test"
    at_home = await visits.guest("desktop", "Peggy")
    await at_home.goto("/sign-in")
    await sign_in(at_home, email)
    await at_home.wait_for_url("**/")
    home = await Viewer.at(at_home, stage.path, "Peggy")
    await home.types("A02+1")
    await home.holds(1)

    outside = await visits.guest("phone", "路過")
    phone = await Viewer.at(outside, stage.path, "路過")
    await phone.types("A02+2")
    await phone.holds(2)
    wrong = await Viewer.at(await visits.guest("phone", "別人"), stage.path, "別人")
    await wrong.types("A02+1")
    await outside.goto(f"/sign-in?next={stage.path}")
    await sign_in(outside, email)
    await outside.wait_for_url(f"**{stage.path}")

    await phone.holds(3)
    await home.holds(3)
    await wrong.holds(1)
    for viewer in (home, phone):
        await viewer.sees("你", "A02+1", "已保留 1 件")
        await viewer.sees("A02+2", "已保留 2 件")


async def test_who_has_an_account_signs_in_over_the_picture_and_her_word_is_sent(
    stage: Stage, visits: Visits
) -> None:
    await stage.item("B03")
    page = await visits.open("phone")
    viewer = await Viewer.at(page, stage.path, "新來的")
    await viewer.types("B03+1")
    await viewer.name_sheet.get_by_role("button", name="有帳號？用電子郵件登入").click()
    await expect(page.get_by_role("dialog", name="登入")).to_be_visible()
    await sign_in(page, f"{uuid4().hex[:8]}@example.test")
    await expect(sheet(page, "登入")).to_have_count(0)
    # A new account has no name yet that others could see.
    await viewer.says_her_name()
    await viewer.sees("你", "B03+1", "已保留 1 件")


async def test_what_is_for_signed_in_customers_is_ordered_by_signing_in(
    stage: Stage, visits: Visits
) -> None:
    await stage.item("A01", verified_only=True)
    page = await visits.guest("phone", "林太太")
    viewer = await Viewer.at(page, stage.path, "林太太")
    await viewer.types("A01+2")
    await expect(viewer.ask).to_contain_text("A01 要先用電子郵件登入才能下單")

    await viewer.ask.get_by_role("button", name="登入並下單").click()
    await sheet(page, "登入").get_by_role("button", name="關閉").click()
    await expect(sheet(page, "登入")).to_have_count(0)
    await expect(viewer.bag).to_have_accessible_name("購物車，0 件")

    await viewer.ask.get_by_role("button", name="登入並下單").click()
    await sign_in(page, f"{uuid4().hex[:8]}@example.test")
    await expect(sheet(page, "登入")).to_have_count(0)
    await viewer.holds(2)
    await expect(viewer.ask).to_have_count(0)


async def test_a_wrong_code_is_told_with_the_tries_that_are_left(visits: Visits) -> None:
    page = await visits.open("desktop")
    visits.of(page).excuse("HTTP 403: POST .*/api/session/verify", "status of 403")
    email = f"{uuid4().hex[:8]}@example.test"
    await page.goto("/sign-in")
    await page.get_by_role("textbox", name="電子郵件").fill(email)
    await page.get_by_role("button", name="寄驗證碼").click()
    right = await code_sent_to(page, email)
    await page.get_by_role("textbox", name="驗證碼").fill(
        "000000" if right != "000000" else "1" * 6
    )
    await page.get_by_role("button", name="登入").click()
    await expect(page.get_by_role("alert")).to_contain_text(re.compile("驗證碼不對，還能試 \\d 次"))


async def test_staff_sign_in_by_password_and_go_on_to_where_they_were(
    stage: Stage, visits: Visits
) -> None:
    page = await visits.open("desktop")
    visits.of(page).excuse("HTTP 403: POST .*/api/session/staff", "status of 403")
    await page.goto(stage.studio)
    await expect(page).to_have_url(re.compile("/staff/sign-in"))
    await page.get_by_role("textbox", name="電子郵件").fill(HOST["email"])
    await page.get_by_label("密碼").fill("not the password")
    await page.get_by_label("密碼").press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("帳號或密碼不對")
    await page.get_by_label("密碼").fill(HOST["password"])
    await page.get_by_label("密碼").press("Enter")
    await page.wait_for_url(f"**{stage.studio}")
    await expect(page.get_by_role("button", name="結束直播")).to_be_visible()


async def test_who_cannot_sign_out_is_told_that_she_is_still_signed_in(visits: Visits) -> None:
    page = await visits.open("phone")
    visits.of(page).excuse("ERR_INTERNET_DISCONNECTED", "DELETE .*/api/session")
    await page.goto("/sign-in?next=/account")
    await sign_in(page, f"{uuid4().hex[:8]}@example.test")
    leave = page.get_by_role("main").get_by_role("button", name="登出")
    await expect(leave).to_be_visible()
    await page.context.set_offline(True)
    await leave.click()
    said = page.get_by_role("alert")
    await expect(said).to_have_text("你還沒登出。連不上，請確認網路後再試。")
    await page.context.set_offline(False)
    await leave.click()
    await page.wait_for_url("**/")
    await page.goto("/account")
    await expect(page.get_by_role("button", name="登出")).to_have_count(0)
