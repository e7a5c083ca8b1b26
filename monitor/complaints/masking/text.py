"""Masks a text for an audience: live keys, numbers, names, contacts, homes, session secrets. Pure.

Takes a text (plain, HTML, JSON, what OCR read) and a Masking; gives the masked text and the hits in order, which tell
kinds and how each is shown, never what stood there. Firms, prices, dates, versions, hashes and order numbers stay;
order numbers not before the public. Rules and figures: docs/masking.md.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate

from monitor.complaints.masking.contacts import find_contacts, find_names_beside
from monitor.complaints.masking.delivery import find_paired_lines, find_paired_rows
from monitor.complaints.masking.embedded import find_embedded
from monitor.complaints.masking.groups import find_rests, join_torn
from monitor.complaints.masking.keys import SURE, find_guesses, find_keys
from monitor.complaints.masking.labels import KEPT, SECRET, Labelled, find_labelled, find_labels, is_free_label
from monitor.complaints.masking.numbers import find_numbers
from monitor.complaints.masking.orders import find_orders
from monitor.complaints.masking.people import find_people
from monitor.complaints.masking.places import Texts, find_kept_places
from monitor.complaints.masking.second_reader import SecondReader
from monitor.complaints.masking.spans import MARK, Span, cut_out, join_spans, write_spans
from monitor.complaints.masking.spelling import TAG, Reading, read_dense, read_spelling
from monitor.complaints.masking.tokens import find_tokens
from monitor.complaints.model import Audience, Hit, Masking

MOST_SIGNS = 20_000_000
_BARE_TAG = 9  # signs of a tag in which nothing else can stand
_PIECE = 200_000
_TAG = re.compile(TAG, re.I)
_OVERLAP = 2_000
_ROUNDS = 3
_LIVE = frozenset({"card_key", "password", "token", "id_number", "bank_card"})  # no list of what stays keeps these
_LABEL_HOLDS = frozenset({"phone", "landline", "bank_card", "id_number", "card_key", "account", "alipay", "address"})
_REPEATED = frozenset({"card_key", "password", "id_number", "bank_card", "phone"})
_OF_CASES = re.compile(
    r"(?:投诉|举报|工单|受理|案例|存证|凭证|发票|流水|黑猫|消保|警情|报案|报警|接警|立案).{0,3}[号單单]"
)  # no telephone number stands behind these
_LEAST_REPEATED = 8
_LISTED = re.compile(r"[ \t]{0,2}(?:[、,/ ]|和|及|与)[ \t]{0,2}([0-9A-Za-z]{10,40})(?![0-9A-Za-z-])")
_LEAST_LISTED = 10
_ANSWERED = re.compile(  # 订单号多少 in one line, nothing but a number as somebody's answer in the next
    r"([^\n0-9A-Z]{0,12})\n{1,2}[ \t]*"
    r"(?:[\[(]?(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}[ T]?)?\d{1,2}:\d\d(?::\d\d)?[\])]?[ \t]*)?"
    r"[^\s:,;=/\"'<>{}]{1,16}[ \t]?:[ \t]*([0-9A-Za-z-]{8,40})[ \t]*(?=\n|\Z)"
)
_OF_SECRETS = re.compile(r"[卡密码碼]|key|code|pin", re.I)
_COUNTED_ORDERS = re.compile(  # A, B, C三笔
    r"(?<![0-9A-Za-z-])([0-9A-Z]{10,32})((?:[ \t]?[,、和][ \t]?[0-9A-Z]{10,32}){1,9})"
    r"[这共都一]{0,2}[两二三四五六七八九几0-9]{1,2}[笔单]"
)
_AMOUNTS = frozenset(
    {"面值", "面额", "金额", "价格", "单价", "总价", "原价", "数量", "库存", "余额", "实付", "合计", "手续费"}
)
_LONGEST_AMOUNT = 12


def mask_text(text: str, masking: Masking) -> tuple[str, tuple[Hit, ...]]:
    """The text with everything masked that this audience need not see, and what was masked, in the order of the text.

    Raises ValueError for a text of more than 20 million signs.
    """
    if len(text) > MOST_SIGNS:
        raise ValueError(f"a text of {len(text)} signs is more than the {MOST_SIGNS} that are masked at once")
    hits: list[Hit] = []
    for _round in range(_ROUNDS):
        spans = find_spans(text, masking)
        if not spans:
            break
        hits += [Hit(span.kind, span.shown) for span in spans]
        text = write_spans(text, spans)
    return text, tuple(hits)


def find_spans(text: str, masking: Masking) -> tuple[Span, ...]:
    """The places to be masked in a text, in order and apart."""
    found: list[Span] = []
    for begin, piece in _pieces(text):
        found += [replace(span, begin=span.begin + begin, end=span.end + begin) for span in _find_in(piece, masking)]
    return join_spans(found)


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """A long text in pieces that overlap."""
    if len(text) <= _PIECE:
        yield 0, text
        return
    for begin in range(0, len(text), _PIECE - _OVERLAP):
        yield begin, text[begin : begin + _PIECE]


def _find_in(text: str, masking: Masking) -> tuple[Span, ...]:
    found = list(_find_placed(read_spelling(text, markup=True), masking))
    tags = [match.span() for match in _TAG.finditer(text) if match.end() - match.start() > _BARE_TAG]
    if tags:  # what stands in tags is no part of the text that is shown: read by itself
        begins = [begin for begin, _end in tags]
        for span in _find_placed(read_spelling(text, markup=False), masking):
            place = bisect_right(begins, span.begin) - 1
            if place >= 0 and span.end <= tags[place][1]:
                found.append(span)
    return join_spans(found)


def _find_placed(reading: Reading, masking: Masking) -> Iterator[Span]:
    return _placed(reading, _find_meant(reading, masking)) if reading.text.strip() else iter(())


def _find_meant(reading: Reading, masking: Masking) -> tuple[Span, ...]:
    text = reading.text
    public = masking.audience is Audience.PUBLIC
    labels = find_labels(text)
    labelled = find_labelled(text, labels)
    kept = _kept_by_labels(text, labelled)
    orders, spans = tuple(find_orders(text, labelled)), []
    for span in find_numbers(text, labelled):
        if span.kind != "landline" or _is_private_line(span, labelled, public=public):
            spans.append(span)
    reader = SecondReader(text, labels, labelled)
    spans += find_keys(text, labels, labelled, kept)
    spans += (span for span in find_guesses(text, kept) if reader.may_be(span))
    held = _Held(kept)
    cases = _Held(_kept_by_labels(text, [one for one in labelled if _OF_CASES.search(one.label)]))
    spans = [span for span in spans if not (cases if span.kind == "phone" else held).holds(span) or _is_sure(span)]
    spans += find_embedded(text, labelled)
    people = find_people(text, labelled, public=public)
    spans += (span for span in people if span.kind != "alipay" or not held.holds(span))
    spans += find_names_beside(text, spans)
    spans += find_contacts(text)
    spans += find_tokens(text, labelled)
    if public:
        spans += orders
    letters = read_dense(reading)
    known = Texts(letters)
    for value, kind in masking.known:
        if kind != "order" or public:
            spans += known.spans_of(value, kind)
    spans = list(join_spans(spans))
    ours = find_kept_places(letters, masking.keep)
    spans += reader.find_likely(kept, ours, spans)
    spans = list(join_spans(spans))
    named = frozenset(one.begin for one in labelled if one.says in SECRET)
    spans += (*find_rests(text, spans, kept, named), *find_paired_lines(text, spans), *find_paired_rows(text, spans))
    spans = list(join_torn(text, join_spans(spans)))
    spans += _repeated(text, spans, known)
    return _without_kept(spans, ours)


def _repeated(text: str, spans: Sequence[Span], known: Texts) -> list[Span]:
    """What was found once, wherever else it stands."""
    seen: set[str] = set()
    found: list[Span] = []
    for span in spans:
        value = text[span.begin : span.end]
        if span.kind in _REPEATED and span.shown != MARK and value not in seen:
            seen.add(value)
            found += known.spans_of(value, span.kind, least=_LEAST_REPEATED, shown=span.shown)
    ends = [span.end for span in spans]  # in order and apart
    begins = [span.begin for span in spans]
    return [span for span in found if bisect_right(ends, span.begin) >= bisect_left(begins, span.end)]


def _without_kept(spans: Iterable[Span], kept: Sequence[tuple[int, int]]) -> tuple[Span, ...]:
    """What stays for this audience is cut out of all but live secrets; of those only what no label named stays."""
    whole = set(kept)
    joined = [span for span in join_spans(spans) if _is_live(span) or (span.begin, span.end) not in whole]
    live = [span for span in joined if span.kind in _LIVE]
    return join_spans((*live, *cut_out((span for span in joined if span.kind not in _LIVE), kept)))


def _is_live(span: Span) -> bool:
    """Whether a place holds a live secret for sure: more than a guess by its shape or by what stands around."""
    return span.kind in _LIVE and (span.kind not in ("card_key", "password") or span.rank == SURE)


def _kept_by_labels(text: str, labelled: Sequence[Labelled]) -> tuple[tuple[int, int], ...]:
    """What stands behind a label of an order, a time, a price, a hash or a firm's number: up to the next space."""
    places: list[tuple[int, int]] = []
    for one in labelled:
        if one.says not in KEPT:
            continue
        end = one.begin
        most = min(len(text), one.limit if one.cell else one.begin + 200)
        while end < most and (text[end].isascii() and not text[end].isspace() and text[end] not in ",;|<>\"'"):
            end += 1
        if one.label in _AMOUNTS and end - one.begin > _LONGEST_AMOUNT:
            continue  # 【30元面值】 and a key below it
        if end > one.begin:
            places.append((one.begin, end))
            places += _kept_next(text, one.begin, end)
        if not one.cell and not is_free_label(one.label):
            places += _kept_answer(text, one.begin)
    for match in _COUNTED_ORDERS.finditer(text):
        if {len(part) for part in re.findall(r"[0-9A-Z]+", match[2])} == {len(match[1])}:
            places.append((match.start(), match.end(2)))
    return tuple(sorted(places))


