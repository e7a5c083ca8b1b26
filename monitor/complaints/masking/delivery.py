"""Finds keys that no label names: handed over in the lines of a chat or of an order page, in a text of the card trade.

Takes the reading, gives spans. Only where words of that trade stand in the text around, and only at the places where
somebody hands something over: alone on a line, first in what a speaker says, right behind words such as 换一个, 第二张.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from monitor.complaints.masking.groups import read_fold, read_pieces
from monitor.complaints.masking.shapes import is_dated, is_epoch, is_hash, is_kept_shape, is_measure, is_named
from monitor.complaints.masking.shown import show_folded, show_key
from monitor.complaints.masking.spans import Span

_TRADE = re.compile(
    r"卡密|卡号|卡券|卡盟|发卡|提卡|卡商|卡贩|买卡|收卡|售卡|点卡|礼品卡|充值卡|一卡通|加油卡|会员卡"
    r"|激活|兑换|提取成功|发货|提货|充值|密钥|序列号|授权码|注册码"
    r"|卖家|买家|掌柜|店小二|店主|客服|店铺|商家|号商|老板|上号|代充|第\s?[0-9一二三四五六七八九十]{1,3}\s?[张组条]"
    r"|cdk|(?<![a-z])(?:redeem|gift ?card|activation|voucher|seller|serial|license)",
    re.I,
)
_REACH = 400
_LINE = re.compile(r"[^\n]+")
_LEAD = re.compile(
    r"[ \t>*•\"'`\[(-]*(?:(?:\d{1,2}[、).:]|第\s?[0-9一二三四五六七八九十]{1,3}\s?[张个组条份]:?)[ \t]*)?"
    r"(?:[\[(]?(?:(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?[ T]?)?\d{1,2}:\d\d(?::\d\d)?[\])]?[ \t]*)?"
)
_SPEAKER = re.compile(r"([^\s:,;=/\"'<>{}]{1,16})[ \t]?:[ \t]*(?!//)")
_HELD_OUT = re.compile(r"[\u4e00-\u9fff,]{0,6}[ \t]{0,2}(?=[0-9A-Za-z])")
_CUE = re.compile(
    r"(?:第\s?[0-9一二三四五六七八九十]{1,3}\s?[张个组条份串]"
    r"|[换补发来拿给]了?[我你您他]?了?[一这]?[个张组串条]|[用试]这[个张组]|先用|给[你您我]的?|发[你您我]"
    r"|内容[为是 :]|这[个张]?是|[一这那]串|另一[个张]|还有|又是|新的|收到的?|拿到的?|[号码密][是为]|一串码"
    r"|的码)[ \t\n:,\"'“「(]{0,3}"
)
_TOKEN = re.compile(
    r"(?<![0-9A-Za-z_%/=+\\@&.*#-])[0-9A-Za-z]{2,128}(?:[-_·.][0-9A-Za-z]{1,40}){0,8}"
    r"(?![0-9A-Za-z_%=+@*]|[.-][0-9A-Za-z])"
)
_PAIR = re.compile(
    r"(?<![0-9A-Za-z_%/=+\\@&.*#-])([0-9]{8,20}|[0-9A-Z]{9,24})[ \t]{0,2}([/|,;、&+]|[ \t])[ \t]{0,2}"
    r"([0-9]{4,20}|[0-9A-Z]{6,24})(?![0-9A-Za-z_%=+@*.:-])"
)
_LONG = re.compile(r"(?<![0-9A-Za-z+/=_-])(?:[0-9A-Za-z]{6,16}-)?[0-9A-Za-z+/=_-]{72,8000}(?![0-9A-Za-z+/=_])")
_HASHED = re.compile(
    r"md5|sha|hash|哈希|散列|摘要|校验|指纹|trace|request|commit|etag|请求|追踪|crc|digest|uuid|img|src"
    r"|href|nonce|sign",
    re.I,
)
_TAIL = re.compile(r"[ \t,;.!。\"'`\])”」}]*(?:[\u4e00-\u9fff][^\n0-9A-Za-z]{0,24})?$")
_FAULT = re.compile(r"err|错误|报错|异常|版本|型号|适用|规格|显卡|内存|运单|快递|物流|工单|受理|编号|单号|备案", re.I)
_FIELD = re.compile(
    r"<(?:input|textarea|button|span|div|a|p|li|td)\b[^<>]{0,400}?\s(?:data-)?(?:value|text|key|code"
    r"|copy|content)=[\"']?(?=[A-Za-z-]*[0-9])([0-9A-Za-z-]{6,64})[\"'\s>]",
    re.I,
)
_FIELD_OF_KEY = re.compile(r"readonly|copy|clip|km|card|kami|pwd|cdk|secret", re.I)
_SHORT = re.compile(r"[0-9]{4,8}")
_TWO_NUMBERS = re.compile(
    r"(?m)^[ \t]*([0-9]{12,20})[ \t]{1,4}([0-9]{4,20})(?:[ \t]{1,4}[0-9]{1,4}(?:\.[0-9]{1,2})?元?)?[ \t]*$"
)
_LEAST_ROWS = 2
_TWO_LINES = re.compile(
    r"(?m)^([^\s:,;=/\"'<>{}]{1,16}):[ \t]*([0-9A-Z-]{6,24})[ \t]*\n(?=\1:[ \t]*([0-9A-Z-]{4,24})[ \t]*$)"
)


def find_delivered(text: str, words: Sequence[tuple[int, int]]) -> Iterator[Span]:
    """Spans of what looks like a key at a place of handing over, where the text around speaks of the card trade.

    `words` are the places of words for keys and of names of products.
    """
    trade = sorted([*(match.start() for match in _TRADE.finditer(text)), *(begin for begin, _end in words)])
    if not trade:
        return
    for match in _LONG.finditer(text):
        drawn = {sign.isdigit() + 2 * sign.isupper() for sign in match[0] if sign.isalnum()}
        if len(drawn) == 3 and "://" not in text[max(0, match.start() - 80) : match.start()]:
            yield _span(match.start(), match.end(), match[0])
    near = _Near(trade)
    for match in _CUE.finditer(text):
        token = _TOKEN.match(text, match.end())
        if token and near.speaks(match.start()) and _may_be_key(text, token, least=6, digits=8):
            yield _whole(text, token)
    for match in _PAIR.finditer(text):
        if near.speaks(match.start()) and _is_pair(text, match):
            for group in (1, 3):
                yield _span(*match.span(group), match[group])
    for match in _FIELD.finditer(text):
        if near.speaks(match.start()) and _FIELD_OF_KEY.search(match[0]) and not is_dated(match[1]):
            yield _span(*match.span(1), match[1])
    yield from _in_lines(text, near)


def find_paired_lines(text: str, spans: Sequence[Span]) -> Iterator[Span]:
    """The other of two lines in which one speaker says nothing but a number, where the first or second is masked.

    `spans` are in order and apart.
    """
    keys = {span.begin: span for span in spans if span.kind == "card_key"}
    begins = [span.begin for span in spans]
    for match in _TWO_LINES.finditer(text):
        for known, other in ((2, 3), (3, 2)):
            begin, end = match.span(other)
            span = keys.get(match.start(known))
            free = bisect_left(begins, begin) == bisect_left(begins, end)
            if span is None or span.end != match.end(known) or not free:
                continue
            word = match[other]
            if not is_measure(word) and not is_dated(word) and any(sign.isdigit() for sign in word):
                yield _span(begin, end, word)


def find_paired_rows(text: str, spans: Sequence[Span]) -> Iterator[Span]:
    """The second numbers of rows in a row that hold two numbers each, where every first one is masked.

    `spans` are in order and apart. Days, amounts and what differs in length are no passwords.
    """
    starts = {span.begin: span.end for span in spans if span.kind in ("card_key", "bank_card")}
    begins, ends = [span.begin for span in spans], [span.end for span in spans]
    rows: list[re.Match[str]] = []
    for match in (*_TWO_NUMBERS.finditer(text), None):
        follows = match and (not rows or match.start() <= rows[-1].end() + 1)
        if match and follows and starts.get(match.start(1)) == match.end(1):
            rows.append(match)
            continue
        seconds = [row[2] for row in rows]
        lengths = {len(one) for one in seconds}
        plain = all(one.endswith("00") or is_dated(one) or is_epoch(one) or is_measure(one) for one in seconds)
        if len(rows) >= _LEAST_ROWS and len(lengths) == 1 and len(set(seconds)) > 1 and not plain:
            for row in rows:
                if bisect_right(ends, row.start(2)) >= bisect_left(begins, row.end(2)):
                    yield _span(*row.span(2), row[2])
        rows = [match] if match and starts.get(match.start(1)) == match.end(1) else []


class _Near:
    """Tells whether words of the card trade stand near a place."""

    def __init__(self, places: list[int]) -> None:
        self._places = places

    def speaks(self, at: int) -> bool:
        """Whether such a word stands within 400 signs."""
        place = bisect_left(self._places, at - _REACH)
        return place < len(self._places) and self._places[place] < at + _REACH


def _in_lines(text: str, near: _Near) -> Iterator[Span]:
    """What stands alone on a line, or first in what a speaker says."""
    above: tuple[int, int] | None = None  # the number alone on the line above
    for line in _LINE.finditer(text):
        begin, end = line.span()
        lead = _LEAD.match(text, begin, min(end, begin + 60))
        at = lead.end() if lead else begin
        speaker = _SPEAKER.match(text, at, min(end, at + 24))
        if speaker:
            at = speaker.end()
            if _FAULT.search(speaker[1]):
                above = None
                continue
            held = _HELD_OUT.match(text, at, min(end, at + 12))
            at = held.end() if held else at
        if at >= end or not text[at].isascii() or not near.speaks(at):
            above = None
            continue
        pieces = min(read_pieces(text, at), end)
        if pieces > at and _TAIL.match(text, pieces, end) and _is_row(text[at:pieces]):
            yield Span(at, pieces, "card_key", show_key(text[at:pieces]), 2)
            above = at, pieces
            continue
        token = _TOKEN.match(text, at, end)
        if token is None or not _TAIL.match(text, token.end(), end):
            above = None
            continue
        alone = not text[token.end() : end].strip(" \t,;.!\"'`)]")
        if _may_be_key(text, token, least=8, digits=8 if alone and not speaker else 99):
            yield _whole(text, token)
            above = token.span() if alone else None
        elif above is not None and alone and _SHORT.fullmatch(token[0]) and not is_measure(token[0]):
            yield _span(*token.span(), token[0])
            above = None
        elif alone and _SHORT.fullmatch(token[0]):
            below = re.compile(r"[ \t]*\n[ \t]*([0-9]{8,20})[ \t]*(?=\n|$)").match(text, token.end())
            if below and not is_kept_shape(below[1]):
                yield _span(*token.span(), token[0])
            above = None
        else:
            above = None


def _may_be_key(text: str, token: re.Match[str], *, least: int, digits: int) -> bool:
    """Whether signs at such a place are a key: letters and digits, or digits enough; none of the shapes that stay."""
    word = token[0]
    signs = re.sub(r"[^0-9A-Za-z]", "", word)
    line = text.rfind("\n", 0, token.start()) + 1
    if _FAULT.search(text, max(line, token.start() - 16), token.start()):
        return False
    if signs.isdigit():
        return len(signs) >= digits and len(signs) <= 24 and not is_kept_shape(word) and not _is_phone(signs)
    if is_hash(word):
        if digits == 8 and least == 8:
            return False  # alone on its line: rather a hash
        before = text[max(0, line - 1, token.start() - 60) : token.start()]
        return len(word) in (32, 40) and not _HASHED.search(before)
    if len(signs) < least or not any(sign.isdigit() for sign in signs) or is_named(word):
        return False
    return not is_kept_shape(word)


def _is_phone(signs: str) -> bool:
    return len(signs) == 11 and signs[0] == "1" and signs[1] in "3456789"


def _is_pair(text: str, match: re.Match[str]) -> bool:
    first, second = match[1], match[3]
    if not any(sign.isdigit() for sign in first) or not any(sign.isdigit() for sign in second):
        return False
    if any(is_dated(one) if one.isdigit() else is_kept_shape(one) for one in (first, second)):
        return False
    if match[2] == "," and is_epoch(second):
        return False
    if _is_phone(first) or _is_phone(second):
        return False
    line = text.rfind("\n", 0, match.start()) + 1
    if _FAULT.search(text, line, match.start()) or re.match(r"[元块张个次件人%]", text[match.end() : match.end() + 1]):
        return False
    if match[2].isspace():  # two numbers with a space alone are a pair only where nothing else stands
        after = text.find("\n", match.end())
        rest = text[match.end() : after if after >= 0 else len(text)]
        before = text[line : match.start()].rstrip()
        return not rest.strip() and (before[-1:] == ":" or not re.search(r"[0-9A-Za-z]", before))
    return True


def _is_row(row: str) -> bool:
    """Whether groups are enough for a key, and no moment, phone or words."""
    signs = re.sub(r"[^0-9A-Za-z]", "", row)
    parts = row.split()
    if (
        len(signs) < 10
        or _is_phone(signs)
        or (parts[0].isdigit() and len(parts[0]) == 4 and parts[0][:2] in ("19", "20"))
    ):
        return False
    return signs.isdigit() or sum(any(sign.isdigit() for sign in part) for part in parts) * 2 > len(parts)


def _whole(text: str, token: re.Match[str]) -> Span:
    end = token.end() if token[0].isdigit() else read_fold(text, *token.span())
    if end > token.end():
        return Span(token.start(), end, "card_key", show_folded(token[0], text[token.end() : end]))
    return _span(*token.span(), token[0])


def _span(begin: int, end: int, word: str) -> Span:
    return Span(begin, end, "card_key", show_key(word))
