"""Reads a text as it is meant, and knows for each sign where it stood: full-width, invisible, escaped, marked up.

Takes any text, gives a Reading whose text is plain (ASCII digits and letters, one kind of dash, tags gone) with the
place of each of its signs in the original. Never changes the original and never guesses letters: see `numbers` for
what OCR takes for each other.
"""

from __future__ import annotations

import html
import re
import unicodedata
from array import array
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

_PIECES = (
    r"&(?:#[0-9]{1,6}|#x[0-9a-f]{1,5}|[a-z]{2,8});|\\u[0-9a-f]{4}|\\[nrt/\"']|(?:%[0-9a-f]{2})+"
    r"|[^\x00-\x7f\u4e00-\u9fff]|[\x00-\x08\x0b-\x1f\x7f]"
)
_SPECIAL = re.compile(_PIECES, re.I)
# only names of HTML, and names with a dash as components have them: what else stands in angle brackets is text
_NAMES = (
    "a|abbr|address|article|aside|b|big|blockquote|body|br|button|caption|center|cite|code|col|colgroup|dd|del|details|dfn"
    "|dialog|div|dl|dt|em|fieldset|figcaption|figure|font|footer|form|h[1-6]|head|header|hr|html|i|img|input|ins|kbd|label|legend"
    "|li|link|main|mark|meta|nav|ol|optgroup|option|p|picture|pre|q|s|samp|script|section|select|small|source|span|strike"
    "|strong|style|sub|summary|sup|table|tbody|td|template|textarea|tfoot|th|thead|time|title|tr|u|ul|var|video|wbr"
)
TAG = (
    rf"</?(?:(?:{_NAMES})(?=[\s/>])|(?-i:[a-z]{{1,16}}(?:-[a-z]{{1,16}}){{1,4}})(?=[\s/>]))[^<>]{{0,4000}}>"
    r"|<!--[^<>]{0,4000}-->"
)
_SPECIAL_MARKUP = re.compile(rf"{TAG}|{_PIECES}", re.I)
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20e3\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff9-\ufffb]|[\U000e0000-\U000e0fff]"
)
_DASHES = frozenset("‐‑‒–—―−⁃﹘﹣－➖ー⸺⸻")
_CELL = re.compile(r"</?(?:td|th)\b", re.I)
_ROW = re.compile(
    r"</?(?:tr|br|p|div|li|ul|ol|h[1-6]|table|section|article|dd|dt|dl|pre|hr|option|textarea|form)\b", re.I
)
_ESCAPED = {"n": "\n", "r": "\n", "t": "\t", "/": "/", '"': '"', "'": "'"}
# letters of other scripts that look like Latin ones; where a key is written in them it is read with them
_ALIKE = dict(zip("АВЕКМНОРСТУХаеорсухіјѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABEKMHOPCTYXaeopcyxijsABEZHIKMNOPTYXo", strict=True))
_OTHER = {"∶": ":", "︰": ":", "꞉": ":", "•": "·", "‧": "·", "・": "·", "∙": "·", "⋅": "·", "●": "·", "\u2028": "\n",
          "\u2029": "\n", "\x0b": "\n", "\x0c": "\n", "\r": "\n"}  # fmt: skip
_LONE = frozenset(
    ' -:=/&?,;|@+"_.'
)  # what one escape alone stands for in addresses; other ones are signs of a password
_DENSE = re.compile(r"[0-9a-z\u3400-\u9fff]")
_LONG_DASH = re.compile(r"(?<=[0-9A-Za-z])一(?=[0-9A-Za-z])")


@dataclass(frozen=True)
class Reading:
    """A text as it is meant. `starts` and `ends` give for each sign its place in the original."""

    text: str
    starts: array[int]
    ends: array[int]

    def place(self, begin: int, end: int) -> tuple[int, int]:
        """Where a part of the reading stood in the original."""
        return self.starts[begin], self.ends[end - 1]


def read_spelling(text: str, *, markup: bool) -> Reading:
    """The text as it is meant; with `markup` tags are taken as what they do to the layout, else as text."""
    signs: list[str] = []
    starts: array[int] = array("L")
    ends: array[int] = array("L")
    at, closed = 0, False
    for match in (_SPECIAL_MARKUP if markup else _SPECIAL).finditer(text):
        begin, end = match.span()
        found = match[0]
        _take_plain(text, at, begin, signs, starts, ends)
        beside = at == begin and closed and found[0] == "<" and found[1:2] != "/"  # </span><span>: two words
        closed = found[:2] == "</"
        for sign in _meant(found) or (" " if beside else ""):
            signs.append(sign)
            starts.append(begin)
            ends.append(end)
        at = end
    _take_plain(text, at, len(text), signs, starts, ends)
    return Reading(_LONG_DASH.sub("-", "".join(signs)), starts, ends)


def read_dense(reading: Reading) -> Reading:
    """Only letters, digits and Han of a reading, in lower case, with O as 0 and l, I as 1: for finding known texts."""
    starts: array[int] = array("L")
    ends: array[int] = array("L")
    signs: list[str] = []
    folded = fold(reading.text)
    if len(folded) != len(reading.text):
        folded = "".join(fold(sign)[:1] or sign for sign in reading.text)
    for match in _DENSE.finditer(folded):
        signs.append(match[0])
        starts.append(match.start())
        ends.append(match.end())
    return Reading("".join(signs), starts, ends)


def fold(text: str) -> str:
    """Lower case, and one sign for those that OCR and readers take for each other."""
    return text.lower().translate(_FOLDED)


def dense(text: str) -> str:
    """A text of which only letters, digits and Han are left, folded."""
    return "".join(_DENSE.findall(fold(read_spelling(text, markup=False).text)))


_FOLDED = {ord("o"): "0", ord("l"): "1", ord("i"): "1"}


def _take_plain(text: str, begin: int, end: int, signs: list[str], starts: array[int], ends: array[int]) -> None:
    if begin < end:
        signs.append(text[begin:end])
        starts.extend(range(begin, end))
        ends.extend(range(begin + 1, end + 1))


@lru_cache(maxsize=8192)
def _meant(found: str) -> str:
    """What one special piece stands for; "" for what nobody sees."""
    if found[0] == "<" and len(found) > 1:
        return "\t" if _CELL.match(found) else "\n" if _ROW.match(found) else ""
    if found[0] == "&" and len(found) > 1:
        return "".join(_plain(sign) for sign in html.unescape(found))
    if found[0] == "\\" and len(found) == 6:
        return _plain(chr(int(found[2:], 16)))
    if found[0] == "\\" and len(found) == 2:
        return _ESCAPED.get(found[1].lower(), found)
    if found[0] == "%" and len(found) > 2:
        meant = unquote(found, errors="replace")
        if len(meant) == 1 and meant < "\x80" and not meant.isalnum() and meant not in _LONE:
            return found
        return found if "\ufffd" in meant else "".join(_plain(sign) for sign in meant)  # a % of a password stays one
    return _plain(found)


def _plain(sign: str) -> str:
    if _INVISIBLE.match(sign):
        return ""
    if sign in _DASHES:
        return "-"
    if sign in _OTHER:
        return _OTHER[sign]
    if sign in _ALIKE:
        return _ALIKE[sign]
    if sign < "\x80":
        return sign if sign >= " " or sign in "\n\t" else " "
    digit = unicodedata.digit(sign, None)
    if digit is not None:
        return str(digit)
    normal = unicodedata.normalize("NFKC", sign)
    if len(normal) == 1:
        return " " if normal.isspace() else normal
    return normal if normal.isascii() and normal.isalpha() else sign
