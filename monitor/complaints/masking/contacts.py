"""Finds contacts that one letter announces (V：, Q：), the heads of exported chats, and names beside a number.

Takes the reading, gives spans.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from monitor.complaints.masking.person_names import is_name
from monitor.complaints.masking.shapes import is_kept_shape
from monitor.complaints.masking.shown import show_account, show_person
from monitor.complaints.masking.spans import Span

_EDGE = r"(?:(?<=[\s:,;、。|/(\[【\u4e00-\u9fff])|^)"
_WECHAT = re.compile(
    _EDGE + r"(?:\+|➕|＋|加)?[Vv❤薇威](?:[XxＸ]|信|我)?[ \t]{0,2}[:=][ \t]{0,3}([A-Za-z][0-9A-Za-z_-]{4,24}"
    r"|1[3-9][0-9]{9})(?![0-9A-Za-z])"
)
_ADD = re.compile(r"(?:\+|➕|加)[ \t]?[Vv][Xx]?[ \t]{0,2}([A-Za-z][0-9A-Za-z_-]{4,24})(?![0-9A-Za-z])")
_QQ = re.compile(
    _EDGE + r"(?:\+|➕|加)?(?:[Qq]{1,2}|扣|扣我|企鹅)(?:[ \t]{0,2}[:=][ \t]{0,3}|[ \t]{1,2}(?=[0-9]{6}))"
    r"([1-9][0-9]{4,10})(?![0-9A-Za-z])"
)
_TIME = r"(?:(?:19|20)[0-9]{2}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?[ \t]{1,3})?[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?"
_HEAD = re.compile(
    rf"(?m)^[ \t]*(?:\[?{_TIME}\]?[ \t]{{1,4}}[^\n()<>]{{1,40}}[(<]([1-9][0-9]{{4,10}})[)>][ \t]*$"
    rf"|[^\n()<>]{{1,40}}[(<]([1-9][0-9]{{4,10}})[)>][ \t]{{0,4}}{_TIME})"
)
_ASKED = re.compile(
    r"(?:QQ|扣扣|企鹅)号?(?:码)?[^\n0-9]{0,6}(?:多少|几号?|哪个|发我|报一下)[^\n0-9]{0,6}\n"
    r"[^\n:0-9]{1,16}:[ \t]*([1-9][0-9]{4,10})(?![0-9A-Za-z])",
    re.I,
)
_BESIDE = frozenset({"bank_card", "phone", "id_number", "address"})
_RIGHT = re.compile(r"[ \t,]{1,3}([\u4e00-\u9fff]{2,4})(?=[ \t,。;)\n]|$|[0-9])")
_LEFT = re.compile(r"(?:^|[\s,;:(。])([\u4e00-\u9fff]{2,4})[ \t,]{1,3}$")
_WIDEST = 12
_DAY = 8


def find_contacts(text: str) -> Iterator[Span]:
    """Spans of accounts that stand behind V：, Q： or in the head of a line of an exported chat."""
    for pattern in (_WECHAT, _ADD):
        for match in pattern.finditer(text):
            word = match[1]
            if (not word.isalpha() or "_" in word) and not is_kept_shape(word + "_"):
                yield Span(*match.span(1), "wechat", show_account(word))
    for match in _QQ.finditer(text):
        if len(match[1]) <= _DAY and is_kept_shape(match[1]):
            continue
        yield Span(*match.span(1), "qq", show_account(match[1]))
    for match in _ASKED.finditer(text):
        yield Span(*match.span(1), "qq", show_account(match[1]))
    for match in _HEAD.finditer(text):
        group = 1 if match[1] else 2
        yield Span(*match.span(group), "qq", show_account(match[group]), 2)


def find_names_beside(text: str, spans: Sequence[Span]) -> Iterator[Span]:
    """Spans of names that stand, behind a space or a comma, beside a card, a phone, an identity number or a home."""
    for span in spans:
        if span.kind not in _BESIDE:
            continue
        right = _RIGHT.match(text, span.end)
        if right and is_name(right[1]):
            yield Span(*right.span(1), "person", show_person(right[1]))
        left = _LEFT.search(text[max(0, span.begin - _WIDEST) : span.begin])
        if left and is_name(left[1]):
            begin = max(0, span.begin - _WIDEST) + left.start(1)
            yield Span(begin, begin + len(left[1]), "person", show_person(left[1]))
