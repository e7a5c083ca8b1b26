"""Finds keys that no label names: by a shape that only keys have, and what looks like one beside a word for keys.

Takes the reading and the places of words for keys, gives spans.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache

from monitor.complaints.masking.labels import load_formats
from monitor.complaints.masking.shapes import is_kept_shape, is_named, looks_drawn
from monitor.complaints.masking.shown import show_key
from monitor.complaints.masking.spans import Span

_CODE = re.compile(
    r"(?<![0-9A-Za-z_%/=+\\@&])[0-9A-Za-z]{8,64}(?:[-_][0-9A-Za-z]{1,40}){0,8}(?![0-9A-Za-z_%/=+@]|\.(?:jpe?g|png"
    r"|gif|webp|heic|mp4|pdf|html?|js|css|zip|txt|com|cn|net|top|apk|exe|docx?|xlsx?)\b)"
)
_GROUPS = re.compile(
    r"(?<![0-9A-Za-z_%/=+\\@&.*-])[0-9A-Za-z]{3,8}(?:(?:[ \t]?\n?[ \t]?-[ \t]?\n?[ \t]?|[._·~/"
    r"|=])[0-9A-Za-z]{3,12}){2,7}(?![0-9A-Za-z_%/=+@*]|[.-][0-9A-Za-z])"
)
_SINGLES = re.compile(r"(?<![0-9A-Za-z])[0-9A-Za-z](?:([ \t·._-]{1,2})[0-9A-Za-z](?![0-9A-Za-z])){7,40}(?![0-9A-Za-z])")
_UUID = re.compile(
    r"(?<![0-9A-Za-z-])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9A-Za-z-])", re.I
)
_API = re.compile(
    r"(?<![0-9A-Za-z])(?:sk-(?:proj-|ant-)?[0-9A-Za-z_-]{20,200}|gh[pousr]_[0-9A-Za-z]{30,80}"
    r"|AIza[0-9A-Za-z_-]{30,60}|AKIA[0-9A-Z]{16}|xox[bp]-[0-9A-Za-z-]{20,90})"
)
_NEAR = re.compile(
    r"(?<![0-9A-Za-z_%/=+\\@&.*#])[0-9A-Za-z]{3,64}(?:[-_·.][0-9A-Za-z]{2,40}){0,8}(?![0-9A-Za-z_%/=+@*]|\.[0-9A-Za-z])"
)
_LEAST_NEAR = 6
_COUNTED = frozenset("号元张个天年月日次位块%人件份")
_WORDS_BEFORE, _WORDS_AFTER, _CLOSE = 220, 60, 16
SPACED = re.compile(r"(?<![0-9A-Za-z\-])[0-9A-Z]{3,8}(?:[ \t]{1,3}[0-9A-Z]{3,8}){2,6}(?![0-9A-Za-z\-])")


def find_shaped(text: str) -> Iterator[Span]:
    """Spans of shapes that only keys have."""
    for match in _API.finditer(text):
        yield Span(match.start(), match.end(), "card_key", show_key(match[0]))
    for pattern in (_GROUPS, SPACED):
        for match in pattern.finditer(text):
            parts = [part for part in re.split(r"[^0-9A-Za-z]+", match[0]) if part]
            separators = set(re.sub(r"[0-9A-Za-z\s]", "", match[0])) or {" "}
            alone = _stands_alone(text, match)
            if len(separators) == 1 and _is_grouped(parts, separators.pop(), alone=alone):
                yield Span(match.start(), match.end(), "card_key", show_key(match[0]))
    for match in _SINGLES.finditer(text):
        signs = re.sub(r"[^0-9A-Za-z]", "", match[0])
        if len(signs) >= 10 and any(sign.isdigit() for sign in signs):
            yield Span(match.start(), match.end(), "card_key", show_key(signs))
    for match in _CODE.finditer(text):
        if looks_drawn(match[0]) and not is_kept_shape(match[0]) and not is_named(match[0]):
            yield Span(match.start(), match.end(), "card_key", show_key(match[0]))


def _is_grouped(parts: Sequence[str], separator: str, *, alone: bool) -> bool:
    """Whether groups have lengths and signs that only keys have."""
    lengths = tuple(len(part) for part in parts)
    signs = "".join(parts)
    if lengths == (8, 4, 4, 4, 12):
        return False
    if len(set(signs)) <= 2:
        return False  # XXXX-XXXX-XXXX: how keys look, not one
    digits = sum(sign.isdigit() for sign in signs)
    upper = signs.upper() == signs
    equal = len(set(lengths)) == 1 and 4 <= lengths[0] <= 8 and len(lengths) >= 3
    if not equal and (lengths not in _known_groups() or separator in "/.=|"):
        return False
    if separator in "/.=|" and (digits == 0 or len(lengths) < 3 or digits == len(signs)):
        return False
    if digits == len(signs):
        return separator in "- ·" and sum(lengths) >= 14 and (equal or separator == "-")
    if separator == " " and (
        not upper
        or digits < (1 if alone else 2)
        or any(part.isdigit() and len(part) == 4 and part[:2] in ("19", "20") for part in parts)
    ):
        return False
    if not upper and (digits == 0 or (any(part.isalpha() and part.islower() for part in parts) and digits < 3)):
        return False
    return upper or digits > 0


def find_near(text: str, words: Sequence[tuple[int, int]]) -> Iterator[Span]:
    """What looks like a key, beside a word for keys."""
    if not words:
        return
    begins, ends = [begin for begin, _end in words], [end for _begin, end in words]
    for match in _NEAR.finditer(text):
        token = match[0]
        if len(token) < _LEAST_NEAR or is_kept_shape(token) or is_named(token):
            continue
        first = bisect_left(ends, match.start() + 1)
        before = [n for n in range(max(0, first - 4), first) if _is_near(text, ends[n], match.start())]
        after = bisect_left(begins, match.end())
        alone = _stands_alone(text, match)
        behind = after < len(begins) and begins[after] - match.end() < _WORDS_AFTER
        behind = behind and text.count("\n", match.end(), begins[after]) <= int(alone)
        if not before and not behind:
            continue
        spoken = behind or any("\n" not in text[ends[n] : match.start()] for n in before)
        products = [text[slice(*words[n])].lower() for n in before]
        close = spoken and any(match.start() - ends[n] <= _CLOSE for n in before)
        after_it = text[match.end() : match.end() + 1]
        if _is_key_near(token, products, spoken=spoken, close=close, alone=alone, after=after_it):
            yield Span(match.start(), match.end(), "card_key", show_key(token))


def _is_near(text: str, begin: int, end: int) -> bool:
    return end - begin < _WORDS_BEFORE and text.count("\n", begin, end) <= 3


def _stands_alone(text: str, match: re.Match[str]) -> bool:
    """Whether nothing else stands on its line."""
    line = text.rfind("\n", 0, match.start()) + 1
    before, after = text[line : match.start()], text[match.end() : _end_of_line(text, match.end())]
    return not before.strip(" \t>*-•\"'`") and not after.strip(" \t,;.\"'`")


def _is_key_near(token: str, products: Sequence[str], *, spoken: bool, close: bool, alone: bool, after: str) -> bool:
    """Whether a word that stands near a word for keys is one. `spoken`: on its line; `products`: what was named."""
    signs = re.sub(r"[^0-9A-Za-z]", "", token)
    if signs.isdigit():
        if len(signs) > 24 or after in _COUNTED:
            return False
        known = any(len(signs) in _sizes_by_word().get(product, ()) for product in products)
        return len(signs) >= 8 and (known or alone or (spoken and len(signs) >= 12))
    if _UUID.fullmatch(token) or (alone and signs.isupper() and len(signs) >= 10 and token == signs):
        return True
    return looks_drawn(token, near=True) and (
        close or alone or not re.fullmatch(r"[A-Za-z]{1,6}[-_]?[0-9]+[A-Za-z]?", token)
    )


def _end_of_line(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


@cache
def _known_groups() -> frozenset[tuple[int, ...]]:
    return frozenset(groups for one in load_formats() if one.alone for groups in one.groups if len(groups) > 1)


@cache
def _sizes_by_word() -> dict[str, tuple[int, ...]]:
    """The lengths of keys and card numbers of a product, by the words for it."""
    sizes: dict[str, tuple[int, ...]] = {}
    for one in load_formats():
        lengths = {sum(groups) for groups in one.groups} | ({one.number} if one.number else set())
        for word in one.words:
            sizes[word] = tuple(sorted({*sizes.get(word, ()), *lengths}))
    return sizes
