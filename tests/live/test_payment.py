"""Claims on their way to an order."""

from typing import Any

import pytest

from commerce_bridge.rooms import ClaimExpired, ClaimInPayment
from live import events as e
from live.payment import SECOND_CHANCE_MS
from tests.live.shows import ANNA, BEN, CARA, MINUTE, Stage, only, types, viewer


def _claimed(stage: Stage, quantity: int = 1, **of: Any) -> tuple[str, str]:
    item = stage.sells(pieces=5, **of)
    return item, stage.presses(ANNA, item, quantity)[0].claim


def test_a_claim_in_payment_does_not_expire() -> None:
    stage = Stage()
    item, claim = _claimed(stage, hold_s=60)
    (paying,) = stage.pays(ANNA, claim)
    assert paying == e.ClaimPaying(
        by=ANNA.id, claim=claim, order="ord_1", until=stage.now + 15 * MINUTE
    )
    assert stage.log[-1].audience == ANNA.id
    assert stage.passes(24 * 60 * MINUTE) == []
    assert stage.counts(item) == (5, 1, 0, 4, 0)


def test_payment_begins_for_all_claims_or_for_none() -> None:
    stage = Stage()
    item, claim = _claimed(stage)
    other = stage.presses(BEN, item)[0].claim
    with pytest.raises(ClaimExpired) as refused:
        stage.pays(ANNA, claim, other)
    assert refused.value.data["claims"] == [other]
    assert stage.show.claims[claim].state == "held"


def test_an_expired_claim_is_named() -> None:
    stage = Stage()
    _, claim = _claimed(stage, hold_s=60)
    stage.now += MINUTE
    with pytest.raises(ClaimExpired) as refused:
        stage.pays(ANNA, claim)
    assert refused.value.data["claims"] == [claim]


def test_two_orders_do_not_pay_for_one_claim() -> None:
    stage = Stage()
    _, claim = _claimed(stage)
    stage.pays(ANNA, claim, order="ord_1")
    with pytest.raises(ClaimInPayment) as refused:
        stage.pays(ANNA, claim, order="ord_2")
    assert refused.value.data["claims"] == [claim]


def test_begun_twice_for_one_order_it_is_begun_once() -> None:
    stage = Stage()
    _, claim = _claimed(stage)
    stage.pays(ANNA, claim)
    assert stage.pays(ANNA, claim) == []
    stage.places(claim)
    assert stage.pays(ANNA, claim) == []


def test_what_another_order_bought_is_gone() -> None:
    stage = Stage()
    _, claim = _claimed(stage)
    stage.pays(ANNA, claim)
    stage.places(claim)
    with pytest.raises(ClaimExpired):
        stage.pays(ANNA, claim, order="ord_2")


def test_she_pays_for_what_she_claimed_as_a_guest() -> None:
    stage = Stage()
    item = stage.sells(pieces=1)
    claim = stage.presses(CARA, item)[0].claim
    assert types(stage.pays(viewer("Erin", CARA), claim)) == ["claim.paying"]


def test_a_placed_order_makes_its_claims_sold_once() -> None:
    stage = Stage()
    item, claim = _claimed(stage, 2)
    stage.pays(ANNA, claim)
    (sold,) = stage.places(claim)
    assert (sold.quantity, sold.price) == (2, 28_800)
    assert stage.counts(item) == (5, 0, 2, 3, 0)
    assert stage.places(claim) == []
    assert stage.show.totals.sold_minor == 57_600


def test_an_order_that_the_room_never_heard_of_changes_nothing() -> None:
    stage = Stage()
    _, claim = _claimed(stage)
    assert stage.places(claim, "shw_x.1") == []
    assert stage.releases(claim, "shw_x.1") == []
    assert stage.cancels(claim, "shw_x.1") == []


def test_after_a_failed_payment_the_hold_goes_on_to_its_deadline() -> None:
    stage = Stage()
    _, claim = _claimed(stage, hold_s=3_600)
    until = stage.show.claims[claim].until
    stage.pays(ANNA, claim)
    stage.now += MINUTE
    (released,) = stage.releases(claim)
    assert released.until == until
    assert stage.show.claims[claim].order is None


