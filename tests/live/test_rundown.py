"""The host's show: its states, the run-down, stock out of the shop and back."""

import msgspec
import pytest

from core.errors import BadRequest, Conflict, NotFound
from core.rooms.events import PUBLIC
from live import commands as c
from live import events as e
from tests.live.shows import (
    ANNA,
    BEN,
    CARA,
    HOST,
    KIND,
    MINUTE,
    Stage,
    every,
    only,
    types,
    variant,
)


def _status(stage: Stage) -> str:
    return str(stage.sees(PUBLIC)["show"]["status"])


def test_a_show_is_a_draft_until_it_has_a_date_or_is_live() -> None:
    stage = Stage(live=False)
    assert _status(stage) == "draft"
    stage.runs("show.change", starts_at=stage.now + MINUTE)
    assert _status(stage) == "scheduled"
    stage.runs("show.go_live")
    assert _status(stage) == "live"
    stage.runs("show.end")
    assert _status(stage) == "ended"


def test_a_show_is_made_once() -> None:
    stage = Stage()
    again = c.Create("another", "TWD", "x", None, None, e.Rules())
    assert stage.does(HOST, again) == []


def test_a_show_goes_live_once_and_never_after_its_end() -> None:
    stage = Stage()
    assert stage.runs("show.go_live") == []
    stage.runs("show.end")
    with pytest.raises(Conflict) as refused:
        stage.runs("show.go_live")
    assert refused.value.error_code == "show_ended"
    assert stage.runs("show.end") == []


def test_only_a_live_show_ends() -> None:
    with pytest.raises(Conflict):
        Stage(live=False).runs("show.end")


def test_a_change_of_nothing_is_nothing() -> None:
    assert Stage().runs("show.change") == []


def test_items_are_added_at_the_end_with_what_the_shop_says() -> None:
    stage = Stage()
    first, second = stage.adds("A01", pieces=5), stage.adds("B02", variant("紅", 3))
    items = stage.sees(PUBLIC)["show"]["items"]
    assert [item["id"] for item in items] == [first, second]
    assert (items[0]["title"], items[0]["status"]) == ("商品 A01", "ready")
    assert (items[0]["variants"][0]["planned"], items[0]["variants"][0]["left"]) == (5, 0)


@pytest.mark.parametrize("code", ["A01", "a01", "Ａ０１", "A-01", "a 01"])
def test_a_code_that_reads_the_same_is_taken(code: str) -> None:
    stage = Stage()
    stage.adds("A01", pieces=1)
    with pytest.raises(Conflict) as refused:
        stage.adds(code, pieces=1)
    assert refused.value.error_code == "code_taken"


def test_variants_are_told_apart_by_their_keys() -> None:
    stage = Stage()
    for variants in ((variant("紅"), variant("紅")), (variant(None), variant("白"))):
        with pytest.raises(BadRequest):
            stage.adds("A01", *variants)


def test_prices_are_whole_dollars_where_the_currency_has_no_cents_in_sight() -> None:
    stage = Stage()
    with pytest.raises(BadRequest):
        stage.adds("A01", pieces=1, price=28_850)
    item = stage.adds("A01", pieces=1)
    with pytest.raises(BadRequest):
        stage.runs("item.change", item=item, price=19_999)


def test_a_show_has_at_most_two_hundred_items() -> None:
    stage = Stage()
    for n in range(200):
        stage.adds(f"A{n:03}", pieces=1)
    with pytest.raises(Conflict) as refused:
        stage.adds("B02", pieces=1)
    assert refused.value.error_code == "too_many_items"


def test_only_the_named_fields_of_an_item_change() -> None:
    stage = Stage()
    item = stage.adds("A01", pieces=1, limit=3, compare_at=36_000)
    (changed,) = stage.runs("item.change", item=item, price=19_900, limit=None)
    assert changed.changed == ("limit", "price")
    now = stage.show.items[item]
    assert (now.price, now.limit, now.compare_at) == (19_900, None, 36_000)
    assert stage.runs("item.change", item=item) == []


