"""Who gets what: limit, stock, the waiting list, giving back, deadlines."""

import pytest

from core.errors import BadRequest, Conflict, Forbidden, NotFound
from live import commands as c
from live import events as e
from tests.live.shows import (
    ANNA,
    BEN,
    CARA,
    DAN,
    FAY,
    MINUTE,
    MODERATOR,
    SHOW,
    Stage,
    every,
    only,
    reader,
    types,
    variant,
    viewer,
)


def test_a_claim_is_held_at_the_live_price_until_its_deadline() -> None:
    stage = Stage()
    item = stage.sells(pieces=5, price=28_800, hold_s=600)
    posted, held = stage.says(ANNA, "A01+2")
    comment = len(stage.log) - 1
    assert posted.TYPE == "comment.posted"
    assert held == e.ClaimHeld(
        claim=f"{SHOW}.{comment + 1}",
        by=ANNA.id,
        item=item,
        variant=None,
        quantity=2,
        price=28_800,
        until=stage.now + 10 * MINUTE,
        comment=comment,
    )
    assert stage.counts(item) == (5, 2, 0, 3, 0)


def test_a_new_price_is_for_claims_from_now_on() -> None:
    stage = Stage()
    item = stage.sells(pieces=5, price=28_800)
    stage.says(ANNA, "+1")
    stage.runs("item.change", item=item, price=19_900)
    stage.says(ANNA, "+1")
    assert [claim.price for claim in stage.claims_of(ANNA)] == [28_800, 19_900]


def test_the_button_claims_as_a_comment_does_without_one() -> None:
    stage = Stage()
    item = stage.sells(pieces=5)
    (held,) = stage.presses(ANNA, item, 2)
    assert (held.TYPE, held.quantity, held.comment) == ("claim.held", 2, None)


@pytest.mark.parametrize(
    ("item", "key", "quantity", "code"),
    [
        ("i99", None, 1, "unknown_item"),
        (None, "紫", 1, "unknown_variant"),
        (None, None, 1, "unknown_variant"),
        (None, "紅", 100, "quantity_out_of_range"),
    ],
)
def test_the_button_names_what_there_is(
    item: str | None, key: str | None, quantity: int, code: str
) -> None:
    stage = Stage()
    sold = stage.sells("A01", variant("紅", 5))
    with pytest.raises(BadRequest) as refused:
        stage.presses(ANNA, item or sold, quantity, key=key)
    assert refused.value.error_code == code


def test_a_claim_is_filled_up_to_the_limit_and_the_rest_is_told() -> None:
    stage = Stage()
    stage.sells(pieces=9, limit=3)
    _, refused, held = stage.says(ANNA, "+5")
    assert (refused.reason, refused.quantity) == ("limit_reached", 2)
    assert held.quantity == 3


def test_what_waits_counts_toward_the_limit() -> None:
    stage = Stage()
    stage.sells(pieces=1, limit=3)
    stage.says(ANNA, "+3")
    _, refused = stage.says(ANNA, "+1")
    assert refused.reason == "limit_reached"


def test_what_is_in_payment_or_bought_counts_toward_the_limit() -> None:
    stage = Stage()
    item = stage.sells(pieces=9, limit=2)
    first, second = (stage.presses(ANNA, item)[0].claim for _ in range(2))
    stage.pays(ANNA, first, second)
    stage.places(first)
    (refused,) = stage.presses(ANNA, item)
    assert refused.reason == "limit_reached"


def test_what_is_given_back_may_be_claimed_again() -> None:
    stage = Stage()
    item = stage.sells(pieces=9, limit=2)
    stage.says(ANNA, "+2")
    stage.says(ANNA, "-1")
    assert only(stage.presses(ANNA, item), e.ClaimHeld).quantity == 1


def test_the_limit_counts_what_she_took_under_every_id_of_hers() -> None:
    stage = Stage()
    stage.sells(pieces=9, limit=2)
    stage.says(CARA, "+2")
    erin = viewer("Erin", CARA)
    _, refused = stage.says(erin, "+1")
    assert refused.reason == "limit_reached"


def test_two_people_who_become_one_keep_what_they_have_and_are_granted_no_more() -> None:
    stage = Stage()
    item = stage.sells(pieces=9, limit=2)
    stage.says(CARA, "+2")
    stage.says(BEN, "+2")
    stage.merges(CARA, BEN)
    assert stage.held_by(BEN) == 4
    (refused,) = stage.presses(BEN, item)
    assert refused.reason == "limit_reached"


