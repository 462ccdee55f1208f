"""What customers are written about their bookings, in our four languages.

`{when}` is the day and the time by the shop's clocks, `{minutes}` how long it takes, `{staff}` who
will be there, `{shop}` the shop, `{link}` the booking's page.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, Literal
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from sqlalchemy import Connection

from core.clock import Instant
from core.locales import Locale
from core.notices import FOOT, Notices, Template
from core.settings import Settings
from video.consult.booking.links import Links
from video.consult.booking.model import Booking

Letter = Literal[
    "booking_made", "booking_moved", "booking_cancelled", "booking_called_off", "booking_reminder"
]
"""`called_off`: by the shop."""


LETTERS: Final[Mapping[Letter, Mapping[Locale, Template]]] = {
    "booking_made": {
        "zh-Hant": Template(
            "視訊諮詢已預約：{when}",
            "你好：\n\n你預約的視訊諮詢：\n\n"
            "時間：{when}\n長度：{minutes} 分鐘\n專人：{staff}\n\n"
            "開始前十分鐘起，打開下面的連結就能進入；要改時間、取消，或加進行事曆，也在這裡。"
            "有這個連結的人都能進入，請不要轉傳。" + FOOT,
        ),
        "zh-Hant-HK": Template(
            "已預約視像諮詢：{when}",
            "你好：\n\n你預約的視像諮詢：\n\n"
            "時間：{when}\n時長：{minutes} 分鐘\n專人：{staff}\n\n"
            "開始前十分鐘起，打開以下連結即可進入；如要改期、取消或加到日曆，亦在此處理。"
            "任何人有此連結都可以進入，請勿轉發。" + FOOT,
        ),
        "zh-Hans": Template(
            "视频咨询已预约：{when}",
            "你好：\n\n你预约的视频咨询：\n\n"
            "时间：{when}\n时长：{minutes} 分钟\n专员：{staff}\n\n"
            "开始前十分钟起，打开下面的链接就能进入；要改时间、取消或添加到日历，也在这里。"
            "有这个链接的人都能进入，请不要转发。" + FOOT,
        ),
        "en": Template(
            "Your video consultation: {when}",
            "Hello,\n\nyou have booked a video consultation.\n\nWhen: {when}\n"
            "How long: {minutes} minutes\nWith: {staff}\n\nFrom ten minutes before, the link below"
            " takes you in. It is also where you move it, cancel it or add it to your calendar."
            " Whoever has the link can come in, so please keep it to yourself." + FOOT,
        ),
    },
    "booking_moved": {
        "zh-Hant": Template(
            "視訊諮詢改到 {when}",
            "你好：\n\n你的視訊諮詢改時間了：\n\n"
            "時間：{when}\n長度：{minutes} 分鐘\n專人：{staff}\n\n"
            "請改用下面的連結；行事曆裡的那一筆也請從這裡更新。" + FOOT,
        ),
        "zh-Hant-HK": Template(
            "視像諮詢改為 {when}",
            "你好：\n\n你的視像諮詢已改期：\n\n"
            "時間：{when}\n時長：{minutes} 分鐘\n專人：{staff}\n\n"
            "請改用以下連結；日曆上的紀錄亦請由此更新。" + FOOT,
        ),
        "zh-Hans": Template(
            "视频咨询改到 {when}",
            "你好：\n\n你的视频咨询改时间了：\n\n"
            "时间：{when}\n时长：{minutes} 分钟\n专员：{staff}\n\n"
            "请改用下面的链接；日历里的那一条也请从这里更新。" + FOOT,
        ),
        "en": Template(
            "Your video consultation is now {when}",
            "Hello,\n\nyour video consultation was moved.\n\nWhen: {when}\n"
            "How long: {minutes} minutes\nWith: {staff}\n\nPlease use the link below from now on;"
            " your calendar can be brought up to date there too." + FOOT,
        ),
    },
    "booking_cancelled": {
        "zh-Hant": Template(
            "視訊諮詢已取消：{when}",
            "你好：\n\n你已取消 {when} 的視訊諮詢。想另外約時間，隨時歡迎。" + FOOT,
        ),
        "zh-Hant-HK": Template(
            "視像諮詢已取消：{when}",
            "你好：\n\n你已取消 {when} 的視像諮詢。如想另約時間，隨時歡迎。" + FOOT,
        ),
        "zh-Hans": Template(
            "视频咨询已取消：{when}",
            "你好：\n\n你已取消 {when} 的视频咨询。想另约时间，随时欢迎。" + FOOT,
        ),
        "en": Template(
            "Cancelled: your video consultation of {when}",
            "Hello,\n\nyou have cancelled your video consultation of {when}. You are welcome to"
            " book another time." + FOOT,
        ),
    },
    "booking_called_off": {
        "zh-Hant": Template(
            "很抱歉，{when} 的視訊諮詢需要取消",
            "你好：\n\n很抱歉，我們得取消你 {when} 的視訊諮詢。請另選一個你方便的時間。" + FOOT,
        ),
        "zh-Hant-HK": Template(
            "抱歉，{when} 的視像諮詢需要取消",
            "你好：\n\n非常抱歉，我們需要取消你 {when} 的視像諮詢。請另選一個合適的時間。" + FOOT,
        ),
        "zh-Hans": Template(
            "很抱歉，{when} 的视频咨询需要取消",
            "你好：\n\n很抱歉，我们需要取消你 {when} 的视频咨询。请另选一个你方便的时间。" + FOOT,
        ),
        "en": Template(
            "Sorry: we have to cancel your video consultation of {when}",
            "Hello,\n\nwe are sorry: we have to cancel your video consultation of {when}. Please"
            " choose another time that suits you." + FOOT,
        ),
    },
    "booking_reminder": {
        "zh-Hant": Template(
            "提醒你：{when} 的視訊諮詢",
            "你好：\n\n提醒你，視訊諮詢快到了：\n\n"
            "時間：{when}\n長度：{minutes} 分鐘\n專人：{staff}\n\n"
            "開始前十分鐘起就能進入。臨時有事，也請在這裡改時間或取消。" + FOOT,
        ),
        "zh-Hant-HK": Template(
            "提提你：{when} 的視像諮詢",
            "你好：\n\n提提你，視像諮詢即將開始：\n\n"
            "時間：{when}\n時長：{minutes} 分鐘\n"
            "專人：{staff}\n\n開始前十分鐘起即可進入。如臨時有事，請在此改期或取消。" + FOOT,
        ),
        "zh-Hans": Template(
            "提醒你：{when} 的视频咨询",
            "你好：\n\n提醒你，视频咨询快到了：\n\n"
            "时间：{when}\n时长：{minutes} 分钟\n专员：{staff}\n\n"
            "开始前十分钟起就能进入。临时有事，也请在这里改时间或取消。" + FOOT,
        ),
        "en": Template(
            "Reminder: your video consultation, {when}",
            "Hello,\n\nyour video consultation is coming up.\n\nWhen: {when}\n"
            "How long: {minutes} minutes\nWith: {staff}\n\nThe link takes you in from ten minutes"
            " before. If something has come up, move or cancel it there." + FOOT,
        ),
    },
}


class Letters:
    """Writes in the unit in which something happened.

    The link is worked out when a letter is made, so it lies neither in the database nor in the
    queue.
    """

    def __init__(self, notices: Notices, settings: Settings, links: Links) -> None:
        self._notices = notices
        self._shop = settings.shop_name
        self._zone = ZoneInfo(settings.time_zone)
        self._site = str(settings.public_url or "").rstrip("/")
        self._links = links
        for name, texts in LETTERS.items():
            notices.add_template(name, texts)
            notices.complete[name] = self._with_link

    def tell(
        self, connection: Connection, letter: Letter, booking: Booking, staff: str | None
    ) -> None:
        """Write to her about `booking`, which `staff` (a name) has; not where it was blanked."""
        if booking.email is None:
            return
        values = {
            "when": when(booking.starts_at, booking.locale, self._zone),
            "minutes": str(booking.minutes),
            "staff": staff or self._shop,
            "booking": booking.id,
            "ends_at": str(booking.ends_at),
        }
        self._notices.send(connection, booking.email, letter, booking.locale, values)

    def link(self, booking: str, ends_at: Instant) -> str:
        """Where the booking is; without `public_url` a path."""
        return f"{self._site}/bookings/{self._links.token(booking, ends_at)}"

    def _with_link(self, _to: str, values: Mapping[str, str]) -> Mapping[str, str]:
        return {"link": self.link(values["booking"], int(values["ends_at"]))}


def when(at: Instant, locale: Locale, zone: ZoneInfo) -> str:
    """A day and a time as people write them, with the name of the clocks they are by."""
    pattern = "EEEE d MMMM, HH:mm (zzzz)" if locale == "en" else "M月d日（EEEE）HH:mm（zzzz）"
    moment = datetime.fromtimestamp(at / 1000, UTC)
    return format_datetime(moment, pattern, tzinfo=zone, locale=locale.replace("-", "_"))