def test_a_first_failed_payment_leaves_time_for_a_second() -> None:
    stage = Stage()
    _, claim = _claimed(stage, hold_s=60)
    stage.pays(ANNA, claim)
    stage.now += 10 * MINUTE
    (released,) = stage.releases(claim)
    assert released.until == stage.now + SECOND_CHANCE_MS
    assert stage.passes(SECOND_CHANCE_MS - 1) == []
    assert types(stage.passes(1)) == ["claim.given_back"]


def test_the_time_for_a_second_payment_is_not_lost_when_it_fails_early() -> None:
    stage = Stage()
    _, claim = _claimed(stage, hold_s=60)
    stage.pays(ANNA, claim)
    stage.now += 10 * MINUTE
    extended = stage.releases(claim)[0].until
    stage.pays(ANNA, claim, order="ord_2")
    stage.now += MINUTE
    assert stage.releases(claim, order="ord_2")[0].until == extended


def test_payments_that_fail_do_not_prolong_a_hold_for_ever() -> None:
    stage = Stage()
    _, claim = _claimed(stage, hold_s=60)
    stage.pays(ANNA, claim, order="ord_1")
    stage.releases(claim, order="ord_1")
    stage.pays(ANNA, claim, order="ord_2")
    stage.now += 10 * MINUTE
    (released,) = stage.releases(claim, order="ord_2")
    assert released.until == stage.now
    assert types(stage.passes(0)) == ["claim.given_back"]


def test_a_payment_that_lapsed_frees_its_claims_for_those_who_wait() -> None:
    stage = Stage()
    item = stage.sells(pieces=1)
    claim = stage.presses(ANNA, item)[0].claim
    stage.presses(BEN, item)
    stage.pays(ANNA, claim)
    given_back, held = stage.releases(claim, cause="lapsed")
    assert (given_back.cause, given_back.sold, held.by) == ("lapsed", False, BEN.id)


def test_an_unpaid_transfer_lapses_out_of_what_was_sold() -> None:
    stage = Stage()
    item, claim = _claimed(stage)
    stage.pays(ANNA, claim)
    stage.places(claim)
    (given_back,) = stage.releases(claim, cause="lapsed")
    assert given_back.sold
    assert stage.counts(item) == (5, 0, 0, 5, 0)
    assert stage.show.totals.sold == stage.show.totals.sold_minor == 0


def test_a_cancelled_order_gives_to_those_who_wait() -> None:
    stage = Stage()
    item = stage.sells(pieces=1)
    claim = stage.presses(ANNA, item)[0].claim
    stage.presses(BEN, item)
    stage.pays(ANNA, claim)
    stage.places(claim)
    given_back, held = stage.cancels(claim)
    assert (given_back.cause, given_back.sold) == ("order_cancelled", True)
    assert held.by == BEN.id
    assert stage.cancels(claim) == []


def test_a_claim_that_is_bought_counts_as_sold_at_its_own_price() -> None:
    stage = Stage()
    item, claim = _claimed(stage)
    stage.runs("item.change", item=item, price=10_000)
    stage.pays(ANNA, claim)
    assert only(stage.places(claim), e.ClaimSold).price == 28_800


def test_two_people_become_one_once() -> None:
    stage = Stage()
    item = stage.sells(pieces=5)
    stage.presses(CARA, item)
    (merged,) = stage.merges(CARA, ANNA)
    assert (merged.from_, merged.to) == (CARA.id, ANNA.id)
    assert stage.merges(CARA, ANNA) == []
    assert stage.merges(ANNA, CARA) == []
    assert [claim.by for claim in stage.claims_of(ANNA)] == [ANNA.id]


def test_a_chain_of_merges_ends_at_the_last() -> None:
    stage = Stage()
    item = stage.sells(pieces=5)
    stage.presses(CARA, item)
    stage.merges(CARA, BEN)
    stage.merges(BEN, ANNA)
    assert stage.show.known_as(CARA.id) == ANNA.id
    assert stage.held_by(ANNA) == 1


def test_who_signs_in_keeps_her_place_in_line() -> None:
    stage = Stage()
    item = stage.sells(pieces=1)
    stage.presses(ANNA, item)
    stage.presses(CARA, item)
    stage.presses(BEN, item)
    erin = viewer("Erin", CARA)
    stage.merges(CARA, erin)
    assert [wait.by for wait in stage.waits_of(erin)] == [erin.id]
    assert stage.line(item) == [("Cara", 1), ("Ben", 1)]