def test_a_socket_still_open_under_the_old_id_acts_as_the_one_that_stays() -> None:
    stage = Stage()
    item = stage.sells(pieces=9, limit=2)
    stage.says(CARA, "+1")
    stage.merges(CARA, BEN)
    stage.says(BEN, "+1")
    (refused,) = stage.presses(CARA, item)
    assert (refused.reason, refused.by) == ("limit_reached", BEN.id)
    assert stage.gives_back(CARA, stage.claims_of(BEN)[0].id)


@pytest.mark.parametrize("typed", ["A01+2", "候補A01+2", None])
def test_what_is_for_verified_customers_is_refused_to_guests_whole(typed: str | None) -> None:
    stage = Stage()
    item = stage.sells(pieces=9, verified_only=True)
    events = stage.says(FAY, typed) if typed else stage.presses(FAY, item, 2)
    refused = only(events, e.ClaimRefused)
    assert (refused.reason, refused.quantity) == ("contact_needed", 2)
    assert stage.counts(item)[1:3] == (0, 0)
    assert only(stage.presses(ANNA, item, 2), e.ClaimHeld).by == ANNA.id


def test_a_guest_keeps_what_she_had_before_an_item_became_one_for_verified_customers() -> None:
    stage = Stage()
    item = stage.sells(pieces=1)
    stage.presses(FAY, item, 2)
    stage.runs("item.change", item=item, verified_only=True)
    stage.fills(item, {None: 2})
    assert stage.held_by(FAY) == 2
    assert types(stage.says(FAY, "A01-1")) == ["comment.posted", "claim.given_back"]
    assert only(stage.presses(FAY, item), e.ClaimRefused).reason == "contact_needed"
    stage.runs("item.change", item=item, verified_only=False)
    assert stage.presses(FAY, item)


def test_what_stock_does_not_cover_waits_first_come_first_served() -> None:
    stage = Stage()
    item = stage.sells(pieces=3)
    _, held, waiting = stage.says(ANNA, "+5")
    assert (held.quantity, waiting.quantity, waiting.place) == (3, 2, 1)
    _, behind = stage.says(BEN, "+1")
    assert (behind.TYPE, behind.place) == ("claim.waiting", 2)
    assert stage.line(item) == [("Anna", 2), ("Ben", 1)]


def test_without_a_waiting_list_the_rest_is_sold_out() -> None:
    stage = Stage()
    stage.sells(pieces=3, waiting_list=False)
    _, refused, held = stage.says(ANNA, "+5")
    assert (refused.reason, refused.quantity, held.quantity) == ("sold_out", 2, 3)


def test_over_the_limit_and_out_of_stock_are_told_apart() -> None:
    stage = Stage()
    stage.sells(pieces=1, limit=3, waiting_list=False)
    refused = every(stage.says(ANNA, "+5"), e.ClaimRefused)
    told = [(one.reason, one.quantity) for one in refused]
    assert told == [("limit_reached", 2), ("sold_out", 2)]


def test_what_is_cancelled_goes_to_the_first_who_waits_at_the_price_of_now() -> None:
    stage = Stage()
    item = stage.sells(pieces=2)
    stage.says(ANNA, "+2")
    stage.says(BEN, "+1")
    stage.says(CARA, "+1")
    stage.runs("item.change", item=item, price=10_000)
    stage.now += MINUTE
    _, given_back, held = stage.says(ANNA, "A01-1")
    assert (given_back.cause, given_back.remaining) == ("cancelled", 1)
    assert (held.by, held.quantity, held.wait_left, held.price) == (BEN.id, 1, 0, 10_000)
    assert held.until == stage.now + 30 * MINUTE
    assert stage.line(item) == [("Cara", 1)]


def test_the_first_in_line_is_served_in_part_and_keeps_waiting_for_the_rest() -> None:
    stage = Stage()
    item = stage.sells(pieces=2)
    stage.says(ANNA, "+2")
    stage.says(BEN, "+3")
    stage.says(CARA, "+1")
    stage.says(ANNA, "取消")
    assert stage.held_by(BEN) == 2
    assert stage.line(item) == [("Ben", 1), ("Cara", 1)]