@pytest.mark.parametrize("field", ["title", "price", "verified_only", "hold_s"])
def test_only_a_limit_or_a_former_price_can_be_taken_away(field: str) -> None:
    stage = Stage()
    item = stage.adds("A01", pieces=1)
    with pytest.raises(BadRequest):
        stage.runs("item.change", item=item, **{field: None})


def test_an_item_of_a_log_from_before_guests_could_be_kept_out_is_for_them_too() -> None:
    stage = Stage()
    stage.adds("A01", pieces=1, verified_only=True)
    written = msgspec.json.decode(msgspec.json.encode(stage.events[-1]))
    del written["item"]["verified_only"]
    read = msgspec.json.decode(msgspec.json.encode(written), type=e.ItemAdded)
    assert read.item.verified_only is False


def test_items_are_moved_before_one_another_or_to_the_end() -> None:
    stage = Stage()
    a, b, d = (stage.adds(code, pieces=1) for code in ("A01", "B02", "D04"))
    stage.runs("item.move", item=d, before=a)
    assert stage.show.order == (d, a, b)
    stage.runs("item.move", item=d)
    assert stage.show.order == (a, b, d)
    assert stage.runs("item.move", item=d) == []
    assert stage.runs("item.move", item=a, before=a) == []
    with pytest.raises(NotFound):
        stage.runs("item.move", item=a, before="i999")


def test_what_was_never_on_sale_can_be_removed() -> None:
    stage = Stage()
    item = stage.adds("A01", pieces=1)
    stage.runs("item.pin", item=item)
    stage.runs("item.remove", item=item)
    assert stage.sees(PUBLIC)["show"]["items"] == []
    assert stage.sees(PUBLIC)["show"]["pinned_item"] is None
    with pytest.raises(NotFound):
        stage.runs("item.open", item=item)


def test_what_was_on_sale_stays_on_record() -> None:
    stage = Stage()
    item = stage.sells(pieces=1)
    stage.runs("item.close", item=item)
    with pytest.raises(Conflict) as refused:
        stage.runs("item.remove", item=item)
    assert refused.value.error_code == "item_was_open"


def test_an_item_that_the_shop_was_asked_for_stays_until_it_has_answered() -> None:
    stage = Stage()
    item = stage.adds("A01", pieces=1)
    stage.does(HOST, c.Ask(item, {None: 1}))
    with pytest.raises(Conflict):
        stage.runs("item.remove", item=item)


def test_an_item_is_pinned_until_the_show_ends() -> None:
    stage = Stage()
    item = stage.sells(pieces=1)
    stage.runs("item.pin", item=item)
    assert stage.runs("item.pin", item=item) == []
    assert stage.sees(PUBLIC)["show"]["pinned_item"] == item
    stage.runs("show.end")
    assert stage.sees(PUBLIC)["show"]["pinned_item"] is None


# Stock


def test_an_item_opens_with_what_the_shop_granted() -> None:
    stage = Stage()
    item = stage.adds("A01", variant("紅", 5), variant("白", 5))
    opened = only(stage.opens(item, granted=3), e.ItemOpened)
    assert opened.allotments == (3, 3)
    assert stage.counts(item, "紅") == (3, 0, 0, 3, 0)
    assert [v.planned for v in stage.show.items[item].variants] == [5, 5]


def test_opening_again_asks_only_for_what_is_missing() -> None:
    stage = Stage()
    item = stage.adds("A01", pieces=5)
    stage.opens(item, granted=3)
    stage.runs("item.close", item=item)
    (asked,) = stage.does(HOST, c.Ask(item, {None: 5}))
    assert asked.asked == (e.Pieces(variant=None, quantity=2),)


def test_a_question_to_the_shop_stands_until_it_is_answered() -> None:
    stage = Stage()
    item = stage.adds("A01", pieces=5)
    stage.does(HOST, c.Ask(item, {None: 5}))
    assert stage.does(HOST, c.Ask(item, {None: 9})) == []
    assert stage.show.asked[item, None] == 5


def test_an_answer_counts_once() -> None:
    stage = Stage()
    item = stage.adds("A01", pieces=5)
    stage.does(HOST, c.Ask(item, {None: 5}))
    place = c.Place(item, ((0, e.Granted(variant=None, quantity=5, place="alt_1")),))
    assert stage.does(c.SYSTEM, place)
    assert stage.does(c.SYSTEM, place) == []
    assert stage.counts(item)[0] == 5