def _kept_answer(text: str, begin: int) -> Iterator[tuple[int, int]]:
    """What a speaker answers in the line below, where the line above ends by asking for a number."""
    while begin and text[begin - 1].isspace():
        begin -= 1
    answer = _ANSWERED.match(text, begin)
    if answer and not _OF_SECRETS.search(answer[1]):
        yield answer.span(2)


def _kept_next(text: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Further numbers of the same length in a list: 单号分别 A B, 订单 A 和 B."""
    length, digits = end - begin, text[begin:end].isdigit()
    if length < _LEAST_LISTED:
        return
    while following := _LISTED.match(text, end):
        if len(following[1]) != length or following[1].isdigit() != digits:
            return
        yield following.span(1)
        end = following.end(1)


def _is_sure(span: Span) -> bool:
    return span.kind not in _LABEL_HOLDS or span.priority == SURE or (span.rank == SURE and span.kind != "phone")


class _Held:
    """Tells whether one of the places that a label calls something else holds a span whole."""

    def __init__(self, kept: Sequence[tuple[int, int]]) -> None:
        self._begins = [begin for begin, _end in kept]
        self._ends = list(accumulate((end for _begin, end in kept), max))

    def holds(self, span: Span) -> bool:
        place = bisect_right(self._begins, span.begin)
        return place > 0 and self._ends[place - 1] >= span.end


def _is_private_line(span: Span, labelled: Sequence[Labelled], *, public: bool) -> bool:
    """Whether a word for a telephone stands before a landline; before the public, unless it is a firm's."""
    says = {one.says for one in labelled if one.begin - 1 <= span.begin <= one.begin + 8}
    return "phone" in says or (public and "firm_phone" not in says)


def _placed(reading: Reading, spans: Iterable[Span]) -> Iterator[Span]:
    for span in spans:
        begin, end = reading.place(span.begin, span.end)
        yield replace(span, begin=begin, end=end)