def test_while_anyone_waits_a_new_claim_goes_behind() -> None:
    stage = Stage()
    item = stage.sells(pieces=2)
    stage.says(ANNA, "+2")
    stage.says(BEN, "+3")
    stage.says(ANNA, "A01-1")
    _, waiting = stage.says(DAN, "+1")
    assert waiting.TYPE == "claim.waiting"
    assert stage.line(item) == [("Ben", 2), ("Dan", 1)]


def test_an_expired_hold_goes_to_the_first_who_waits() -> None:
    stage = Stage()
    item = stage.sells(pieces=1, hold_s=60)
    stage.says(ANNA, "+1")
    stage.says(BEN, "+1")
    assert stage.passes(59_999) == []
    given_back, held = stage.passes(1)
    assert isinstance(given_back, e.ClaimGivenBack)
    assert (given_back.by, given_back.cause) == (ANNA.id, "expired")
    assert isinstance(held, e.ClaimHeld)
    assert (held.by, held.until) == (BEN.id, stage.now + MINUTE)
    assert stage.counts(item) == (1, 1, 0, 0, 0)
    assert stage.show.totals.expired == 1


def test_holds_expire_in_the_order_in_which_they_were_granted() -> None:
    stage = Stage()
    stage.sells(pieces=20, hold_s=60)
    for n in range(12):
        stage.says(ANNA if n % 2 else BEN, "+1")
    gone = every(stage.passes(MINUTE), e.ClaimGivenBack)
    offsets = [int(one.claim.rpartition(".")[2]) for one in gone]
    assert len(offsets) == 12
    assert offsets == sorted(offsets)


def test_what_is_due_happens_before_the_next_command() -> None:
    stage = Stage()
    stage.sells(pieces=1, hold_s=60)
    stage.says(ANNA, "+1")
    stage.now += MINUTE
    _, held = stage.says(BEN, "+1")
    assert held.TYPE == "claim.held"


def test_a_second_worker_finds_nothing_due() -> None:
    stage = Stage()
    stage.sells(pieces=1, hold_s=60)
    stage.says(ANNA, "+1")
    assert stage.passes(MINUTE)
    assert stage.passes(0) == []


def test_waiting_on_purpose_joins_the_list_behind_those_who_wait() -> None:
    stage = Stage()
    item = stage.sells(pieces=1)
    stage.says(ANNA, "+2")
    _, waiting = stage.says(BEN, "候補A01+1")
    assert (waiting.TYPE, waiting.place) == ("claim.waiting", 2)
    assert stage.line(item) == [("Anna", 1), ("Ben", 1)]


def test_waiting_on_purpose_is_served_at_once_where_a_piece_is_free() -> None:
    stage = Stage()
    item = stage.sells(pieces=1)
    waiting, held = stage.presses(ANNA, item, 2, wait=True)
    assert (waiting.TYPE, waiting.quantity) == ("claim.waiting", 2)
    assert (held.wait, held.quantity, held.wait_left) == (waiting.wait, 1, 1)


def test_where_there_is_no_list_waiting_on_purpose_is_a_claim() -> None:
    stage = Stage()
    item = stage.sells(pieces=1, waiting_list=False)
    refused, held = stage.presses(ANNA, item, 2, wait=True)
    assert (refused.reason, refused.quantity) == ("sold_out", 1)
    assert held.TYPE == "claim.held"


def test_variants_have_their_own_stock_and_line() -> None:
    stage = Stage()
    item = stage.sells("A01", variant("紅", 1), variant("白", 1))
    stage.says(ANNA, "紅+2")
    _, held = stage.says(BEN, "白+1")
    assert (held.TYPE, held.variant) == ("claim.held", "白")
    assert stage.line(item, "紅") == [("Anna", 1)]
    assert stage.line(item, "白") == []


def test_a_limit_is_for_all_variants_of_an_item_together() -> None:
    stage = Stage()
    stage.sells("A01", variant("紅", 5), variant("白", 5), limit=3)
    events = stage.says(ANNA, "紅+2 白+2")
    assert [one.quantity for one in every(events, e.ClaimHeld)] == [2, 1]
    assert only(events, e.ClaimRefused).reason == "limit_reached"


def test_several_claims_of_one_comment_are_decided_in_their_order() -> None:
    stage = Stage()
    a, b = stage.sells("A01", pieces=1), stage.sells("B02", pieces=1)
    events = stage.says(ANNA, "B02+1 A01+1 B02+1")
    assert types(events) == ["comment.posted", "claim.held", "claim.held", "claim.waiting"]
    assert [one.item for one in events[1:]] == [b, a, b]


