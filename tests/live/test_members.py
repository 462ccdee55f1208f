"""What is for members of a tier: items for ever or at first, whole shows, and who is let in."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from core.errors import BadRequest, Forbidden, NotFound
from core.rooms.kind import Command
from live import commands as c
from live import events as e
from tests.live.shows import (
    ANNA,
    BEN,
    CARA,
    FAY,
    HOST,
    MINUTE,
    NO_CONNECTION,
    Stage,
    only,
    reader,
    types,
    viewer,
)

run: TypeAdapter[Any] = TypeAdapter(c.Run)


def stage(**ranks: int) -> Stage:
    """A live show; Anna has gold, Ben silver, Cara nothing."""
    made = Stage()
    made.club.ranks = {ANNA.id: 2, BEN.id: 1} | ranks
    return made


def refused(events: list[Any]) -> tuple[str, str | None]:
    one = only(events, e.ClaimRefused)
    return one.reason, one.tier


@pytest.mark.parametrize(
    ("tier", "who", "gets"),
    [
        ("silver", ANNA, True),
        ("silver", BEN, True),
        ("silver", CARA, False),
        ("silver", FAY, False),
        ("gold", ANNA, True),
        ("gold", BEN, False),
    ],
)
@pytest.mark.parametrize("typed", ["A01+1", None])
def test_an_item_for_members_goes_to_those_of_its_tier_and_above(
    tier: str, who: c.Actor, gets: bool, typed: str | None
) -> None:
    show = stage()
    item = show.sells(pieces=9, tier=tier)
    events = show.says(who, typed) if typed else show.presses(who, item)
    if gets:
        assert only(events, e.ClaimHeld).by == who.id
    else:
        assert refused(events) == ("not_allowed", {"silver": "銀卡", "gold": "金卡"}[tier])
        assert show.counts(item)[1:3] == (0, 0)


def test_who_is_not_let_in_cannot_wait_for_it_either() -> None:
    show = stage()
    item = show.sells(pieces=1, tier="silver")
    show.presses(ANNA, item)
    assert refused(show.presses(CARA, item, wait=True)) == ("not_allowed", "銀卡")
    assert show.line(item) == []


def test_early_access_ends_by_itself_to_the_millisecond() -> None:
    show = stage()
    item = show.sells(pieces=9, tier="silver", early_s=60)
    assert refused(show.presses(CARA, item)) == ("not_allowed", "銀卡")
    assert only(show.presses(BEN, item), e.ClaimHeld).quantity == 1
    show.now += MINUTE - 1
    assert refused(show.says(CARA, "+1")) == ("not_allowed", "銀卡")
    show.now += 1
    assert only(show.says(CARA, "+1"), e.ClaimHeld).by == CARA.id


def test_an_item_that_is_opened_again_is_the_members_again_at_first() -> None:
    show = stage()
    item = show.sells(pieces=9, tier="silver", early_s=60)
    show.passes(MINUTE)
    assert only(show.presses(CARA, item), e.ClaimHeld).quantity == 1
    show.runs("item.close", item=item)
    show.runs("item.open", item=item)
    assert refused(show.presses(CARA, item)) == ("not_allowed", "銀卡")


def test_who_waited_before_an_item_became_the_members_is_served() -> None:
    show = stage()
    item = show.sells(pieces=1)
    claim = only(show.presses(ANNA, item), e.ClaimHeld).claim
    show.presses(CARA, item)
    show.runs("item.change", item=item, tier="gold")
    events = show.gives_back(ANNA, claim)
    assert only(events, e.ClaimHeld).by == CARA.id


def test_a_blocked_member_is_refused_without_a_tier_being_named() -> None:
    show = stage()
    item = show.sells(pieces=1, tier="silver")
    show.moderates("person.block", person=CARA.id)
    assert refused(show.presses(CARA, item)) == ("not_allowed", None)


def test_moderators_may_claim_for_who_is_no_member() -> None:
    show = stage()
    item = show.sells(pieces=3, tier="gold")
    show.says(CARA, "可以買嗎")
    (held,) = show.moderates("claim.add", person=CARA.id, item=item, quantity=1)
    assert held.TYPE == "claim.held"


def test_the_refusal_stays_with_who_was_refused() -> None:
    show = stage()
    item = show.sells(pieces=3, tier="gold")
    show.presses(BEN, item)
    (told,) = show.sees(reader(BEN))["mine"]["refusals"]
    assert (told["reason"], told["tier"]) == ("not_allowed", "金卡")
    assert show.sees(reader(CARA))["mine"]["refusals"] == []


# What the host may say


def test_an_item_is_given_to_members_and_back_to_all() -> None:
    show = stage()
    item = show.sells(pieces=3)
    changed = only(show.runs("item.change", item=item, tier="gold", early_s=30), e.ItemChanged)
    assert (changed.tier, changed.tier_name, changed.early_s) == ("gold", "金卡", 30)
    assert set(changed.changed) == {"tier", "tier_name", "early_s"}
    for_ever = only(show.runs("item.change", item=item, early_s=None), e.ItemChanged)
    assert for_ever.changed == ("early_s",)
    show.runs("item.change", item=item, early_s=30)
    show.runs("item.change", item=item, tier=None)
    now = show.show.items[item]
    assert (now.tier, now.tier_name, now.early_s) == (None, None, None)


def test_early_access_needs_a_tier_and_a_tier_has_to_be_one() -> None:
    show = stage()
    item = show.sells(pieces=3)
    with pytest.raises(BadRequest) as early:
        show.runs("item.change", item=item, early_s=30)
    assert early.value.error_code == "tier_needed"
    acts: list[Callable[[], Any]] = [
        lambda: show.runs("item.change", item=item, tier="platinum"),
        lambda: show.adds("B02", pieces=1, tier="platinum"),
        lambda: show.runs("show.change", tier="platinum"),
    ]
    for act in acts:
        with pytest.raises(NotFound) as unknown:
            act()
        assert unknown.value.error_code == "unknown_tier"
    with pytest.raises(BadRequest):
        show.adds("B02", pieces=1, early_s=30)


@pytest.mark.parametrize(
    "wrong",
    [
        {"tier": "Gold"},
        {"tier": "g" * 21},
        {"tier": ""},
        {"tier": 1},
        {"early_s": 0},
        {"early_s": 3_601},
        {"early_s": "30"},
    ],
)
def test_what_makes_no_sense_is_refused_before_it_gets_to_the_show(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        run.validate_python({"type": "item.change", "item": "i1", **wrong})


# A show for members


def test_in_a_members_show_nobody_else_speaks_or_claims() -> None:
    show = stage()
    item = show.sells(pieces=3)
    held = only(show.presses(CARA, item), e.ClaimHeld).claim
    show.runs("show.change", tier="silver")
    before = len(show.log)
    acts: list[Callable[[], Any]] = [
        lambda: show.says(CARA, "晚安"),
        lambda: show.presses(CARA, item),
    ]
    for act in acts:
        with pytest.raises(Forbidden) as error:
            act()
        assert error.value.error_code == "not_allowed"
        assert error.value.data["tier"] == {"key": "silver", "name": "銀卡"}
        assert error.value.data["show"]["title"] == "週六夜場"
    assert len(show.log) == before
    assert types(show.says(BEN, "晚安")) == ["comment.posted"]
    assert types(show.says(HOST, "晚安")) == ["comment.posted"]
    assert types(show.gives_back(CARA, held)) == ["claim.given_back"]


def door(show: Stage) -> tuple[str | None, str | None]:
    return show.show.tier, show.show.tier_name


def test_a_members_show_becomes_everyones_again() -> None:
    show = stage()
    show.runs("show.change", tier="silver")
    assert door(show) == ("silver", "銀卡")
    show.runs("show.change", title="夜場")
    assert door(show) == ("silver", "銀卡")
    show.runs("show.change", tier="")
    assert door(show) == (None, None)
    assert types(show.says(CARA, "晚安")) == ["comment.posted"]


# When the shop is asked


def enriched(show: Stage, *acts: tuple[c.Actor, Any]) -> list[c.Act]:
    """The acts of one batch as their rules will find them."""
    commands = [Command(by.id, f"request-{n}", c.Act(by, do)) for n, (by, do) in enumerate(acts)]
    done = show.kind.enrich(NO_CONNECTION, show.show, commands, show.now)
    assert [one.request_id for one in done] == [one.request_id for one in commands]
    return [one.body for one in done]


def press(item: str) -> c.Claim:
    return c.Claim(item=item, quantity=1)


def test_where_nothing_is_for_members_nobody_is_looked_up() -> None:
    show = stage()
    item = show.sells(pieces=3)
    shut = show.adds("B02", pieces=3, tier="gold")
    show.says(ANNA, "A01+1")
    show.presses(BEN, item)
    assert shut in show.show.items
    assert show.club.asked == []


def test_a_batch_is_looked_up_once_whoever_is_in_it() -> None:
    show = stage()
    item = show.sells(pieces=3, tier="silver")
    asked = len(show.club.asked)
    acts = enriched(
        show,
        (ANNA, press(item)),
        (CARA, press(item)),
        (HOST, c.PinItem(type="item.pin", item=item)),
        (ANNA, c.Read(c.Comment(text="A01+1"))),
    )
    assert show.club.asked[asked:] == [sorted([ANNA.id, CARA.id])]
    assert [one.by.tiers for one in acts] == [show.club.all, (), (), show.club.all]


@pytest.mark.parametrize("how", ["opened", "given", "kept", "shut"])
def test_what_becomes_the_members_in_the_same_batch_counts_at_once(how: str) -> None:
    show = stage()
    item = show.sells(pieces=3)
    if how == "opened":
        show.runs("item.close", item=item)
        show.runs("item.change", item=item, tier="silver")
    if how == "kept":
        show.runs("item.change", item=item, tier="silver", early_s=60)
        show.passes(MINUTE)
    before: dict[str, Any] = {
        "opened": c.OpenItem(type="item.open", item=item),
        "given": c.ChangeItem(type="item.change", item=item, tier="silver"),
        "kept": c.ChangeItem(type="item.change", item=item, early_s=None),
        "shut": c.ChangeShow(type="show.change", tier="silver"),
    }
    acts = enriched(show, (HOST, before[how]), (ANNA, press(item)), (CARA, press(item)))
    assert [one.by.tiers for one in acts[1:]] == [show.club.all, ()]


def test_after_early_access_nobody_is_looked_up_any_more() -> None:
    show = stage()
    item = show.sells(pieces=9, tier="silver", early_s=60)
    show.passes(MINUTE)
    asked = len(show.club.asked)
    assert only(show.presses(CARA, item), e.ClaimHeld).quantity == 1
    assert len(show.club.asked) == asked


def test_a_tier_is_hers_by_whichever_of_her_ids_she_spent() -> None:
    show = stage(**{CARA.id: 1})
    item = show.sells(pieces=9, tier="silver")
    erin = viewer("Erin", CARA)
    assert only(show.presses(erin, item), e.ClaimHeld).by == erin.id
    show.merges(BEN, viewer("Dora"))
    held = only(show.presses(BEN, item), e.ClaimHeld)
    assert held.by != BEN.id, "her socket is still open as a guest's"


@settings(max_examples=60, deadline=None)
@given(
    rank=st.integers(0, 2),
    tier=st.sampled_from([None, "silver", "gold"]),
    early_s=st.none() | st.integers(1, 120),
    waited_s=st.integers(0, 130),
    verified=st.booleans(),
    blocked=st.booleans(),
)
def test_the_rules_for_members_combine_with_the_others(
    rank: int, tier: str | None, early_s: int | None, waited_s: int, verified: bool, blocked: bool
) -> None:
    """A block comes before all, then what asks for an address, then the tier."""
    show = stage(**{FAY.id: rank})
    item = show.sells(
        pieces=1, tier=tier, early_s=early_s if tier else None, verified_only=verified
    )
    if blocked:
        show.moderates("person.block", person=FAY.id)
    show.now += waited_s * 1000
    needed = {None: 0, "silver": 1, "gold": 2}[tier]
    members_only = needed > rank and (early_s is None or waited_s < early_s)
    events = show.presses(FAY, item)
    if blocked:
        assert refused(events) == ("not_allowed", None)
    elif verified:
        assert refused(events) == ("contact_needed", None)
    elif members_only:
        assert refused(events)[0] == "not_allowed"
        assert refused(events)[1] is not None
    else:
        assert only(events, e.ClaimHeld).by == FAY.id
