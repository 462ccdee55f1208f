"""Quantities, prices and currencies that make no sense: refused, and nothing is lost or changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.web.stage import Stage, checkout, error_of, request
from web.command_line import main

NO_QUANTITY: tuple[object, ...] = (0, -1, -(10**12), 10_000, 10**30, 1.5, "2", True, [1], {})


async def test_a_quantity_that_is_negative_huge_or_no_number_is_refused(stage: Stage) -> None:
    made, customer = stage.made, stage.customer
    variant = made["add"]["variants"][0]["variant_id"]
    async with stage.untouched():
        for quantity in NO_QUANTITY:
            stage.service.clock.advance(1_000)
            line = {"variant_id": variant, "quantity": quantity, "request_id": request()}
            for field, refused in (
                ("quantity", await customer.phone.ask(
                    "claim", {"item": made["item"], "quantity": quantity})),
                ("quantity", await customer.phone.ask(
                    "give_back", {"claim": made["claim"], "quantity": quantity})),
                ("do.quantity", await stage.moderator.moderates(
                    type="claim.change", claim=made["claim"], quantity=quantity)),
                ("quantity", await customer.page.post("/api/cart/lines", line)),
                ("quantity", await customer.page.ask(
                    "PATCH", f"/api/cart/lines/{stage.line}", json={"quantity": quantity})),
            ):  # fmt: skip
                error = error_of(refused)
                assert (error["code"], error["data"]["fields"].keys()) == (
                    "bad_request", {field}
                ), (quantity, error)  # fmt: skip
        for quantity in (100, 9_999):  # numbers, but more than the show takes at once
            told = await customer.phone.ask("claim", {"item": made["item"], "quantity": quantity})
            error = error_of(told)
            assert (error["code"], error["data"]) == ("quantity_out_of_range", {"most": 99})


async def test_an_allotment_or_price_that_is_negative_huge_or_no_number_is_refused(
    stage: Stage,
) -> None:
    item = stage.made["item"]
    async with stage.untouched():
        for pieces in (-1, -(10**12), 10**6 + 1, 10**30, 1.5, "2", None, True):
            stage.service.clock.advance(1_000)
            told = await stage.host.runs(type="item.allot", item=item, allotment=pieces)
            assert error_of(told)["data"]["fields"].keys() == {"do.allotment"}, pieces
            told = await stage.host.runs(type="item.change", item=item, limit=pieces or 0)
            assert error_of(told)["data"]["fields"].keys() == {"do.limit"}, pieces
        for price in (-1, 10**30, 1.5, "2", True):
            stage.service.clock.advance(1_000)
            told = await stage.host.runs(type="item.change", item=item, price=price)
            assert error_of(told)["data"]["fields"].keys() == {"do.price"}, price
        less = error_of(await stage.host.runs(type="item.allot", item=item, allotment=0))
        assert (less["code"], less["data"]) == ("allotment_in_use", {"least": 20})


async def test_a_number_typed_in_a_comment_that_makes_no_sense_claims_nothing(
    stage: Stage,
) -> None:
    for typed in ("A01+0", "A01+100", "A01+99999999999999999999", "A01+" + "9" * 400):
        reply = await stage.other.phone.ask("comment", {"text": typed})
        types = {event["type"] for event in reply["events"]}
        assert reply["ok"]
        assert not types & {"claim.held", "claim.waiting", "claim.given_back"}, typed
    assert (await stage.other.page.get("/api/cart")).json["claims"] == []


async def test_an_unknown_currency_is_taken_by_nobody(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = stage.made
    add = {**made["add"], "currency": "XXX"}
    ordered = checkout([made["claim"]], currency="XXX")
    price = {"minor": 28_800, "currency": "XXX"}
    async with stage.untouched():
        for refused, field in (
            (await stage.host.runs(type="item.add", **add), "do.currency"),
            (await stage.host.runs(type="item.change", item=made["item"], price=price), "do.price"),
            (await stage.customer.page.post("/api/checkout", ordered), "currency"),
            (
                await stage.host.page.post("/api/staff/shows", {"title": "x", "currency": "XXX"}),
                "currency",
            ),
        ):
            error = error_of(refused)
            assert (error["code"], error["data"]["fields"].keys()) == ("bad_request", {field})


@pytest.mark.parametrize("currency", ["XXX", "NT$", "twd", ""])
def test_a_shop_does_not_open_in_an_unknown_currency(
    currency: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:  # fmt: skip
    monkeypatch.setenv("PLUSONE_DATA_FOLDER", str(tmp_path / "data"))
    monkeypatch.setenv("PLUSONE_CURRENCY", currency)
    assert main(["serve"]) == 1
    said = capsys.readouterr().err
    assert "currency" in said
    assert "Traceback" not in said
    assert not (tmp_path / "data").exists()