def test_before_the_show_is_live_nothing_can_be_claimed() -> None:
    stage = Stage(live=False)
    item = stage.adds("A01", pieces=1)
    stage.runs("show.change", starts_at=stage.now + MINUTE)
    (refused,) = stage.presses(ANNA, item)
    assert refused.reason == "show_not_live"


def test_a_draft_is_nothing_to_viewers() -> None:
    stage = Stage(live=False)
    with pytest.raises(NotFound):
        stage.says(ANNA, "hello")


def test_a_closed_item_can_be_claimed_no_more() -> None:
    stage = Stage()
    item = stage.sells(pieces=1)
    stage.runs("item.close", item=item)
    (refused,) = stage.presses(ANNA, item)
    assert refused.reason == "item_closed"


def test_whoever_is_blocked_is_refused() -> None:
    stage = Stage()
    item = stage.sells(pieces=1)
    stage.moderates("person.block", person=ANNA.id)
    (refused,) = stage.presses(ANNA, item)
    assert refused.reason == "not_allowed"
    with pytest.raises(Forbidden):
        stage.says(ANNA, "A01+1")


def test_a_block_holds_under_every_id_of_hers() -> None:
    stage = Stage()
    item = stage.sells(pieces=1)
    stage.moderates("person.block", person=CARA.id)
    (refused,) = stage.presses(viewer("Erin", CARA), item)
    assert refused.reason == "not_allowed"


def test_a_refusal_is_told_to_its_writer_alone() -> None:
    stage = Stage()
    item = stage.sells(pieces=1)
    stage.runs("item.close", item=item)
    stage.presses(ANNA, item)
    assert stage.log[-1].audience == ANNA.id


# Giving back


def test_a_cancel_gives_back_all_of_hers_and_only_hers() -> None:
    stage = Stage()
    item = stage.sells(pieces=9)
    stage.says(ANNA, "+2")
    stage.says(ANNA, "+1")
    stage.says(BEN, "+1")
    given_back = every(stage.says(ANNA, "A01取消"), e.ClaimGivenBack)
    assert sum(one.quantity for one in given_back) == 3
    assert stage.counts(item) == (9, 1, 0, 8, 0)


def test_one_fewer_comes_off_the_newest_claim() -> None:
    stage = Stage()
    stage.sells(pieces=9)
    stage.says(ANNA, "+2")
    stage.says(ANNA, "+2")
    first, second = stage.claims_of(ANNA)
    one, other = every(stage.says(ANNA, "A01-3"), e.ClaimGivenBack)
    assert (one.claim, one.quantity, one.remaining) == (second.id, 2, 0)
    assert (other.claim, other.quantity, other.remaining) == (first.id, 1, 1)


def test_what_she_waits_for_goes_before_what_she_holds() -> None:
    stage = Stage()
    item = stage.sells(pieces=1)
    stage.says(ANNA, "+2")
    left = only(stage.says(ANNA, "A01-1"), e.WaitLeft)
    assert (left.remaining, left.cause) == (0, "cancelled")
    assert stage.counts(item) == (1, 1, 0, 0, 0)


def test_one_fewer_of_an_item_with_variants_asks_which() -> None:
    stage = Stage()
    item = stage.sells("A01", variant("紅", 5), variant("白", 5))
    stage.says(ANNA, "紅+2 白+2")
    (rejected,) = only(stage.says(ANNA, "A01-1"), e.CommentUnread).rejections
    assert rejected.reason == "needs_variant"
    assert [near.variant for near in rejected.nearest] == ["紅", "白"]
    assert stage.held_by(ANNA) == 4
    assert stage.counts(item, "紅")[1] == 2


def test_a_cancel_of_an_item_gives_back_every_variant() -> None:
    stage = Stage()
    item = stage.sells("A01", variant("紅", 5), variant("白", 5))
    stage.says(ANNA, "紅+2 白+1")
    stage.says(ANNA, "A01取消")
    assert stage.counts(item, "紅")[1] == stage.counts(item, "白")[1] == 0


def test_a_cancel_of_a_variant_leaves_the_others() -> None:
    stage = Stage()
    item = stage.sells("A01", variant("紅", 5), variant("白", 5))
    stage.says(ANNA, "紅+2 白+1")
    stage.says(ANNA, "A01紅取消")
    assert stage.counts(item, "紅")[1] == 0
    assert stage.counts(item, "白")[1] == 1


