"""Finds numbers of persons in a reading: mobile phones, identity numbers, bank cards, landlines; however grouped.

Takes the reading and what labels say, gives spans. Check digits decide where there are any: GB 11643-1999 (identity
numbers), Luhn with known beginnings of card numbers. Digits that OCR reads as letters, and digits written as Han, are
read as what they mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from monitor.complaints.masking.labels import Labelled
from monitor.complaints.masking.shown import show_number, show_phone
from monitor.complaints.masking.spans import Span
from scrapers.identifiers.checksums import PROVINCE_OF_CODE

_GAP = r"[ \t·.\-_()~]{0,2}\n?[ \t]{0,4}"
_MOBILE = re.compile(rf"(?<![0-9.])(?:(?:(?:\+|00){_GAP})?86{_GAP})?1{_GAP}[3-9](?:{_GAP}[0-9]){{9}}(?!\.?[0-9])")
_RUN = re.compile(rf"(?<![0-9])[0-9](?:{_GAP}[0-9Xx]){{12,19}}(?![0-9])")
_IDENTITY = re.compile(rf"(?<![0-9])[1-9](?:{_GAP}[0-9]){{16}}{_GAP}[0-9Xx](?![0-9A-Za-z])")
_IDENTITY_OLD = re.compile(
    r"(?<![0-9A-Za-z.])[1-8][0-9]{5}[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}(?![0-9A-Za-z])"
)
_FIXED = re.compile(
    r"(?<![0-9\-])(?:\(0[1-9][0-9]{1,2}\)[ \-]?|0[1-9][0-9]{1,2}[ \-])[2-8][0-9]{2,3}[ \-]?[0-9]{4}(?![0-9\-])"
)
_FIXED_LABELLED = re.compile(
    r"(?:(?:\+|00)?86[ \-]?)?\(?0?[1-9]?[0-9]{0,2}\)?[ \-]?[2-8][0-9]{2,3}[ \-]?[0-9]{4}(?![0-9])"
)
_LOOSE = re.compile(r"[0-9OoIl|SBZ](?:[ \-·.]?[0-9OoIl|SBZ]){7,14}(?![0-9A-Za-z])")
_DAY_BEHIND = re.compile(r"[) ](?:19|20)[0-9]{2}-[0-9]{2}")
_DAY = re.compile(r"(?:19|20)[0-9]{2}[-./ ]?[01]?[0-9](?:[-./ ]|[0-3])")
_SERVICE = re.compile(r"(?:400|800)[ \-]?[0-9]|9[56][0-9]{3}|1(?:0[0-9]{3}|2[0-9]{3}|1[0-9])(?![0-9])")
_MIXED = re.compile(r"(?<![0-9A-Za-z])[0-9OoQDIl|SsBZzG]{11,19}[Xx]?(?![0-9A-Za-z])")
_READ_AS = str.maketrans("OoQDIl|SsBZzG", "0000111558226")
_HAN = re.compile(
    r"[0-9〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖两][0-9〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖两 \-]{9,40}"
)
_HAN_AS = str.maketrans("〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖两", "0012345678911234567892")
_NO_NUMBER = re.compile(r"[¥$.]\s?\Z|[0-9][-_/:]\Z")
_HOST = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
_LISTED = re.compile(r"1[.)][ \t]")
_USUAL = frozenset(
    {
        (3, 4, 4),
        (3, 3, 5),
        (3, 2, 3, 3),
        (4, 3, 4),
        (4, 4, 3),
        (3, 3, 3, 2),
        (2, 3, 3, 3),
        (3, 2, 2, 2, 2),
        (1, 3, 3, 4),
        (3, 4, 2, 2),
    }
)
_PREFIX = re.compile(r"[A-Za-z]{1,12}\Z")
_CONTACT = re.compile(
    r"(?:tel|phone|mobile|mob|call|vx|wx|v|wechat|qq|zfb|alipay|p|t|m|dh|sj|sjh|ph|whatsapp|acc|account|id|user|u)$",
    re.I,
)
_RECHARGE = "13800138000"  # the line of a mobile network on which cards are topped up
_NUMBERED = re.compile(r"(?<![0-9A-Za-z])[A-Z]{1,2}\Z")
_SHORT_DAY = re.compile(r"(?:20)?2[0-9](?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_REGIONS = frozenset(PROVINCE_OF_CODE) | {"71", "81", "82", "83", "91"}
_BINS = re.compile(
    r"62\d{14,17}|60\d{14,17}|65\d{14}|4\d{15}|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|35\d{14}|9558\d{15}"
    r"|9[58]\d{14,17}|6[38]\d{14,17}|4\d{12}|84\d{14}|87\d{14}"
)
_PAPER = re.compile(r"[0-9A-Za-z](?:[ \-]?[0-9A-Za-z()]){6,19}")
_DIGITS = re.compile(r"[0-9](?:[ \t·.\-]{0,2}\n?[0-9*]){9,24}")
_LEAST_HAN = 2  # 卡一 88… is no phone
_EARLIEST, _LATEST = 1890, 2100


def find_numbers(text: str, labelled: Sequence[Labelled]) -> Iterator[Span]:
    """Spans of phones, identity numbers and bank cards; what keep-labels say is somebody else's to take out."""
    yield from _shapes(text)
    for match in _MIXED.finditer(text):
        meant = match[0].translate(_READ_AS)
        if meant != match[0] and sum(sign.isdigit() for sign in match[0]) * 5 >= len(match[0]) * 3:
            yield from _moved(_shapes(meant), match.start(), sure=True)
    for match in _HAN.finditer(text):
        meant = match[0].translate(_HAN_AS)
        if sum(not sign.isascii() for sign in match[0]) >= _LEAST_HAN:
            yield from _moved(_shapes(meant), match.start(), sure=True)
    for one in labelled:
        yield from _behind(text, one)


