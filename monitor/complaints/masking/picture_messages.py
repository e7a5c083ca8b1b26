"""The messages between the parent that masks pictures and the child that opens them: JSON, then bytes.

Each is the length of the JSON in four bytes, the length of the bytes in eight, the JSON, the bytes.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import BinaryIO

_HEAD = struct.Struct(">IQ")
_MOST_JSON = 40_000_000
_MOST_BYTES = 400_000_000


def write_message(pipe: BinaryIO, told: Mapping[str, object], data: bytes) -> None:
    """Send one message; the caller flushes."""
    packed = json.dumps(told, ensure_ascii=True).encode()
    pipe.write(_HEAD.pack(len(packed), len(data)))
    pipe.write(packed)
    pipe.write(data)


def read_message(pipe: BinaryIO) -> tuple[dict[str, object], bytes] | None:
    """The next message, None at the end of the pipe or where it makes no sense."""
    head = pipe.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    told_size, data_size = _HEAD.unpack(head)
    if told_size > _MOST_JSON or data_size > _MOST_BYTES:
        return None
    packed, data = pipe.read(told_size), pipe.read(data_size)
    if len(packed) < told_size or len(data) < data_size:
        return None
    try:
        told = json.loads(packed)
    except ValueError:
        return None
    return (told, data) if isinstance(told, dict) else None