def test_a_closed_item_can_still_be_given_back() -> None:
    stage = Stage()
    item = stage.sells(pieces=2)
    stage.says(ANNA, "+1")
    stage.runs("item.close", item=item)
    stage.says(ANNA, "A01取消")
    assert stage.counts(item) == (2, 0, 0, 2, 0)


def test_who_has_nothing_is_told_that_there_is_nothing_to_give_back() -> None:
    stage = Stage()
    stage.sells(pieces=2)
    _, refused = stage.says(ANNA, "A01取消")
    assert refused.reason == "nothing_to_give_back"


def test_what_is_in_payment_stays_and_she_is_told() -> None:
    stage = Stage()
    item = stage.sells(pieces=5)
    paying = stage.presses(ANNA, item, 2)[0].claim
    stage.presses(ANNA, item, 1)
    stage.pays(ANNA, paying)
    _, given_back, refused = stage.says(ANNA, "A01取消")
    assert given_back.quantity == 1
    assert refused.reason == "in_payment"
    assert stage.counts(item) == (5, 2, 0, 3, 0)


def test_a_claim_is_given_back_by_button_in_whole_or_in_part() -> None:
    stage = Stage()
    item = stage.sells(pieces=5)
    claim = stage.presses(ANNA, item, 3)[0].claim
    (part,) = stage.gives_back(ANNA, claim, 1)
    assert (part.quantity, part.remaining) == (1, 2)
    (rest,) = stage.gives_back(ANNA, claim)
    assert (rest.quantity, rest.remaining) == (2, 0)


def test_more_than_she_has_gives_back_what_she_has() -> None:
    stage = Stage()
    item = stage.sells(pieces=5)
    claim = stage.presses(ANNA, item, 3)[0].claim
    assert stage.gives_back(ANNA, claim, 9)[0].quantity == 3


def test_a_place_in_line_is_left_by_button() -> None:
    stage = Stage()
    item = stage.sells(pieces=1)
    stage.presses(BEN, item)
    wait = stage.presses(ANNA, item, 2)[0].wait
    stage.presses(CARA, item)
    assert stage.gives_back(ANNA, wait, 1)[0].remaining == 1
    stage.gives_back(ANNA, wait)
    assert stage.line(item) == [("Cara", 1)]


def test_nobody_gives_back_what_is_anothers() -> None:
    stage = Stage()
    item = stage.sells(pieces=1)
    claim = stage.presses(ANNA, item)[0].claim
    wait = stage.presses(ANNA, item)[0].wait
    for one in (claim, wait, f"{SHOW}.9999"):
        with pytest.raises(NotFound):
            stage.gives_back(BEN, one)


def test_what_is_paid_for_or_bought_is_not_given_back_by_button() -> None:
    stage = Stage()
    item = stage.sells(pieces=1)
    claim = stage.presses(ANNA, item)[0].claim
    stage.pays(ANNA, claim)
    with pytest.raises(Conflict, match="payment"):
        stage.gives_back(ANNA, claim)
    stage.places(claim)
    with pytest.raises(Conflict, match="order"):
        stage.gives_back(ANNA, claim)


def test_a_request_to_give_back_names_one_thing() -> None:
    with pytest.raises(BadRequest):
        Stage().does(ANNA, c.GiveBack())


# Shows in which a second claim replaces the first


def test_where_claims_replace_each_other_the_last_number_counts() -> None:
    stage = Stage(repeat="replace")
    item = stage.sells(pieces=9)
    stage.says(ANNA, "A01+2")
    assert only(stage.says(ANNA, "A01+5"), e.ClaimHeld).quantity == 3
    given_back = every(stage.says(ANNA, "A01+1"), e.ClaimGivenBack)
    assert [one.quantity for one in given_back] == [3, 1]
    assert stage.counts(item)[1] == 1
    assert types(stage.says(ANNA, "A01+1")) == ["comment.posted"]


# By hand


def test_staff_claim_for_a_viewer_on_record() -> None:
    stage = Stage()
    item = stage.sells(pieces=3)
    stage.says(ANNA, "哈囉")
    (held,) = stage.moderates("claim.add", person=ANNA.id, item=item, quantity=2)
    assert (held.by, held.quantity, held.staff) == (ANNA.id, 2, MODERATOR.id)
    assert stage.claims_of(ANNA)[0].name == "Anna"