def is_identity(number: str, *, checked: bool = True) -> bool:
    """Whether 18 signs are an identity number: region, date of birth and, if `checked`, the check digit."""
    number = number.upper()
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number) or number[:2] not in _REGIONS:
        return False
    try:
        year = date(int(number[6:10]), int(number[10:12]), int(number[12:14])).year
    except ValueError:
        return False
    if not _EARLIEST <= year <= _LATEST:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return not checked or "10X98765432"[total % 11] == number[17]


def is_bank_card(number: str) -> bool:
    """Whether digits begin as those of a card do and pass Luhn's check."""
    if not _BINS.fullmatch(number):
        return False
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _shapes(text: str) -> Iterator[Span]:
    for match in _IDENTITY.finditer(text):
        signs = _bare(match[0])
        if len(signs) == 18 and is_identity(signs, checked=signs[0] == "9" or not match[0].isalnum()):
            yield Span(match.start(), match.end(), "id_number", show_number(signs, 2, 2))
    for match in _IDENTITY_OLD.finditer(text):
        if match[0][:2] in _REGIONS:
            yield Span(match.start(), match.end(), "id_number", show_number(match[0], 2, 2))
    for match in _RUN.finditer(text):
        yield from _cards_in(match)
    for match in _MOBILE.finditer(text):
        if _is_phone(text, match):
            yield Span(match.start(), match.end(), "phone", show_phone(match[0]))
    for match in _FIXED.finditer(text):
        yield Span(match.start(), match.end(), "landline", show_number(match[0], 3, 2), 12)


def _cards_in(match: re.Match[str]) -> Iterator[Span]:
    """The card number that a row of digits with gaps is, or begins or ends with."""
    if _DAY_BEHIND.search(match[0]):
        return  # a number in brackets and the day of the message
    if _SHORT_DAY.match(match[0]) and _NUMBERED.search(match.string, max(0, match.start() - 3), match.start()):
        return  # T261115...: the number of an order
    signs = [(match.start() + place, sign) for place, sign in enumerate(match[0]) if sign.isdigit()]
    digits = "".join(sign for _place, sign in signs)
    breaks = [0, *(n for n in range(1, len(signs)) if signs[n][0] > signs[n - 1][0] + 1), len(signs)]
    for begin in breaks:
        for end in reversed(breaks):
            if not 13 <= end - begin <= 19 or not is_bank_card(digits[begin:end]):
                continue
            head, fold, _rest = match[0].partition("\n")
            if fold and len(_bare(head)) % 4:
                continue  # two numbers in two lines, not one that was broken between groups of four
            yield Span(signs[begin][0], signs[end - 1][0] + 1, "bank_card", show_number(digits[begin:end], 0, 4))
            return


