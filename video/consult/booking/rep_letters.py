"""What reps are written about bookings with them, in our four languages.

`{who}` is the customer's name as she gave it, `{when}` the day and the time by the rep's own clocks
(`{before}` what it was), `{minutes}` how long it takes, `{topic}` what it is about, `{shop}` the
shop, `{link}` where her bookings stand.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from core.clock import Instant
from core.locales import LOCALES, Locale
from core.notices import Notices, Template
from core.settings import Settings
from video.consult.booking import store
from video.consult.booking.letters import when
from video.consult.booking.model import Booking
from video.consult.booking.slots import Rep

RepLetter = Literal[
    "rep_booking_made",
    "rep_booking_moved",
    "rep_booking_passed",
    "rep_booking_cancelled",
    "rep_booking_called_off",
]
"""`passed`: it was moved, and a colleague has it now. `called_off`: by a colleague."""

_FACTS: Final[Mapping[Locale, str]] = {
    "zh-Hant": "\n\n客人：{who}\n時間：{when}\n長度：{minutes} 分鐘\n主題：{topic}",
    "zh-Hant-HK": "\n\n客人：{who}\n時間：{when}\n時長：{minutes} 分鐘\n主題：{topic}",
    "zh-Hans": "\n\n客人：{who}\n时间：{when}\n时长：{minutes} 分钟\n主题：{topic}",
    "en": "\n\nCustomer: {who}\nWhen: {when}\nHow long: {minutes} minutes\nTopic: {topic}",
}
_NO_TOPIC: Final[Mapping[Locale, str]] = {
    "zh-Hant": "沒有填",
    "zh-Hant-HK": "沒有填寫",
    "zh-Hans": "没有填",
    "en": "none given",
}
_FOOT = "\n\n{link}\n\n{shop}\n"

REP_LETTERS: Final[Mapping[RepLetter, Mapping[Locale, Template]]] = {
    "rep_booking_made": {
        "zh-Hant": Template(
            "有人約你視訊：{when}", "你好：\n\n有客人約了你視訊。" + _FACTS["zh-Hant"] + _FOOT
        ),
        "zh-Hant-HK": Template(
            "有客人預約你視像：{when}",
            "你好：\n\n有客人預約了你的視像諮詢。" + _FACTS["zh-Hant-HK"] + _FOOT,
        ),
        "zh-Hans": Template(
            "有人约你视频：{when}", "你好：\n\n有客人约了你视频。" + _FACTS["zh-Hans"] + _FOOT
        ),
        "en": Template(
            "Booked with you: {when}",
            "Hello,\n\na customer has booked a video consultation with you." + _FACTS["en"] + _FOOT,
        ),
    },
    "rep_booking_moved": {
        "zh-Hant": Template(
            "你的視訊預約改到 {when}",
            "你好：\n\n客人把 {before} 的視訊改時間了。" + _FACTS["zh-Hant"] + _FOOT,
        ),
        "zh-Hant-HK": Template(
            "你的視像預約改為 {when}",
            "你好：\n\n客人把 {before} 的視像諮詢改期了。" + _FACTS["zh-Hant-HK"] + _FOOT,
        ),
        "zh-Hans": Template(
            "你的视频预约改到 {when}",
            "你好：\n\n客人把 {before} 的视频改时间了。" + _FACTS["zh-Hans"] + _FOOT,
        ),
        "en": Template(
            "Moved: your consultation is now {when}",
            "Hello,\n\nthe customer has moved the video consultation of {before}."
            + _FACTS["en"]
            + _FOOT,
        ),
    },
    "rep_booking_passed": {
        "zh-Hant": Template(
            "{when} 的視訊預約已不在你這裡",
            "你好：\n\n客人改了時間，那時你沒有空，改由同事接。你原本的這個時間空出來了。"
            + _FACTS["zh-Hant"]
            + _FOOT,
        ),
        "zh-Hant-HK": Template(
            "{when} 的視像預約已轉交同事",
            "你好：\n\n客人改了時間，而你當時未能安排，已轉由同事負責。你原本的時段已空出。"
            + _FACTS["zh-Hant-HK"]
            + _FOOT,
        ),
        "zh-Hans": Template(
            "{when} 的视频预约已不在你这里",
            "你好：\n\n客人改了时间，那时你没有空，改由同事接。你原本的这个时间空出来了。"
            + _FACTS["zh-Hans"]
            + _FOOT,
        ),
        "en": Template(
            "No longer yours: the consultation of {when}",
            "Hello,\n\nthe customer has moved to a time at which you are not free, so a colleague"
            " has it now. This time of yours is free again." + _FACTS["en"] + _FOOT,
        ),
    },
    "rep_booking_cancelled": {
        "zh-Hant": Template(
            "客人取消了 {when} 的視訊",
            "你好：\n\n客人取消了和你約的視訊。" + _FACTS["zh-Hant"] + _FOOT,
        ),
        "zh-Hant-HK": Template(
            "客人取消了 {when} 的視像諮詢",
            "你好：\n\n客人取消了與你的視像諮詢。" + _FACTS["zh-Hant-HK"] + _FOOT,
        ),
        "zh-Hans": Template(
            "客人取消了 {when} 的视频",
            "你好：\n\n客人取消了和你约的视频。" + _FACTS["zh-Hans"] + _FOOT,
        ),
        "en": Template(
            "Cancelled by the customer: {when}",
            "Hello,\n\nthe customer has cancelled the video consultation with you."
            + _FACTS["en"]
            + _FOOT,
        ),
    },
    "rep_booking_called_off": {
        "zh-Hant": Template(
            "同事取消了你 {when} 的視訊",
            "你好：\n\n同事取消了客人和你約的視訊，也已經通知客人。" + _FACTS["zh-Hant"] + _FOOT,
        ),
        "zh-Hant-HK": Template(
            "同事取消了你 {when} 的視像諮詢",
            "你好：\n\n同事取消了客人與你的視像諮詢，並已通知客人。" + _FACTS["zh-Hant-HK"] + _FOOT,
        ),
        "zh-Hans": Template(
            "同事取消了你 {when} 的视频",
            "你好：\n\n同事取消了客人和你约的视频，也已经通知客人。" + _FACTS["zh-Hans"] + _FOOT,
        ),
        "en": Template(
            "Called off by a colleague: {when}",
            "Hello,\n\na colleague has called off the video consultation with you; the customer has"
            " been told." + _FACTS["en"] + _FOOT,
        ),
    },
}


class RepLetters:
    """Writes in the unit in which something happened: what is said twice happens once."""

    def __init__(self, notices: Notices, settings: Settings) -> None:
        self._notices = notices
        self._locale = settings.locale
        self._zone = settings.time_zone
        self._link = f"{str(settings.public_url or '').rstrip('/')}/desk/calls"
        for name, texts in REP_LETTERS.items():
            notices.add_template(name, texts)

    def tell(
        self,
        connection: Connection,
        letter: RepLetter,
        booking: Booking,
        rep: Rep | None,
        *,
        before: Instant | None = None,
    ) -> None:
        """Write to `rep` about `booking`, which was at `before`; nothing where she is no rep any
        more (None), or has no address."""
        if rep is None or rep.email is None:
            return
        hours = store.hours_of(connection, rep.id)
        zone = ZoneInfo(self._zone if hours is None else hours.time_zone)
        locale = self._reads(rep)
        values = {
            "who": booking.name or "–",
            "when": when(booking.starts_at, locale, zone),
            "minutes": str(booking.minutes),
            "topic": booking.topic or _NO_TOPIC[locale],
            "link": self._link,
        }
        if before is not None:
            values["before"] = when(before, locale, zone)
        self._notices.send(connection, rep.email, letter, locale, values)

    def _reads(self, rep: Rep) -> Locale:
        """The first language that she named, or else the shop's."""
        return next((one for one in LOCALES if rep.languages[:1] == (one,)), self._locale)
