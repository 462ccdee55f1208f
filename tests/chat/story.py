"""One conversation that has everything in it: each kind of event, seen by each kind of reader."""

from __future__ import annotations

from chat import commands as c
from core.rooms.events import Reader
from core.tools import Card, Change
from tests.chat.talk import ANNA, BOSS, JI, MINUTE, WEN, Talk, customer, reader

ERIN = customer("Erin", ANNA)
"""Who she was before she wrote as the guest Anna."""
JARS = Change(kind="cart.add", title="樹子", variant="var_" + "0" * 26, quantity=2)
CANCELLED = Change(kind="order.cancel", title="P-1007", order="ord_" + "0" * 26)
CALL = Card("call", "cll_" + "0" * 26)
READERS: dict[str, Reader] = {"customer": reader(ERIN), "staff": reader(JI)}


class Story(Talk):
    """Notes where each scene ended."""

    def __init__(self) -> None:
        super().__init__()
        self.scenes: list[int] = []
        self.snapshots = {1: self._all()}

    def scene(self) -> None:
        self.scenes.append(len(self.log))
        self.snapshots[len(self.log)] = self._all()

    def _all(self) -> dict[str, dict[str, object]]:
        return {name: self.sees(who) for name, who in READERS.items()}


def story() -> Story:
    """The story, told to its end."""
    s = Story()
    about = {"show": "shw_" + "0" * 26, "item": "i3"}
    s.says(ANNA, "這款辣嗎？", about=about, locale="zh-Hant-HK")
    s.does(c.SYSTEM, c.Promise(1, s.now + 600 * MINUTE, 2))
    s.says(ANNA, "還有貨嗎")
    s.scene()
    s.acts(JI, "take")
    s.does(JI, c.Read(upto=len(s.log)))
    s.says(JI, "有的，這款最受歡迎", product="prd_" + "0" * 26)
    s.does(ANNA, c.Read(upto=len(s.log)))
    s.acts(JI, "note", text="老客人")
    s.acts(JI, "tag", tags=["辣", "辣", "送禮"])
    s.scene()
    s.says(ANNA, "謝謝")
    s.does(JI, c.HandTo(WEN.id, WEN.name))
    s.passes(11 * MINUTE)
    s.acts(WEN, "take")
    s.acts(WEN, "transfer")
    s.does(c.SYSTEM, c.Assign(1, BOSS.id, BOSS.name, s.now + 10 * MINUTE))
    s.says(BOSS, "我來")
    s.acts(BOSS, "resolve")
    s.scene()
    s.does(ANNA, c.Rate(score=5, text="很快"))
    s.says(ANNA, "再問一下")
    s.acts(JI, "take")
    s.says(JI, "請說")
    s.passes(49 * 60 * MINUTE)
    s.scene()
    s.acts(WEN, "take")
    s.acts(WEN, "resolve")
    s.scene()
    s.bot = True
    s.says(ANNA, "有樹子嗎")
    s.bot_says("有的", cards=(Card("product", "prd_" + "0" * 26),), intent="product_search")
    s.says(ANNA, "兩罐")
    s.proposes(JARS)
    s.presses(ANNA, "yes")
    put = s.state.lines[-1].offset
    s.does(c.SYSTEM, c.Became(put, undone=False))
    s.scene()
    s.does(ANNA, c.Undo(offset=put))
    s.does(c.SYSTEM, c.Became(put, undone=True))
    s.says(ANNA, "我要取消訂單")
    s.proposes(CANCELLED, "要取消嗎？")
    s.says(ANNA, "好")
    s.bot_says("", confirm=True)
    s.does(c.SYSTEM, c.Became(s.state.lines[-1].offset, undone=False, code="not_cancellable"))
    s.scene()
    s.says(ANNA, "找真人")
    s.bot_says("明天十點", intent="human", handover="asked", callback_at=s.now + 600 * MINUTE)
    s.says(ANNA, "那先問有禮盒嗎")
    s.scene()
    s.bot_says("有", intent="product_search")
    s.passes(601 * MINUTE)
    s.says(ANNA, "還在嗎")
    s.acts(WEN, "take")
    s.bot_says("在的", intent="greet")
    s.scene()
    s.does(WEN, c.DoFor(JARS))
    s.does(c.SYSTEM, c.Became(s.state.lines[-1].offset, undone=False))
    s.says(WEN, "放好了")
    s.acts(WEN, "resolve")
    s.says(ANNA, "再問一次")
    s.bot_says("這個我不清楚", intent="other", handover="missed")
    s.scene()
    s.acts(WEN, "take")
    s.scene()
    s.acts(WEN, "resolve")
    s.does(c.SYSTEM, c.Post(CALL, unread=True))
    s.does(c.SYSTEM, c.Give(JI.id, JI.name, s.now + 60 * MINUTE))
    s.does(c.SYSTEM, c.Post(CALL, unread=False, idle_at=s.now + 60 * MINUTE))
    s.scene()
    s.does(c.SYSTEM, c.Merge(ANNA.id, ERIN.id))
    s.scene()
    s.says(ERIN, "我登入了")
    s.scene()
    s.does(c.SYSTEM, c.EraseTalk(ANNA.id))
    s.scene()
    return s