def test_staff_claim_from_an_item_that_has_closed_but_not_before_it_was_open() -> None:
    stage = Stage()
    item = stage.adds("A01", pieces=3)
    stage.says(ANNA, "哈囉")
    with pytest.raises(Conflict) as refused:
        stage.moderates("claim.add", person=ANNA.id, item=item, quantity=1)
    assert refused.value.error_code == "item_closed"
    stage.opens(item)
    stage.runs("item.close", item=item)
    assert stage.moderates("claim.add", person=ANNA.id, item=item, quantity=1)


def test_what_staff_cannot_have_is_refused_to_them_and_not_to_the_viewer() -> None:
    stage = Stage()
    item = stage.sells(pieces=3, limit=1)
    stage.says(ANNA, "+1")
    with pytest.raises(Conflict) as refused:
        stage.moderates("claim.add", person=ANNA.id, item=item, quantity=1)
    assert refused.value.error_code == "limit_reached"
    assert types(stage.events).count("claim.refused") == 0


def test_staff_answer_for_a_guest_whose_address_is_not_known() -> None:
    stage = Stage()
    item = stage.sells(pieces=3, verified_only=True)
    stage.says(FAY, "哈囉")
    (held,) = stage.moderates("claim.add", person=FAY.id, item=item, quantity=1)
    (more,) = stage.moderates("claim.change", claim=held.claim, quantity=2)
    assert (held.quantity, more.quantity) == (1, 1)


def test_what_staff_got_only_in_part_is_told_to_them_and_not_to_the_viewer() -> None:
    stage = Stage()
    item = stage.sells(pieces=9, limit=3)
    claim = stage.presses(ANNA, item)[0].claim
    refused, held = stage.moderates("claim.add", person=ANNA.id, item=item, quantity=4)
    assert (held.quantity, refused.quantity, refused.reason) == (2, 2, "limit_reached")
    assert refused.staff == MODERATOR.id
    assert stage.sees(reader(ANNA))["mine"]["refusals"] == []
    assert stage.told(reader(ANNA), 0)[-1]["type"] == "claim.held"
    line = stage.sees(reader(MODERATOR))["staff"]["claims"][-2]
    assert (line["kind"], line["name"], line["quantity"]) == ("refused", "Anna", 2)

    stage.runs("item.change", item=item, limit=5)
    refused, held = stage.moderates("claim.change", claim=claim, quantity=9)
    assert (held.quantity, refused.quantity) == (2, 6)


def test_staff_claim_only_for_people_who_are_known_in_the_show() -> None:
    stage = Stage()
    item = stage.sells(pieces=3)
    with pytest.raises(NotFound) as refused:
        stage.moderates("claim.add", person=ANNA.id, item=item, quantity=1)
    assert refused.value.error_code == "unknown_person"


def test_staff_change_a_claim_both_ways() -> None:
    stage = Stage()
    item = stage.sells(pieces=3)
    claim = stage.presses(ANNA, item, 2)[0].claim
    stage.presses(BEN, item, 2)
    given_back, promoted = stage.moderates("claim.change", claim=claim, quantity=1)
    assert (given_back.cause, given_back.staff) == ("staff", MODERATOR.id)
    assert promoted.by == BEN.id
    (more,) = stage.moderates("claim.change", claim=claim, quantity=3)
    assert (more.TYPE, more.quantity, more.staff) == ("claim.waiting", 2, MODERATOR.id)


def test_staff_cancel_a_claim_and_a_place_in_line() -> None:
    stage = Stage()
    item = stage.sells(pieces=1)
    claim = stage.presses(ANNA, item)[0].claim
    wait = stage.presses(BEN, item)[0].wait
    (left,) = stage.moderates("wait.cancel", wait=wait)
    assert (left.cause, left.staff) == ("staff", MODERATOR.id)
    (given_back,) = stage.moderates("claim.cancel", claim=claim)
    assert (given_back.cause, given_back.staff) == ("staff", MODERATOR.id)
    assert stage.counts(item) == (1, 0, 0, 1, 0)


def test_staff_do_not_touch_what_is_being_paid_for() -> None:
    stage = Stage()
    item = stage.sells(pieces=1)
    claim = stage.presses(ANNA, item)[0].claim
    stage.pays(ANNA, claim)
    for type_, fields in (("claim.cancel", {}), ("claim.change", {"quantity": 1})):
        with pytest.raises(Conflict):
            stage.moderates(type_, claim=claim, **fields)
