"""Reads a secret that is written in pieces as one: groups with spaces, single signs with gaps, a row broken in two.

Takes the reading and the place where a secret begins or where its first piece ends, gives where it really ends.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence, Set

from monitor.complaints.masking.shapes import is_dated, is_measure, is_plainly_other
from monitor.complaints.masking.shown import show_folded
from monitor.complaints.masking.spans import MARK, Span

_SINGLES = re.compile(r"[0-9A-Za-z](?:[ \t·._-]{1,2}[0-9A-Za-z!@#$%&](?![0-9A-Za-z])){5,60}")
_PIECES = re.compile(
    r"(?:[0-9A-Za-z]{3,8}|[0-9]{2}(?=(?:[ \t]{1,2}[0-9]{2}){2}))(?:[ \t]{1,2}[0-9A-Za-z]{1,8}(?![0-9A-Za-z])){1,9}"
)
_FOLD = re.compile(
    r"-?[ \t]{0,4}\n[ \t]{0,4}(-?[0-9A-Za-z][0-9A-Za-z-]{1,60})[ \t]{0,4}(?=\n|$|[/,;]|->|[\u4e00-\u9fff])"
    r"(?![年月日元块张个天次位件份])"
)
_BOTH = re.compile(r"(?=[^0-9]*[0-9])[0-9A-Za-z-]+")
_GAPPED = re.compile(
    r"[0-9A-Z]{1,6}(?:(?:[ \t]{1,2}|[ \t]?-[ \t]?)[0-9A-Z]{1,6}){3,24}(?=[ \t]*(?:\n|$|[^0-9A-Za-z \t-]))"
)
_DATE_BEHIND = re.compile(r"[ \t]{0,4}\n[ \t]{0,4}(?:19|20)[0-9]{2}([-/.])[0-9]{1,2}\1[0-9]{1,2}(?![0-9])")
_HEXED = re.compile(r"[0-9a-f]{1,40}(?: {1,2}[0-9a-f]{1,40}){1,8}(?![0-9A-Za-z])")
_HEX_LENGTHS = frozenset({16, 24, 32, 40, 48, 64})
_BEHIND = re.compile(
    r"[ ]-?([0-9A-Za-z](?:[0-9A-Za-z-]{0,14}[0-9A-Za-z])?)(?![0-9A-Za-z@:/%._=-]|[ \t]?[元块张个位次人件年月日天刀点%])"
)
_BEFORE = re.compile(
    r"(?:(?<=[\n:>\"|,])(?<![0-9]:)|(?<=: )|(?<=[\u4e00-\u9fff])(?=[0-9]{0,15}[A-Za-z])|\A)"
    r"([0-9A-Za-z][0-9A-Za-z-]{1,15})-?[ ]\Z"
)
_NAMED_BEFORE = re.compile(r"(?<![0-9A-Za-z])([0-9A-Za-z]{4,15})[ ]\Z")
_REACH = 24
_LEAST_TORN, _MOST_TORN = 5, 20
_CUT = frozenset({"card_key", "password"})
_LONGEST_CUT = 40
_LEAST_GAPPED = 10
_LEAST_PIECES = 6


def read_pieces(text: str, at: int) -> int:
    """Where a secret of groups or single signs that begins at a place ends; `at` itself where there is none."""
    singles = _SINGLES.match(text, at)
    if singles and any(sign.isdigit() for sign in singles[0]):
        return singles.end()
    gapped = _GAPPED.match(text, at)
    if gapped and re.search(r"[ \t]-|-[ \t]", gapped[0]):
        signs = re.sub(r"[^0-9A-Z]", "", gapped[0])
        if len(signs) >= _LEAST_GAPPED and sum(sign.isdigit() for sign in signs) >= 2 and not signs.isdigit():
            return gapped.end()
    hexed = _HEXED.match(text, at)
    if hexed:
        signs = hexed[0].replace(" ", "")
        if len(signs) in _HEX_LENGTHS and not signs.isdigit() and any(sign.isdigit() for sign in signs):
            return hexed.end()
    match = _PIECES.match(text, at)
    if match is None:
        return at
    parts = [(part.start() + at, part[0]) for part in re.finditer(r"[0-9A-Za-z]+", match[0])]
    length = len(parts[0][1])
    end, used = at + length, [parts[0][1]]
    for begin, part in parts[1:]:
        if len(part) > length or _is_word(part):
            if len(used) >= 3 and part.isdigit() and len(part) <= length + 2 and "".join(used).isdigit():
                used.append(part)  # 4 4 4 5: the last group is the longest
                end = begin + len(part)
            break
        used.append(part)
        end = begin + len(part)
        if len(part) < length:
            break
    joined = "".join(used)
    digits = sum(sign.isdigit() for sign in joined)
    drawn = digits >= 2 or (joined.upper() == joined and len(used) >= 3 and len(used[-1]) == length >= 4)
    if len(used) < 2 or _is_word(used[0]) or not drawn or len(joined) < _LEAST_PIECES:
        return at
    if len(used) == 2 and (not joined.isdigit() or (len(used[1]) < length and not _is_rest(text, used, end))):
        return at
    return end


def read_fold(text: str, begin: int, end: int) -> int:
    """Where a secret ends whose first line is text[begin:end]: in the next line, where that holds its rest alone.

    Two lines of one length are two secrets.
    """
    first = text[begin:end]
    match = _FOLD.match(text, end)
    if match is None or _DATE_BEHIND.match(text, end) or "@" in first or not first.isascii():
        return end
    rest = match[1]
    if len(rest) == len(first) or is_measure(rest) or rest.islower() != first.islower():
        return end
    if rest.isdigit() and text[match.end() : match.end() + 1] not in ("", "\n", "/", ","):
        return end
    if _BOTH.fullmatch(rest) or (rest.isupper() and not rest.isdigit()):
        return match.end(1)
    return end


def _is_rest(text: str, used: list[str], end: int) -> bool:
    """Whether a shorter second group is the rest of a number: 2440 12, but not 2440 12月."""
    return (
        len(used[0]) == 4
        and len(used[1]) >= 2
        and not re.match(r"[ \t]{0,2}[0-9.:/元块张个年月日点件-]", text[end : end + 3])
    )


def find_rests(
    text: str, spans: Sequence[Span], kept: Sequence[tuple[int, int]], named: Set[int] = frozenset()
) -> Iterator[Span]:
    """What a stray blank cut off a key: a short run of the same signs right before or behind a span, and nothing else.

    `spans` are in order and apart; runs that a label calls something else, measures and amounts stay. `named` are the
    places right behind labels of secrets.
    """
    ends, begins = [span.end for span in spans], [span.begin for span in spans]
    held = sorted(kept)
    for span in spans:
        if span.kind not in _CUT:
            continue
        word = text[span.begin : span.end]
        behind = _BEHIND.match(text, span.end)
        before = _BEFORE.search(text, max(0, span.begin - _REACH), span.begin)
        if before is None:
            labelled = _NAMED_BEFORE.search(text, max(0, span.begin - _REACH), span.begin)
            before = labelled if labelled and labelled.start(1) in named else None
        for match in (behind, before):
            if match is None or not _is_of(word, match[1]):
                continue
            begin, end = match.span(1)
            free = bisect_right(ends, begin) >= bisect_left(begins, end)
            place = bisect_left(held, (end, 0))
            if free and not any(stop > begin for _start, stop in held[max(0, place - 6) : place]):
                yield Span(begin, end, span.kind, MARK)


def join_torn(text: str, spans: Sequence[Span]) -> Iterator[Span]:
    """Two halves of a key with one blank between show no more than one key would; longer ones are two secrets.

    `spans` are in order and apart.
    """
    last: Span | None = None
    for span in spans:
        if last is not None and _are_torn(text, last, span):
            shown = show_folded(text[last.begin : last.end], text[span.begin : span.end])
            last = Span(last.begin, span.end, last.kind, shown, last.rank)
            continue
        if last is not None:
            yield last
        last = span
    if last is not None:
        yield last


def _are_torn(text: str, one: Span, other: Span) -> bool:
    """Whether two spans are the halves of one short key."""
    if one.kind not in _CUT or other.kind not in _CUT or text[one.end : other.begin] != " ":
        return False
    if other.end - other.begin < _LEAST_TORN:
        return False  # a number and its PIN
    return len(re.sub(r"[^0-9A-Za-z]", "", text[one.begin : other.end])) <= _MOST_TORN


def _is_of(word: str, rest: str) -> bool:
    """Whether a run has the signs of a key beside it: digits, small letters, capitals; and is short."""
    if is_plainly_other(rest) or (rest.isdigit() and is_dated(rest)) or len(rest) > max(len(word), _LEAST_GAPPED):
        return False
    signs = re.sub(r"[^0-9A-Za-z]", "", word)
    if signs.isdigit() != rest.isdigit() and not (rest.isdigit() and len(rest) >= 3 and len(signs) <= _LONGEST_CUT):
        return False
    if len(signs) + len(rest) > _LONGEST_CUT or not any(sign.isdigit() for sign in rest):
        return False
    alike = [any(test(sign) for sign in signs) for test in (str.isupper, str.islower)]
    return all(
        alike[place] or not any(test(sign) for sign in rest) for place, test in ((0, str.isupper), (1, str.islower))
    )


def _is_word(part: str) -> bool:
    return part.isalpha() and (part.islower() or part.istitle()) and len(part) > 1
