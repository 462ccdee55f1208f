"""One evening that has everything in it: each kind of event, seen by each kind of reader."""

from core.rooms.events import PUBLIC, Reader
from live import commands as c
from live.kind import ShowKind
from tests.live.shows import (
    ANNA,
    BEN,
    CARA,
    COUPON,
    HOST,
    MINUTE,
    Stage,
    guest,
    reader,
    variant,
    viewer,
)

ERIN = viewer("Erin", CARA)
"""A customer who was here as the guest Cara before she signed in."""
READERS: dict[str, Reader] = {
    "public": PUBLIC,
    "guest": reader(ANNA),
    "customer": reader(ERIN),
    "staff": Reader(HOST.ids, staff=True),
}


class Evening(Stage):
    """Notes where each scene ended."""

    def __init__(self) -> None:
        self.scenes: list[int] = []
        super().__init__(live=False)
        self.snapshots = {1: self._all()}

    def scene(self) -> None:
        self.scenes.append(len(self.log))
        self.snapshots[len(self.log)] = self._all()

    def _all(self) -> dict[str, dict[str, object]]:
        return {name: self.sees(who) for name, who in READERS.items()}


def evening() -> Evening:
    """The story, told to its end."""
    assert ShowKind.name == "show"
    e = Evening()
    _before_the_show(e)
    _claims(e)
    _members(e)
    _moderation(e)
    _payment(e)
    _the_end(e)
    return e


def _before_the_show(e: Evening) -> None:
    e.runs("show.change", title="週六夜場 · 醬料", starts_at=e.now + 10 * MINUTE)
    e.adds("A01", pieces=3, limit=3, hold_s=600, compare_at=36_000)
    e.adds("B02", variant("紅", 2), variant("白", 2), countdown_s=1_200)
    e.adds("C03", pieces=1, waiting_list=False)
    gone = e.adds("D04", pieces=9)
    e.runs("item.allot", item=gone, allotment=4)
    e.runs("item.move", item=gone, before=e.show.order[0])
    e.runs("item.remove", item=gone)
    e.says(ANNA, "等很久了")
    e.says(HOST, "馬上開始")
    e.runs("show.go_live")
    e.scene()


def _claims(e: Evening) -> None:
    a, b, c3 = e.show.order
    for item in (a, b, c3):
        e.opens(item)
        e.runs("item.pin", item=item)
    e.runs("item.countdown", item=c3, until=e.now + 40 * MINUTE)
    e.does(c.SYSTEM, c.SampleViewers(128))
    e.does(c.SYSTEM, c.ShowPicture("on"))
    e.does(c.SYSTEM, c.ShowPicture("away"))
    e.does(c.SYSTEM, c.ShowPicture("on"))
    e.says(ANNA, "A01+2")
    e.says(CARA, "A01+2 B02白+1")
    e.says(BEN, "A01 兩個")
    e.scene()
    e.says(ERIN, "候補B02紅+1")
    e.says(ANNA, "A01+9 Z99+1 C03+2")
    e.says(BEN, "+1")
    e.says(ANNA, "B02+1")
    e.says(BEN, "這個 A01 好可愛喔真的")
    e.presses(BEN, b, 2, key="白")
    e.runs("item.change", item=a, price=25_900, title="鳳梨果醬 · 小", limit=None)
    e.says(ANNA, "A01-1")
    e.gives_back(BEN, e.waits_of(BEN)[0].id, 1)
    e.scene()
    e.runs("item.change", item=c3, verified_only=True)
    e.presses(guest("Anna"), c3)
    e.runs("item.change", item=c3, verified_only=False)
    e.fills(a, {None: 4})
    e.runs("item.allot", item=b, variant="紅", allotment=1)
    e.says(CARA, "B02取消")
    e.passes(11 * MINUTE)