def test_an_answer_of_nothing_is_an_answer() -> None:
    stage = Stage()
    item = stage.adds("A01", pieces=5)
    stage.does(HOST, c.Ask(item, {None: 5}))
    place = c.Place(item, ((0, e.Granted(variant=None, quantity=0, place="alt_1")),))
    assert types(stage.does(c.SYSTEM, place)) == ["item.placed"]
    assert stage.show.grants[item, None] == 1
    assert (item, None) not in stage.show.asked


def test_the_shop_is_asked_only_while_the_show_is_live() -> None:
    stage = Stage(live=False)
    item = stage.adds("A01", pieces=5)
    for do in (c.Ask(item, {None: 5}), c.OpenItem(type="item.open", item=item)):
        with pytest.raises(Conflict) as refused:
            stage.does(HOST, do)
        assert refused.value.error_code == "show_not_live"


def test_what_the_shop_grants_after_the_end_goes_straight_back() -> None:
    stage = Stage()
    item = stage.adds("A01", pieces=5)
    stage.does(HOST, c.Ask(item, {None: 5}))
    stage.runs("show.end")
    place = c.Place(item, ((0, e.Granted(variant=None, quantity=5, place="alt_1")),))
    placed, allotted, back = stage.does(c.SYSTEM, place)
    assert (placed.TYPE, allotted.allotment) == ("item.placed", 5)
    assert (back.allotment, back.back) == (0, 5)


def test_a_raised_allotment_serves_those_who_wait() -> None:
    stage = Stage()
    item = stage.sells(pieces=1)
    stage.says(ANNA, "+1")
    stage.says(BEN, "+2")
    stage.says(CARA, "+1")
    events = stage.fills(item, {None: 3})
    assert types(events) == ["item.placed", "item.allotted", "claim.held"]
    assert stage.held_by(BEN) == 2
    assert stage.line(item) == [("Cara", 1)]


def test_an_allotment_is_not_lowered_below_what_is_held_and_sold() -> None:
    stage = Stage()
    item = stage.sells(pieces=9)
    claim = stage.presses(ANNA, item, 2)[0].claim
    stage.presses(BEN, item, 3)
    stage.pays(ANNA, claim)
    stage.places(claim)
    with pytest.raises(Conflict) as refused:
        stage.runs("item.allot", item=item, allotment=4)
    assert (refused.value.error_code, refused.value.data["least"]) == ("allotment_in_use", 5)
    (lowered,) = stage.runs("item.allot", item=item, allotment=5)
    assert (lowered.allotment, lowered.planned, lowered.back) == (5, 5, 4)


def test_before_it_opens_an_allotment_is_a_plan() -> None:
    stage = Stage()
    item = stage.adds("A01", pieces=9)
    (planned,) = stage.runs("item.allot", item=item, allotment=4)
    assert (planned.allotment, planned.planned, planned.back) == (0, 4, 0)
    assert stage.runs("item.allot", item=item, allotment=4) == []


def test_closing_keeps_the_allotment_the_holds_and_the_line() -> None:
    stage = Stage()
    item = stage.sells(pieces=2, hold_s=60)
    stage.says(ANNA, "+2")
    stage.says(BEN, "+1")
    stage.runs("item.close", item=item)
    assert stage.line(item) == [("Ben", 1)]
    stage.passes(MINUTE)
    assert stage.held_by(BEN) == 1


def test_closing_what_is_closed_and_opening_what_is_open_change_nothing() -> None:
    stage = Stage()
    item = stage.sells(pieces=1)
    assert stage.runs("item.open", item=item) == []
    stage.runs("item.close", item=item)
    assert stage.runs("item.close", item=item) == []


# Countdowns


def test_a_countdown_that_runs_out_closes_the_item() -> None:
    stage = Stage()
    item = stage.adds("A01", pieces=1, countdown_s=30)
    opened = only(stage.opens(item), e.ItemOpened)
    assert opened.countdown_until == stage.now + 30_000
    assert KIND.next_due(stage.show) == stage.now + 30_000
    (closed,) = stage.passes(30_000)
    assert closed == e.ItemClosed(item=item, staff=None)
    assert stage.show.items[item].countdown_until is None
    assert KIND.next_due(stage.show) is None


