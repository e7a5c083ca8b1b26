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

from monitor.complaints.masking.accounts import find_accounts
from monitor.complaints.masking.delivery import find_delivered
from monitor.complaints.masking.groups import read_fold, read_pieces
from monitor.complaints.masking.labels import KEPT, SECRET, Label, Labelled, find_key_words
from monitor.complaints.masking.shapes import is_hash, is_secret
from monitor.complaints.masking.shown import show_account, show_folded, show_key, show_mail
from monitor.complaints.masking.spans import Span
from monitor.complaints.masking.unlabelled import SPACED, find_near, find_shaped

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
_URL = re.compile(r"[a-z]{2,10}://[^\s\"'<>\u3000-\u9fff，。；、（）]{4,2000}|data:[a-z]+/[^\s\"'<>]{10,}", re.I)
_FAULTY = re.compile(r"err(?:or|code|no)?(?![a-z])|错误|异常|exception|status|返回|响应|失败代码", re.I)
_DIRECT = re.compile(r"(?=[A-Za-z!@#$%&._]*[0-9])[0-9A-Za-z!@#$%&._]{4,40}")
_COUNTS = re.compile(r"[位次个天年月日元分秒种条小时]")
_HALVES = re.compile(r"[0-9]{8,24}(?=/[0-9]{4,24}(?![0-9A-Za-z]))")  # number/password
_MOST_LISTED = 3_000
SURE = 3  # rank of what stands directly behind its label: no other label has a better claim
_PARTS = re.compile(r"[ \t\-_.·]{1,3}\n?[ \t]{0,3}|\n")


def find_keys(
    text: str, labels: Sequence[Label], labelled: Sequence[Labelled], kept: Sequence[tuple[int, int]]
) -> Iterator[Span]:
    """Spans of keys, passwords and accounts that a label or a form names.

    `kept` are the places that a label calls something else, in order.
    """
    found: list[Span] = []
    begins = [label.begin for label in labels]
    for one in labelled:
        if one.says in SECRET:
            found += _behind(text, one, labels, begins)
    found += find_accounts(text, kept)
    yield from _join_groups(text, found)


def find_guesses(text: str, kept: Sequence[tuple[int, int]]) -> Iterator[Span]:
    """Spans of what no label names: shapes of keys, what is near a word for keys or where something is handed over."""
    outside, words = _Outside(text, kept), find_key_words(text)
    for found in (find_shaped(text), find_near(text, words), find_delivered(text, words)):
        yield from (span for span in found if outside.is_free(span.begin, span.end))


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
    if one.says == "weak_key" and _FAULTY.search(
        text, max(text.rfind("\n", 0, one.begin) + 1, one.begin - 80), one.begin
    ):
        return
    close = one.says == "password" and not one.said and text.endswith(one.label, 0, one.begin)
    if close:
        short = _DIRECT.match(text, one.begin)
        if short and not _COUNTS.match(text, short.end()):
            yield Span(short.start(), short.end(), kind, show_key(short[0]), SURE)
    paired = not one.said and _is_paired(text, one, labels, begins)
    one = replace(one, said=True, colon=True) if paired or SPACED.match(text, one.begin) else one
    at, taken, digits, first = one.begin, 0, True, ""
    while taken < _MOST_LISTED:
        pieces = read_pieces(text, at) if kind == "card_key" or taken == 0 else at
        if (
            pieces > at
            and pieces <= (one.limit if one.cell else len(text))
            and (one.said or _has_digit(text[at:pieces]))
        ):
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
        query = _QUERY.search(text, begin, end)
        end = query.start() if query else end
        place = bisect_left(begins, begin + 1)
        if taken and place and labels[place - 1].end > begin and labels[place - 1].begin <= begin:
            joined = re.match(r"[0-9A-Za-z_@#!-]", text[labels[place - 1].end : end])
            if not joined or labels[place - 1].says in KEPT:
                return  # the next thing is a label of its own
        halves = _HALVES.match(text, begin, end)
        end = halves.end() if halves else end
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
    path, _mark, query = address.partition("?")
    if query and re.search(r"/(?=[^/]{0,40}[0-9])[0-9A-Za-z_-]{8,}/?$", path):
        address = path
    tail = re.search(r"[^/=?&]{4,}/?$", address)
    if tail and "***" not in tail[0] and tail.start() > address.find("://") + 3 + len(address.split("/")[2]):
        yield Span(
            link.start() + tail.start(), link.start() + tail.end(), "card_key", show_key(tail[0].rstrip("/")), SURE
        )


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


def _end_of_line(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end
