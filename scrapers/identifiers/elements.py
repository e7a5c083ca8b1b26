"""What the tags and attributes of a page are to a reader: which break a line, which are not read, which hide.

Tables, and `split_attributes`, which takes an element's attributes and gives those that mark how it is read and those
that may hold an identifier.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from scrapers.identifiers.runs import is_telling

_BLOCK_TAGS = (
    "address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure footer "
    "form h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol optgroup option p pre section select summary "
    "table tbody tfoot thead tr ul caption textarea button label br"
)
_KEYED_TAGS = "footer header nav aside section main article form dialog address table"
# Attributes that bear an account by their name alone.
_ACCOUNT_NAMES = (
    "data-sitekey sitekey data-appid data-app-id data-cfemail data-website-id data-qq data-uin data-kefu-qq "
    "data-wechat data-wx data-weixin"
)
_READ_NAMES = "href src action alt title value content onclick cite"
_MARKING_NAMES = "class id style hidden aria-hidden itemprop shadowrootmode"
BLOCKS = frozenset(_BLOCK_TAGS.split())
CELLS = frozenset({"td", "th"})
UNREAD = frozenset({"code", "samp", "kbd", "svg", "math", "canvas", "style", "script"})
FOLDED = frozenset({"template", "noscript"})
KEYED = frozenset(_KEYED_TAGS.split())
ICONS = frozenset({"i", "em", "span"})
_ACCOUNTS = frozenset(_ACCOUNT_NAMES.split())
_READ = frozenset(_READ_NAMES.split())
_MARKING = frozenset(_MARKING_NAMES.split())
_READ_METAS = frozenset({"description", "keywords", "copyright"})
_BEARING = re.compile("[=:@]|//|[^\x00-\x7f]")
_HIDING_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|(?<![-\w])font-size\s*:\s*0(?![.\d]*[1-9])"
    r"|(?<![-\w])opacity\s*:\s*0?(?:\.0+)?\s*(?:;|!|\Z)|(?:left|top|text-indent)\s*:\s*-\d{4,}",
    re.I,
)


class TellingAttribute(NamedTuple):
    """An attribute that may hold an identifier: in its words, as an address or a call, or by its name."""

    name: str
    value: str
    words: bool
    address: bool
    account: bool = False


def split_attributes(tag: str, items: list[tuple[str, str]]) -> tuple[dict[str, str], list[TellingAttribute]]:
    """An element's attributes in two: those that mark how it is read, and those that may hold an identifier."""
    marks: dict[str, str] = {}
    telling: list[TellingAttribute] = []
    read = tag != "meta" or next((value for name, value in items if name == "name"), "").lower() in _READ_METAS
    for name, value in items:
        if name in _MARKING:
            marks[name] = value
        elif len(value) < 4 or not read:
            continue
        elif name in _READ:
            if _BEARING.search(value) is not None and (told := _read_value(name, value)):
                telling.append(told)
        elif name[:5] == "data-" or name[:2] in ("on", "v-") or name[:1] == ":" or name in ("aria-label", "sitekey"):
            if told := _read_value(name, value):
                telling.append(told)
            elif name in _ACCOUNTS:
                telling.append(TellingAttribute(name, value, words=False, address=False, account=True))
    return marks, telling


def hides(tag: str, marks: dict[str, str]) -> bool:
    """Whether an element's own tag or marks hide what is in it."""
    return (
        (tag in FOLDED and "shadowrootmode" not in marks)
        or "hidden" in marks
        or marks.get("aria-hidden") == "true"
        or ("style" in marks and _HIDING_STYLE.search(marks["style"][:2000]) is not None)
    )


def _read_value(name: str, value: str) -> TellingAttribute | None:
    account = name in _ACCOUNTS
    if value.startswith("data:") or name == "data-cfemail":
        return None
    words = not value.isascii() or "@" in value or (":" in value and "//" not in value)
    words = words and is_telling(value)
    address = "=" in value or ":" in value or "//" in value or ("." in value and name not in _READ)
    address = address or (name[:6] == "data-c" and is_telling(value))
    return TellingAttribute(name, value, words, address, account) if words or address else None
