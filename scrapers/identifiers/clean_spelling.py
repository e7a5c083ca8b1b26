"""Text without what shows nothing: the first step of every spelling.

Takes any text; gives NFKC, plain dashes, single spaces or none.
"""

from __future__ import annotations

import re
import unicodedata

MAX_VALUE = 500
_INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e"
                        "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]")  # fmt: skip
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d\ufe63\u2500\u30fc", "-"))
_SPACE = re.compile(r"\s+")


def clean_text(text: str) -> str:
    """NFKC, without characters that show nothing, every dash a hyphen, spaces as one."""
    if text.isascii():
        return _SPACE.sub(" ", _INVISIBLE.sub("", text)).strip() if not text.isalnum() else text
    return _SPACE.sub(" ", _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).translate(_DASHES)).strip()


def close(text: str) -> str:
    """The text without any space."""
    return _SPACE.sub("", text)