def _is_phone(text: str, match: re.Match[str]) -> bool:
    """Not a part of an order number, and not figures that happen to stand in a row."""
    before = text[max(0, match.start() - 13) : match.start()]
    if _NO_NUMBER.search(before) or _HOST.match(match[0]) or _LISTED.match(match[0]):
        return False
    word = _PREFIX.search(before)
    if word and not _CONTACT.search(word[0]):
        return False
    after = text[match.end() : match.end() + 14]
    if re.fullmatch(r"[0-9](?:[ ·._-]{1,2}[0-9])*", match[0]) and (
        re.match(r"[ ·._-]{1,2}[0-9](?![0-9])", after) or re.search(r"(?<![0-9])[0-9][ ·._-]{1,2}\Z", before)
    ):
        return False  # single digits of a longer row
    if re.match(r"[A-Za-z]{1,12}[0-9]|[A-Za-z]{13}", after) or (
        re.match(r"[-_/:][0-9]", after) and before[-1:] in "-_"
    ):
        return False
    if _is_recharge(text, *match.span()):
        return False
    local = re.sub(r"^(?:\+|00)?[ \-()]*86(?=[^0-9]|1[3-9])", "", match[0]).strip(" -()")
    lengths = tuple(len(part) for part in re.split(r"[^0-9]+", local) if part)
    if lengths == (1, 10):
        return False  # the number of a row and a card number
    if len(lengths) <= 2 or set(lengths) == {1} or lengths in _USUAL:
        return True
    separators = set(re.sub(r"[0-9\n]", "", local))
    return len(separators) == 1 and separators <= set(" ·-") and min(lengths) >= 2 and len(lengths) <= 4


def _is_recharge(text: str, begin: int, end: int) -> bool:
    """Whether the line for topping up cards stands here, and the text around says so; elsewhere it may be anybody's."""
    around = text[max(0, begin - 12) : begin] + text[end : end + 12]
    return _bare(text[begin:end]).endswith(_RECHARGE) and "充值" in around


def _behind(text: str, one: Labelled) -> Iterator[Span]:
    """What a label says: there a number needs no check digit."""
    end = min(one.limit, one.begin + 60)
    if one.says == "phone":
        match = _FIXED_LABELLED.match(text, one.begin, end)
        service = _SERVICE.match(text, one.begin, end) or _is_recharge(text, one.begin, one.begin + len(_RECHARGE))
        if match and len(_bare(match[0])) >= 7 and not service:
            yield Span(match.start(), match.end(), "landline", show_number(match[0], 3, 2), 5)
        loose = _LOOSE.match(text, one.begin, end)
        plain = loose is not None and not _SERVICE.match(text, one.begin, end) and not _DAY.match(loose[0])
        meant = _bare(loose[0].translate(_READ_AS)) if loose else ""
        digits = sum(sign.isdigit() for sign in loose[0]) if loose else 0
        if (
            loose
            and plain
            and not _is_recharge(text, *loose.span())
            and (digits >= 6 or (digits >= 3 and re.fullmatch(r"1[3-9][0-9]{9}", meant)))
        ):
            yield Span(loose.start(), loose.end(), "phone", show_phone(loose[0].translate(_READ_AS)))
    elif one.says == "id_number":
        match = _PAPER.match(text, one.begin, end)
        number = match[0] if match and "(" in match[0] else match[0].rstrip(")") if match else ""
        if match and sum(sign.isdigit() for sign in number) >= 6 and len(_bare(number)) >= 7:
            yield Span(match.start(), match.start() + len(number), "id_number", show_number(number, 2, 2))
    elif one.says == "bank_card":
        match = _DIGITS.match(text, one.begin, end)
        if match and "***" not in match[0]:
            yield Span(match.start(), match.end(), "bank_card", show_number(match[0], 0, 4))


def _moved(spans: Iterator[Span], by: int, *, sure: bool) -> Iterator[Span]:
    for span in spans:
        if sure and span.kind != "landline":
            yield Span(span.begin + by, span.end + by, span.kind, span.shown)


def _bare(text: str) -> str:
    return re.sub(r"[^0-9A-Za-z]", "", text)
