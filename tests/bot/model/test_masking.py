"""What a person typed of herself does not leave, and comes back to her."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.masking import Masker


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("信箱是 she@example.com 喔", "信箱是 [EMAIL_1] 喔"),
        ("電話0912345678", "電話[PHONE_1]"),
        ("0912-345-678 或 (02) 2345-6789", "[PHONE_1] 或 [PHONE_2]"),
        ("０９１２３４５６７８", "[PHONE_1]"),
        ("+886 912 345 678", "[PHONE_1]"),
        ("打 9123 4567 俾我", "打 [PHONE_1] 俾我"),
        ("手机 13812345678", "手机 [PHONE_1]"),
        ("卡號 4242-4242-4242-4242", "卡號 [CARD_1]"),
        ("身分證 A123456789", "身分證 [ID_1]"),
        ("身份证 11010519491231002X", "身份证 [ID_1]"),
        ("HKID A123456(3)", "HKID [ID_1]"),
        ("寄到台北市信義區松仁路100號3樓", "寄到[ADDRESS_1]"),
        ("地址：旺角西洋菜街 55 號", "地址：[ADDRESS_1]"),
        ("寄到杭州市西湖区文三路 138 号 5 楼，谢谢", "寄到[ADDRESS_1]，谢谢"),
        ("Send it to 12 Baker Street please", "Send it to [ADDRESS_1] please"),
        ("我叫王小明，my name is Jane Doe", "我叫[NAME_1]，my name is [NAME_2]"),
        ("收件人：陳大文", "收件人[NAME_1]"),
        ("0912345678，再說一次 0912345678", "[PHONE_1]，再說一次 [PHONE_1]"),
    ],
)
def test_personal_data_is_not_sent(text: str, sent: str) -> None:
    masker = Masker(on=True)
    assert masker.hide(text) == sent
    if "CARD" not in sent:
        assert masker.restore(sent) == text


@pytest.mark.parametrize(
    "text",
    [
        "訂單 1001 到了嗎",
        "A01 兩罐 NT$1,280",
        "2026-11-30 10:00",
        "條碼 4710088412345",  # no card: of another check digit
        "我想問路上的店幾點開",
        "[PHONE_1] 是什麼",
        "Is it 100 g or 250 g?",
    ],
)
def test_what_is_not_personal_is_sent_as_it_is(text: str) -> None:
    assert Masker(on=True).hide(text) == text


def test_of_a_card_four_digits_come_back() -> None:
    masker = Masker(on=True)
    masker.hide("4242 4242 4242 4242")
    assert masker.restore("卡號 [CARD_1] 對嗎") == "卡號 •••• 4242 對嗎"


def test_a_placeholder_of_nothing_stays() -> None:
    assert Masker(on=True).restore("[PHONE_9]") == "[PHONE_9]"


def test_what_was_hidden_once_is_hidden_in_what_is_the_shop_s_too() -> None:
    masker = Masker(on=True)
    masker.hide("0912345678")
    shop = "本店 02-2345-6789，您留的 0912345678"
    assert masker.hide_known(shop) == "本店 02-2345-6789，您留的 [PHONE_1]"


def test_arguments_of_tools_are_restored_at_any_depth() -> None:
    masker = Masker(on=True)
    masker.hide("she@example.com")
    tree = {"words": ["[EMAIL_1]", {"x": "[EMAIL_1]"}], "limit": 3}
    assert masker.restore_in(tree) == {
        "words": ["she@example.com", {"x": "she@example.com"}],
        "limit": 3,
    }


def test_off_is_off() -> None:
    assert Masker(on=False).hide("she@example.com") == "she@example.com"


@given(st.text(alphabet="0912-+@.aB 路市號3樓A[]_EMAIL", max_size=80))
def test_what_is_hidden_comes_back_whole(text: str) -> None:
    masker = Masker(on=True)
    sent = masker.hide(text)
    if "[CARD_" not in sent and "[" not in text:
        assert masker.restore(sent) == text


@pytest.mark.parametrize(
    "text", ["市" * 2000, "路1" * 1000, "1 " * 1000, "a@a." * 500, "12 Aa Aa " * 220, "+1 " * 700]
)
def test_no_text_keeps_it_busy(text: str) -> None:
    begun = time.process_time()
    Masker(on=True).hide(text)
    assert time.process_time() - begun < 1  # a pattern that goes back and forth takes minutes
