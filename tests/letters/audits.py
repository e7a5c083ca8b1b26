"""The audit of bench/letters.py, for tests: its modules stand beside each other in bench/."""

from __future__ import annotations

import sys
from pathlib import Path

_BENCH = str(Path(__file__).parents[2] / "bench")
if _BENCH not in sys.path:
    sys.path.append(_BENCH)

from letters_audit import audit_letter  # noqa: E402
from letters_world import random_file  # noqa: E402

__all__ = ["audit_letter", "random_file"]
