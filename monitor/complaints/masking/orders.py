"""Finds numbers of orders, transactions and parcels in a reading: they are masked before the public only.

Takes the reading and its labelled places, gives spans.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from monitor.complaints.masking.labels import Labelled
from monitor.complaints.masking.shown import show_key
from monitor.complaints.masking.spans import Span

_VALUE = re.compile(r"(?=[0-9A-Za-z_-]*[0-9])[0-9A-Za-z][0-9A-Za-z_-]{5,63}(?![0-9A-Za-z])")
_LONG = re.compile(
    r"(?<![0-9A-Za-z])(?:42000[0-9]{23}|20[12][0-9](?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{8,24}"
    r"|1000[0-9]{24})(?![0-9A-Za-z])"
)
_PREFIXED = re.compile(
    r"(?<![0-9A-Za-z])[A-Z]{1,6}[-_]?20[12][0-9](?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3,20}(?![0-9A-Za-z])"
)
_PARCEL = re.compile(
    r"(?<![0-9A-Za-z])(?:SF|YT|JT|ZTO|STO|YTO|YD|EMS|JD[A-Z]{0,3}|DPK|HTKY)[0-9]{9,15}(?:CN)?(?![0-9A-Za-z])"
    r"|(?:快递|运单|物流)(?:单)?号?(?:码)?(?:是|为)?[:： ]{0,2}([0-9A-Z]{8,20})(?![0-9A-Za-z])"
)
_LINKED = re.compile(
    r"[?&](?:[A-Za-z_]{0,16}(?:order|trade)[A-Za-z_]{0,10}|oid|tid)=([0-9A-Za-z_-]{6,64})|/(?:order|orders"
    r"|trade)/([0-9A-Za-z_-]{8,64})",
    re.I,
)
_STAMP = re.compile(r"20[12][0-9](?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?:[0-9]{6})?")


def find_orders(text: str, labelled: Sequence[Labelled]) -> Iterator[Span]:
    """Spans of order numbers, transaction numbers and the numbers of parcels."""
    for one in labelled:
        if one.says == "order":
            match = _VALUE.match(text, one.begin, min(len(text), one.begin + 80))
            if match and (one.said or sum(sign.isdigit() for sign in match[0]) >= 6):
                yield Span(match.start(), match.end(), "order", show_key(match[0]))
    for pattern in (_LONG, _PREFIXED):
        for match in pattern.finditer(text):
            if not _STAMP.fullmatch(match[0]):
                yield Span(match.start(), match.end(), "order", show_key(match[0]))
    for match in _PARCEL.finditer(text):
        begin, end = match.span(1) if match[1] else match.span()
        yield Span(begin, end, "order", show_key(text[begin:end]))
    for match in _LINKED.finditer(text):
        group = 1 if match[1] else 2
        yield Span(match.start(group), match.end(group), "order", show_key(match[group]))