def test_the_time_given_at_opening_goes_before_the_planned_one() -> None:
    stage = Stage()
    item = stage.adds("A01", pieces=1, countdown_s=30)
    opened = only(stage.opens(item, countdown_s=90), e.ItemOpened)
    assert opened.countdown_until == stage.now + 90_000


def test_a_countdown_is_set_and_taken_away_while_the_item_is_open() -> None:
    stage = Stage()
    item = stage.sells(pieces=1)
    stage.runs("item.countdown", item=item, until=stage.now + 5_000)
    stage.runs("item.countdown", item=item, until=None)
    assert stage.passes(10_000) == []
    with pytest.raises(BadRequest):
        stage.runs("item.countdown", item=item, until=stage.now)
    stage.runs("item.close", item=item)
    with pytest.raises(Conflict):
        stage.runs("item.countdown", item=item, until=stage.now + 5_000)


# The end


def test_at_the_end_items_close_the_line_closes_and_the_rest_goes_back() -> None:
    stage = Stage()
    a, b = stage.sells("A01", pieces=5), stage.sells("B02", pieces=1)
    stage.says(ANNA, "A01+2")
    stage.says(BEN, "B02+2")
    events = stage.runs("show.end")
    assert types(events) == [
        "item.closed",
        "item.closed",
        "wait.left",
        "show.ended",
        "item.allotted",
    ]
    assert only(events, e.WaitLeft).cause == "closed"
    back = only(events, e.ItemAllotted)
    assert (back.item, back.allotment, back.back) == (a, 2, 3)
    assert stage.counts(b) == (1, 1, 0, 0, 0)


def test_holds_live_to_their_deadline_and_then_go_back() -> None:
    stage = Stage()
    item = stage.sells(pieces=2, hold_s=600)
    stage.says(ANNA, "+2")
    stage.runs("show.end")
    assert KIND.next_due(stage.show) == stage.now + 10 * MINUTE
    given_back, allotted = stage.passes(10 * MINUTE)
    assert isinstance(allotted, e.ItemAllotted)
    assert (given_back.TYPE, allotted.back) == ("claim.given_back", 2)
    assert stage.counts(item) == (0, 0, 0, 0, 0)


def test_a_hold_can_be_given_back_after_the_end() -> None:
    stage = Stage()
    item = stage.sells(pieces=2)
    claim = stage.presses(ANNA, item, 2)[0].claim
    stage.runs("show.end")
    events = stage.gives_back(ANNA, claim, 1)
    assert only(events, e.ItemAllotted).back == 1


def test_everything_goes_back_exactly_once() -> None:
    stage = Stage()
    item = stage.sells(pieces=5)
    claims = [stage.presses(by, item)[0].claim for by in (ANNA, BEN, CARA)]
    stage.pays(ANNA, claims[0], order="ord_1")
    stage.places(claims[0], order="ord_1")
    stage.pays(BEN, claims[1], order="ord_2")
    stage.runs("show.end")
    stage.releases(claims[1], order="ord_2", cause="lapsed")
    stage.passes(60 * MINUTE)
    stage.cancels(claims[0], order="ord_1")
    assert sum(one.back for one in every(stage.events, e.ItemAllotted)) == 5
    assert stage.counts(item) == (0, 0, 0, 0, 0)


def test_what_comes_after_the_end_finds_nothing_to_do() -> None:
    stage = Stage()
    item = stage.sells(pieces=1)
    stage.runs("show.end")
    with pytest.raises(Conflict):
        stage.runs("item.open", item=item)
    with pytest.raises(Conflict):
        stage.adds("B02", pieces=1)
    (refused,) = stage.presses(ANNA, item)
    assert refused.reason == "show_not_live"


def test_the_number_of_viewers_is_a_sample_with_its_peak() -> None:
    stage = Stage()
    for count in (10, 300, 40):
        stage.does(c.SYSTEM, c.SampleViewers(count))
    assert (stage.show.totals.viewers, stage.show.totals.viewers_peak) == (40, 300)
    assert [count for _, count in stage.show.samples] == [10, 300, 40]
