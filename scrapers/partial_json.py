"""JSON that was cut short where it was saved: the values that came whole, without the one in which it breaks off.

Takes text; gives data, None where nothing can be told. Never invents a value: what is incomplete is left out.
"""

from __future__ import annotations

import json
import re

MAX_CUT = 1_000_000
_MAX_DEPTH = 100
_PIECE = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\Z)|[{}\[\],]', re.DOTALL)
_CLOSING = {"{": "}", "[": "]"}


def read_cut_json(text: str) -> object:
    """The data of a JSON text up to the last value that is whole, None when it does not begin as JSON."""
    text = text[:MAX_CUT].lstrip()
    if text[:1] not in _CLOSING:
        return None
    whole = _last_whole(text)
    if not whole:
        return None
    try:
        data: object = json.loads(whole)
    except (ValueError, RecursionError):
        return None
    return data


def is_cut(text: str) -> bool:
    """Whether a text begins as JSON and breaks off before its end."""
    return text.lstrip()[:1] in _CLOSING and text.rstrip()[-1:] not in ("}", "]")


def _last_whole(text: str) -> str:
    """The text up to the last place where a value had ended, with the brackets that are open there closed."""
    closers: list[str] = []
    end, open_there = 0, ""
    for match in _PIECE.finditer(text):
        piece = match.group()
        if piece in _CLOSING:
            closers.append(_CLOSING[piece])
            if len(closers) > _MAX_DEPTH:
                break
            end, open_there = match.end(), "".join(reversed(closers))
        elif piece == ",":
            end, open_there = match.start(), "".join(reversed(closers))
        elif piece in ("}", "]"):
            if not closers or closers.pop() != piece:
                break
            end, open_there = match.end(), "".join(reversed(closers))
            if not closers:
                break
    return text[:end] + open_there if end else ""
