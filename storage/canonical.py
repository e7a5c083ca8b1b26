"""One way to write JSON, so that the same value always has the same bytes and so the same digest.

Keys sorted, no blanks, UTF-8. A text that is no Unicode (half a surrogate pair, which pages do send) is written with
escapes instead, and reads back the same.
"""

from __future__ import annotations

import json


def canonical_json(value: object) -> bytes:
    """Write a value of dicts, lists, texts, whole numbers, booleans and None."""
    try:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
