"""Finds card keys, passwords and bought accounts in a reading: by their labels, in lists, by shape, beside key words.

Takes the reading, its labels and labelled places; gives spans. A label makes nearly anything behind it a key; a shape
that only keys have needs no word; an unusual text near a word for keys is one too. What a label calls an order, a time,
a price or a hash is none.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

from monitor.complaints.masking.accounts import find_accounts
from monitor.complaints.masking.delivery import find_delivered
from monitor.complaints.masking.groups import read_fold, read_pieces
from monitor.complaints.masking.labels import KEPT, SECRET, Label, Labelled, find_key_words, load_formats
from monitor.complaints.masking.shapes import is_hash, is_kept_shape, is_named, is_secret, looks_drawn
from monitor.complaints.masking.shown import show_account, show_folded, show_key, show_mail
from monitor.complaints.masking.spans import Span

_VALUE = re.compile(r"(?:(?!-{2,}|https?:/)[0-9A-Za-z!@#$%^&*_+=~?./\\-]){3,8000}")
_FIELD = re.compile(r"[A-Za-z][A-Za-z_]{1,30}=(?=[^=])")
_QUERY = re.compile(r"&(?:amp;)?[A-Za-z_][0-9A-Za-z_]{0,30}=")
_NEXT = re.compile(
    r"[ \t]{0,8}(?:[,;、，；|/&+\"'`\])}】」』>*]|-{2,20}|和|及|与|或|[ \t]|\n[ \t]{0,8}){1,6}"
    r"(?:[\[({【「『\"'`>*-]|\d{1,3}(?:[、):]|\.(?![0-9]))[ \t]?"
    r"|第\s?\d{1,3}\s?[张个组条份]\s?:?|\(\d{1,3}\)|#\d{1,3}[ :]"
    r"|(?:no|key|card)\.?\s?\d{1,3}[:.]){0,3}[ \t]{0,8}",
    re.I,
)
_LINE = re.compile(
    r"[ \t>*•\"'`\[{(-]*(?:\d{1,3}(?:[、):,]|\.(?![0-9]))[ \t]?|第\s?\d{1,3}\s?[张个组条份]\s?:?|\[\d+\]|\(\d+\)"
    r"|#\d+\s?)?[ \t\"'`]*"
    r"[0-9A-Za-z!@#$%^&*_+=~?./\\-]{4,160}(?:(?:[ \t,;|/\"'`]"
    r"|-{2,})+[0-9A-Za-z!@#$%^&*_+=~?./\\-]{3,160}){0,12}[ \t,;.\"'`\])}]*"
)
_CODE = re.compile(
    r"(?<![0-9A-Za-z_%/=+\\@&])[0-9A-Za-z]{8,64}(?:[-_][0-9A-Za-z]{1,40}){0,8}(?![0-9A-Za-z_%/=+@]|\.(?:jpe?g|png"
    r"|gif|webp|heic|mp4|pdf|html?|js|css|zip|txt|com|cn|net|top|apk|exe|docx?|xlsx?)\b)"
)
_GROUPS = re.compile(
    r"(?<![0-9A-Za-z_%/=+\\@&.*-])[0-9A-Za-z]{3,8}(?:(?:[ \t]?\n?[ \t]?-[ \t]?\n?[ \t]?|[._·~/"
    r"|=])[0-9A-Za-z]{3,12}){2,7}(?![0-9A-Za-z_%/=+@*]|[.-][0-9A-Za-z])"
)
_SPACED = re.compile(r"(?<![0-9A-Za-z\-])[0-9A-Z]{3,8}(?:[ \t]{1,3}[0-9A-Z]{3,8}){2,6}(?![0-9A-Za-z\-])")
_SINGLES = re.compile(r"(?<![0-9A-Za-z])[0-9A-Za-z](?:([ \t·._-]{1,2})[0-9A-Za-z](?![0-9A-Za-z])){7,40}(?![0-9A-Za-z])")
_UUID = re.compile(
    r"(?<![0-9A-Za-z-])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9A-Za-z-])", re.I
)
_API = re.compile(
    r"(?<![0-9A-Za-z])(?:sk-(?:proj-|ant-)?[0-9A-Za-z_-]{20,200}|gh[pousr]_[0-9A-Za-z]{30,80}"
    r"|AIza[0-9A-Za-z_-]{30,60}|AKIA[0-9A-Z]{16}|xox[bp]-[0-9A-Za-z-]{20,90})"
)
_URL = re.compile(r"[a-z]{2,10}://[^\s\"'<>\u3000-\u9fff，。；、（）]{4,2000}|data:[a-z]+/[^\s\"'<>]{10,}", re.I)
_NEAR = re.compile(
    r"(?<![0-9A-Za-z_%/=+\\@&.*])[0-9A-Za-z]{3,64}(?:[-_·.][0-9A-Za-z]{2,40}){0,8}(?![0-9A-Za-z_%/=+@*]|\.[0-9A-Za-z])"
)
_LEAST_NEAR = 6
_COUNTED = frozenset("号元张个天年月日次位块%人件份")
_WORDS_BEFORE, _WORDS_AFTER, _CLOSE = 220, 60, 16
_FAULTY = re.compile(r"err(?:or|code|no)?(?![a-z])|错误|异常|exception|status|返回|响应|失败代码", re.I)
_DIRECT = re.compile(r"(?=[A-Za-z!@#$%&._]*[0-9])[0-9A-Za-z!@#$%&._]{4,40}")
_COUNTS = re.compile(r"[位次个天年月日元分秒种条小时]")
_MOST_LISTED = 3_000
SURE = 3  # rank of what stands directly behind its label: no other label has a better claim
_PARTS = re.compile(r"[ \t\-_.·]{1,3}\n?[ \t]{0,3}|\n")


def find_keys(
    text: str, labels: Sequence[Label], labelled: Sequence[Labelled], kept: Sequence[tuple[int, int]]
) -> Iterator[Span]:
    """Spans of keys, passwords and accounts. `kept` are the places that a label calls something else, in order."""
    found: list[Span] = []
    begins = [label.begin for label in labels]
    for one in labelled:
        if one.says in SECRET:
            found += _behind(text, one, labels, begins)
    found += find_accounts(text, kept)
    yield from _join_groups(text, found)
    outside, words = _Outside(text, kept), find_key_words(text)
    for span in _by_shape(text):
        if outside.is_free(span.begin, span.end):
            yield span
    yield from (span for span in _near(text, words) if outside.is_free(span.begin, span.end))
    yield from (span for span in find_delivered(text, words) if outside.is_free(span.begin, span.end))


class _Outside:
    """Tells whether a place is neither behind a label of something else nor within an address of the web."""

    def __init__(self, text: str, kept: Sequence[tuple[int, int]]) -> None:
        self._kept = sorted((*kept, *(match.span() for match in _URL.finditer(text))))
        self._begins = [begin for begin, _end in self._kept]

    def is_free(self, begin: int, end: int) -> bool:
        """Whether nothing that is kept covers any of it."""
        place = bisect_left(self._begins, end)
        return not any(other_end > begin for _begin, other_end in self._kept[max(0, place - 6) : place])


def _behind(text: str, one: Labelled, labels: Sequence[Label], begins: Sequence[int]) -> Iterator[Span]:
    """The value behind a label, and those that follow it in a list."""
    kind = {"password": "password", "account": "account"}.get(one.says, "card_key")
    if one.says == "weak_key" and _FAULTY.search(text, max(text.rfind("\n", 0, one.begin) + 1, one.begin - 80), one.begin):
        return
    close = one.says == "password" and not one.said and text.endswith(one.label, 0, one.begin)
    if close:
        short = _DIRECT.match(text, one.begin)
        if short and not _COUNTS.match(text, short.end()):
            yield Span(short.start(), short.end(), kind, show_key(short[0]), SURE)
    paired = not one.said and _is_paired(text, one, labels, begins)
    one = replace(one, said=True, colon=True) if paired or _SPACED.match(text, one.begin) else one
    at, taken, digits, first = one.begin, 0, True, ""
    while taken < _MOST_LISTED:
        pieces = read_pieces(text, at) if kind == "card_key" or taken == 0 else at
        if pieces > at and pieces <= (one.limit if one.cell else len(text)) and (one.said or _has_digit(text[at:pieces])):
            yield Span(at, pieces, kind, show_key(text[at:pieces]), 1 if taken == 0 else 2)
            taken, digits = taken + 1, False
            step = _NEXT.match(text, pieces)
            if step is None or step[0].count("\n") > 1 or (one.cell and step.end() >= one.limit):
                return
            at = step.end()
            continue
        match = _VALUE.match(text, at, max(at, one.limit) if one.cell else len(text))
        if match is None:
            link = _URL.match(text, at) if taken == 0 and one.says != "account" else None
            if link is not None and one.said:
                yield from _in_link(link)
            return
        begin, end = match.start(), match.end()
        if taken and _FIELD.match(text, begin, end):
            return  # another field of a query
        query = _QUERY.search(text, begin + 1, end)
        end = query.start() if query else end
        place = bisect_left(begins, begin + 1)
        if taken and place and labels[place - 1].end > begin and labels[place - 1].begin <= begin:
            joined = re.match(r"[0-9A-Za-z_@#!-]", text[labels[place - 1].end : end])
            if not joined or labels[place - 1].says in KEPT:
                return  # the next thing is a label of its own
        while end > begin and text[end - 1] in ".?/\\=-*_~":
            end -= 1
        word = text[begin:end]
        if word.isalpha() and not word.isupper() and not (one.colon and (taken == 0 or one.cell)):
            return  # a word of a sentence
        alike = len(word) == len(first) >= 16 and word.isalnum() and is_hash(word) and is_hash(first)
        after = text[end : end + 2]
        fold = read_fold(text, begin, end) if kind == "card_key" and not one.cell else end
        whole = word + text[end:fold].strip()
        if not alike and not is_secret(whole, one.says, said=one.said, listed=taken > 0, digits=digits, after=after):
            return
        if fold > end:
            yield Span(begin, fold, kind, show_folded(word, text[end:fold]), SURE if taken == 0 else -1)
        else:
            yield _span_of(begin, end, kind, word, sure=taken == 0)
        first, end = first or word, fold
        taken, digits = taken + 1, word.isdigit()
        step = _NEXT.match(text, end)
        if step is None or step[0].count("\n") > 2 or (one.cell and step.end() >= one.limit):
            return
        at = step.end()
        if "\n" in step[0]:
            line = text[text.rfind("\n", 0, at) + 1 : _end_of_line(text, at)]
            if not _LINE.fullmatch(line):
                return


def _span_of(begin: int, end: int, kind: str, word: str, *, sure: bool) -> Span:
    if "@" in word and "." in word.partition("@")[2]:
        return Span(begin, end, "email", show_mail(word))
    return Span(begin, end, kind, show_account(word) if kind == "account" else show_key(word), SURE if sure else -1)


def _has_digit(text: str) -> bool:
    return any(sign.isdigit() for sign in text)


def _is_paired(text: str, one: Labelled, labels: Sequence[Label], begins: Sequence[int]) -> bool:
    """Whether a word for an account and one for its password stand in one line, with spaces alone behind them."""
    if one.label.isascii() or text[one.begin - 1 : one.begin] != " ":
        return False
    place = bisect_left(begins, one.begin)
    for label in (*labels[max(0, place - 2) : max(0, place - 1)], *labels[place : place + 1]):
        between = text[min(label.begin, one.begin) : max(label.begin, one.begin)]
        if (
            label.says in ("account", "password")
            and label.says != one.says
            and "\n" not in between
            and len(between) < 60
        ):
            return not text[label.begin : label.end].isascii()
    return False


def _in_link(link: re.Match[str]) -> Iterator[Span]:
    """The last part of an address that is handed out as a key."""
    address = re.split(r"[,;|¥￥]", link[0])[0]
    tail = re.search(r"[^/=?&]{4,}/?$", address)
    if tail and "***" not in tail[0] and tail.start() > address.find("://") + 3 + len(address.split("/")[2]):
        yield Span(link.start() + tail.start(), link.start() + tail.end(), "card_key", show_key(tail[0].rstrip("/")), SURE)


def _join_groups(text: str, spans: Sequence[Span]) -> Iterator[Span]:
    """Short neighbours with a space or one line break between them are groups of one key."""
    row: list[Span] = []
    for span in [*sorted(spans), None]:
        if span is not None and row and _are_groups(text, row[-1], span):
            row.append(span)
            continue
        if len(row) > 1:
            begin, end = row[0].begin, row[-1].end
            yield Span(begin, end, row[0].kind, show_key(text[begin:end]), 3)
        else:
            yield from row
        row = [span] if span is not None else []


def _are_groups(text: str, one: Span, other: Span) -> bool:
    between = text[one.end : other.begin]
    lengths = one.end - one.begin, other.end - other.begin
    if one.kind != other.kind or not 0 < len(between) <= 3 or max(lengths) > 8:
        return False
    return re.fullmatch(r" {1,3}|-|·", between) is not None and min(lengths) <= 6


def _by_shape(text: str) -> Iterator[Span]:
    for match in _API.finditer(text):
        yield Span(match.start(), match.end(), "card_key", show_key(match[0]))
    for pattern in (_GROUPS, _SPACED):
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


def _near(text: str, words: Sequence[tuple[int, int]]) -> Iterator[Span]:
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
