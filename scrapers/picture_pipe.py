"""What the children that read pictures share: pictures as they come in over a pipe, and the bounds of such a child.

A picture is its length in eight bytes, then its bytes. A picture is hostile: whoever decodes it may take only so much.
"""

from __future__ import annotations

import struct
import sys
from typing import BinaryIO

_LENGTH = struct.Struct(">Q")


def read_next(source: BinaryIO) -> bytes | None:
    """The next picture, None at the end of the pipe or where it broke off."""
    head = source.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (size,) = _LENGTH.unpack(head)
    data = source.read(size)
    return data if len(data) == size else None


def limit_self(*, cpu_seconds: int, memory_bytes: int) -> None:
    """Bound memory and CPU time where the system can; the parent's clock holds everywhere."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