def _members(e: Evening) -> None:
    """Ben has silver, Erin gold."""
    e.club.ranks |= {BEN.id: 1, ERIN.id: 2}
    a = e.show.order[0]
    e.runs("item.change", item=a, tier="gold", early_s=60)
    e.runs("item.close", item=a)
    e.runs("item.open", item=a)
    e.says(ANNA, "A01+1")
    e.presses(BEN, a)
    e.passes(MINUTE)
    e.presses(ANNA, a, wait=True)
    e.runs("item.change", item=a, tier=None)
    e.runs("item.remove", item=e.adds("E05", pieces=1, tier="silver"))
    e.runs("show.change", tier="gold")
    e.runs("show.change", tier="")
    e.runs("gift.open", keyword="我要折扣", coupon=COUPON, most=2)
    e.says(guest("Anna"), "我要折扣")
    e.says(ANNA, "我要折扣！")
    e.says(ANNA, "我要折扣")
    e.says(ANNA, " 我要折扣 ")
    e.scene()
    e.says(CARA, "我要折扣")
    e.runs("gift.open", keyword="晚安", coupon=COUPON, title="明天見", most=3, guests=True)
    e.says(ERIN, "晚安")
    e.runs("gift.close")
    e.runs("gift.open", keyword="Good Night", coupon=COUPON, most=9)
    e.says(BEN, "ＧＯＯＤ  night")
    e.scene()


def _moderation(e: Evening) -> None:
    a, b, _ = e.show.order
    e.says(BEN, "買假貨 >> example.test")
    hidden = e.show.latest_comments()[-1].offset
    e.moderates("comment.pin", comment=hidden)
    e.moderates("comment.hide", comment=hidden)
    e.moderates("comment.restore", comment=hidden)
    e.moderates("comment.pin", comment=hidden)
    e.moderates("comment.pin", comment=None)
    e.moderates("comment.hide", comment=hidden)
    claimed = next(one for one in e.show.latest_comments() if one.outcomes)
    e.moderates("comment.hide", comment=claimed.offset)
    e.moderates("comment.restore", comment=claimed.offset)
    e.moderates("person.mute", person=BEN.id, seconds=300)
    e.moderates("person.block", person=BEN.id)
    e.moderates("person.unmute", person=BEN.id)
    e.moderates("person.mute", person=ANNA.id)
    e.moderates("person.block", person=ANNA.id)
    e.moderates("slow_mode.set", seconds=5)
    e.moderates("words.set", words=["假貨"])
    e.moderates("announce", text="滿千免運到十點")
    e.presses(ANNA, b, key="紅")
    e.moderates("person.unblock", person=ANNA.id)
    e.says(ANNA, "B02白+1 Z99+1")
    e.moderates("person.unmute", person=ANNA.id)
    e.moderates("slow_mode.set", seconds=0)
    e.moderates("words.set", words=[])
    e.moderates("announce", text=None)
    (held,) = e.moderates("claim.add", person=ERIN.id, item=a, quantity=2)[:1]
    e.moderates("claim.change", claim=held.claim, quantity=1)
    e.moderates("claim.cancel", claim=held.claim)
    e.runs("item.change", item=a, limit=1)
    _, part = e.moderates("claim.add", person=ERIN.id, item=a, quantity=3)
    e.runs("item.change", item=a, limit=None)
    e.moderates("claim.cancel", claim=part.claim)
    e.scene()


def _payment(e: Evening) -> None:
    a, b, _ = e.show.order
    e.moderates("person.unblock", person=BEN.id)
    e.fills(a, {None: 9})
    e.fills(b, {"白": 9, "紅": 9})
    first = e.presses(ANNA, a)[0].claim
    second = e.presses(CARA, a)[0].claim
    third = e.presses(CARA, b, key="白")[0].claim
    e.pays(ANNA, first, order="ord_1")
    e.pays(CARA, second, third, order="ord_2")
    e.passes(12 * MINUTE)
    e.releases(second, third, order="ord_2")
    e.places(first, order="ord_1")
    e.scene()
    e.moderates("person.mute", person=CARA.id, seconds=60)
    e.scene()
    e.merges(CARA, ERIN)
    e.scene()
    e.says(ERIN, "A01+1")
    e.presses(CARA, b, 2, key="紅")
    e.cancels(first, order="ord_1")
    e.pays(ERIN, second, order="ord_3")
    e.releases(second, order="ord_3", cause="lapsed")
    e.does(c.SYSTEM, c.SampleViewers(96))
    e.scene()


def _the_end(e: Evening) -> None:
    for n in range(84):
        e.says(BEN, f"晚安 {n}")
    e.presses(BEN, e.show.order[0], 9)
    e.runs("show.end")
    e.passes(60 * MINUTE)
    e.scene()
    e.does(c.SYSTEM, c.EraseTalk(ANNA.id))
    e.does(c.SYSTEM, c.EraseTalk(None))
    e.scene()
