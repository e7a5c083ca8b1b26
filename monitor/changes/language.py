"""In which language a page answers, by the letters it is written in. Pure: text in, a code or "" for cannot say.

Traditional and simplified Chinese are one here: comparing folds them. What stands in the letters of Latin is `latin`,
whatever language that is, for a shop that answers in English now and in Spanish then is as foreign both times.
"""

from __future__ import annotations

import re

_LEAST_LETTERS = 60
_MOST_LOOKED_AT = 6_000
_LETTERS = {
    "zh": re.compile("[\u4e00-\u9fff]"),
    "ja": re.compile("[\u3040-\u30ff]"),
    "ko": re.compile("[\uac00-\ud7af]"),
    "ru": re.compile("[\u0400-\u04ff]"),
    "th": re.compile("[\u0e00-\u0e7f]"),
    "ar": re.compile("[\u0600-\u06ff]"),
    "latin": re.compile("[A-Za-z\u00c0-\u024f]"),
}
_WEIGHT = {"zh": 3.0, "ja": 4.0, "ko": 3.0}  # a character of these says as much as some letters
_CLEAR = 0.6
NAMES = {
    "zh": "中文",
    "ja": "日文",
    "ko": "韩文",
    "ru": "俄文",
    "th": "泰文",
    "ar": "阿拉伯文",
    "latin": "拉丁字母文字",
}


def language_of(text: str, *, least: float = _LEAST_LETTERS) -> str:
    """The language that most of a text is written in; "" where it is too short or too mixed to say."""
    looked = text[:_MOST_LOOKED_AT]
    found = {name: len(pattern.findall(looked)) * _WEIGHT.get(name, 1.0) for name, pattern in _LETTERS.items()}
    if found["ja"] and found["ja"] * 4 > found["zh"]:
        found["ja"] += found.pop("zh")
    whole = sum(found.values())
    if whole < least:
        return ""
    best = max(found, key=lambda name: found[name])
    return best if found[best] >= _CLEAR * whole else ""
