"""What the demo's people are called, and what they say."""

VIEWERS = (
    "小美", "阿德", "林太太", "陳小姐", "老周", "Mei", "Joanne", "Kelly", "阿豪", "Vivian",
    "吳媽媽", "Peggy", "Hank", "Gina",
)  # fmt: skip

CHATTER = (
    "晚安，終於趕上",
    "這罐配白粥真的很可以，上次一週就吃完",
    "有附湯汁嗎？",
    "上禮拜的豆腐乳收到了，包裝很扎實",
    "請問有開發票嗎",
    "老闆今天氣色很好耶",
    "剛進來，請問現在是哪一罐？",
    "可以寄台中嗎",
    "去年那個禮盒今年還有嗎？",
    "聞到香味了啦",
    "我阿嬤也是這樣做的",
    "冷藏可以放多久",
    "辣度大概幾分？",
    "瓶口沒有漏，推",
)

ORDERS = (
    "{code}+1",
    "{code}+1",
    "{code}+2",
    "{code} +1 謝謝",
    "{code}＋1",
    "{code} 兩個",
    "我要{code}+1",
    "{code}x2",
)
"""How people order; `{code}` is an open item's, with a variant's word where it has some."""

SLIPS = ("A10+1", "{code}+1多少錢？", "Z99+1", "+1")
"""What goes wrong now and then, so that the host has something to mend."""

HOST = (
    "辣油排下一樣，等一下就開",
    "這罐是剝皮辣椒，今年第一批，雞湯放三條就很夠味",
    "沒搶到的先排，有人沒付款就輪到你",
    "大辣的等一下開，先顧這罐",
    "滿 999 免運，結帳的時候會自動算",
)

TITLE = "秋釀開罐夜"
HOST_NAME = "阿禾"
POSTER = "/demo/host.svg"
ANNOUNCEMENT = "滿 NT$999 免運；剝皮辣椒開罐後冷藏，三週內吃完。"
