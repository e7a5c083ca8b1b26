"""The plain text that is judged, with the place of every character in the original.

Folded (simplified, half width, lower case), invisible characters, emphasis and disguises gone. Characters are dropped
or replaced one for one, and seldom several by one (tui by 退): every span leads back to what the page shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from rapidfuzz.distance import Levenshtein

from monitor.changes.normal_forms import fold_text, plain_text

MASK = "□"
_EMPHASIS = re.compile(r"\*{1,3}|__|`|~~")
_SPACE_INSIDE = re.compile(r"(?<=[\u4e00-\u9fff])[ \t]+(?=[\u4e00-\u9fff])")
_SENTENCE = re.compile(r"[^。;!?\n]+[。;!?]*")
_NUMBER = re.compile(
    r"\s*(?:[-+•·●○■□◆◇▪►➤★☆※✅❌❗⚠]+\s*|第[一二三四五六七八九十百\d]{1,4}[条款项]\s*|[(\[【]?[一二三四五六七八九十\d]{1,3}(?:\.\d{1,2}){0,3}"
    r"[、.)\]】:]\s*|[①-⑳]\s*){0,3}"
)
# 加 薇 信: four or more characters, each by itself, are one word that hides from filters and not four clauses
_SPACED_OUT = re.compile(r"(?<![\u4e00-\u9fff])[\u4e00-\u9fff](?: [\u4e00-\u9fff]){3,}(?![\u4e00-\u9fff])")
_LONGEST = 400
_LONGEST_ALIGNED = 5_000
# Look-alikes and sound-alikes that are written to slip past filters; one for one.
_DISGUISES = {
    "卟": "不", "吥": "不", "鈈": "不", "钚": "不", "莪": "我", "伱": "你", "沵": "你", "恏": "好", "湜": "是",
    "嘚": "的", "迀": "迁", "蓷": "推", "蹆": "退", "腿": "退", "煺": "退", "褪": "退", "囬": "回", "囘": "回",
    "歀": "款", "窾": "款", "赔": "赔", "倍": "倍", "薇": "微", "亊": "事", "責": "责", "嫎": "方", "僙": "黄",
}  # fmt: skip

# Cantonese in writing: the same clauses, with other small words. One for one too.
_CANTONESE = {
    "唔": "不", "冇": "没", "嘅": "的", "喺": "在", "哋": "们", "佢": "他", "咗": "了", "啲": "些", "咩": "啥",
    "畀": "给", "俾": "给", "搵": "找", "揾": "找", "嚟": "来", "睇": "看", "攞": "拿", "揀": "选", "拣": "选",
    "嗰": "那",
}  # fmt: skip


@dataclass(frozen=True)
class PlainText:
    """Plain text; `places[i]` is where its character i stands in the original, with one more for the end."""

    text: str
    places: tuple[int, ...] | None
    end: int

    def find_span(self, start: int, end: int) -> tuple[int, int]:
        """The span in the original of a span in the plain text."""
        if self.places is None:
            return start, end
        return self.places[start], self.places[end - 1] + 1


@dataclass(frozen=True)
class Sentence:
    """A sentence or the part of a long one: its span in the plain text and the number of its line.

    An item of a list is judged as `text`, the sentence that it makes with the line that leads it in; `lead_in` is the
    span of that line, and `own` where the item's words stand in `text`.
    """

    text: str
    start: int
    end: int
    line: int
    lead_in: tuple[int, int] | None = None
    own: tuple[int, int] = (0, 0)


@cache
def _disguise_table() -> dict[int, str]:
    return {ord(disguised): plain for disguised, plain in (_DISGUISES | _CANTONESE).items()}


def make_plain(text: str) -> PlainText:
    """The plain form of a text, with its places."""
    folded = fold_text(text).replace("\r", "\n").translate(_disguise_table())
    gathered = _SPACED_OUT.sub(lambda match: match[0].replace(" ", ""), _EMPHASIS.sub("", plain_text(folded)))
    plain = _SPACE_INSIDE.sub(_close_up, gathered)
    if len(plain) == len(folded):
        return PlainText(plain, None, len(text))
    return PlainText(plain, tuple(_follow(folded, plain) or _align(folded, plain)), len(text))


def _follow(folded: str, plain: str) -> list[int]:
    """The places where characters were only dropped; [] where others stand for them, as 退 for tui."""
    places: list[int] = []
    position = 0
    for character in plain:
        while position < len(folded) and not (
            folded[position] == character or (character == "," and folded[position] in " \t")
        ):
            position += 1
        if position == len(folded):
            return []
        places.append(position)
        position += 1
    return places


def _align(folded: str, plain: str) -> list[int]:
    """The places line by line, by the fewest edits; a line beyond measure is spread evenly."""
    olds, news = folded.split("\n"), plain.split("\n")
    if len(olds) != len(news):
        olds, news = [folded], [plain]
    places: list[int] = []
    start = 0
    for old, new in zip(olds, news, strict=True):
        places += [start + min(place, max(0, len(old) - 1)) for place in _align_line(old, new)]
        start += len(old) + 1
        places.append(start - 1)
    return places[:-1]


def _align_line(old: str, new: str) -> list[int]:
    if max(len(old), len(new)) > _LONGEST_ALIGNED:
        return [number * len(old) // len(new) for number in range(len(new))]
    places = []
    for step in Levenshtein.opcodes(old, new):
        width = step.src_end - step.src_start
        for number in range(step.dest_end - step.dest_start):
            places.append(step.src_start + min(number, max(0, width - 1)))
    return places


def _close_up(match: re.Match[str]) -> str:
    """A gap between Chinese characters parts clauses: kept as one comma."""
    return ","


def split_sentences(plain: str) -> Iterator[Sentence]:
    """The sentences of a plain text without their numbers; a very long one is cut at a comma."""
    line = 0
    position = 0
    for match in _SENTENCE.finditer(plain):
        line += plain.count("\n", position, match.start())
        position = match.start()
        start = match.start() + len(_NUMBER.match(match[0])[0])  # type: ignore[index]  # matches always, empty too
        end = match.end()
        while end - start > _LONGEST:
            cut = plain.rfind(",", start, start + _LONGEST) + 1 or start + _LONGEST
            yield Sentence(plain[start:cut], start, cut, line)
            start = cut
        if plain[start:end].strip():
            yield Sentence(plain[start:end], start, end, line)
