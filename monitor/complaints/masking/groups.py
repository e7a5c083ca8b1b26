"""Reads a secret that is written in pieces as one: groups with spaces, single signs with gaps, a row broken in two.

Takes the reading and the place where a secret begins or where its first piece ends, gives where it really ends.
"""

from __future__ import annotations

import re

from monitor.complaints.masking.shapes import is_measure

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
    match = _PIECES.match(text, at)
    if match is None:
        return at
    parts = [(part.start() + at, part[0]) for part in re.finditer(r"[0-9A-Za-z]+", match[0])]
    length = len(parts[0][1])
    end, used = at + length, [parts[0][1]]
    for begin, part in parts[1:]:
        if len(part) > length or _is_word(part):
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
    if len(used) == 2 and (not joined.isdigit() or len(used[1]) < length):
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


def _is_word(part: str) -> bool:
    return part.isalpha() and (part.islower() or part.istitle()) and len(part) > 1
