"""The languages that we speak, and which of them a browser asks for."""

from typing import Final, Literal, get_args

Locale = Literal["zh-Hant", "zh-Hant-HK", "zh-Hans", "en"]
LOCALES: Final[tuple[Locale, ...]] = get_args(Locale)

_CHINESE: Final[dict[str, Locale]] = {
    "hk": "zh-Hant-HK",
    "mo": "zh-Hant-HK",
    "tw": "zh-Hant",
    "hant": "zh-Hant",
    "cn": "zh-Hans",
    "sg": "zh-Hans",
    "my": "zh-Hans",
    "hans": "zh-Hans",
}
_LONGEST_HEADER = 500


def negotiate(accept_language: str, default: Locale) -> Locale:
    """The first language of an `Accept-Language` header that we speak (RFC 9110 §12.5.4).

    Chinese without a script or region is `default`'s Chinese.
    """
    wanted: list[tuple[float, str]] = []
    for entry in accept_language[:_LONGEST_HEADER].split(","):
        tag, _, parameter = entry.strip().partition(";")
        try:
            quality = float(parameter.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        if quality > 0:
            wanted.append((quality, tag.strip().lower()))
    for _, tag in sorted(wanted, key=lambda entry: -entry[0]):
        spoken = _spoken(tag, default)
        if spoken is not None:
            return spoken
    return default


def _spoken(tag: str, default: Locale) -> Locale | None:
    language, *parts = tag.split("-")
    if language == "en":
        return "en"
    if language == "yue":
        return "zh-Hant-HK"
    if language != "zh":
        return None
    # The region says more than the script: zh-Hant-HK is Hong Kong's.
    for part in reversed(parts):
        if part in _CHINESE:
            return _CHINESE[part]
    return default if default.startswith("zh") else "zh-Hant"
