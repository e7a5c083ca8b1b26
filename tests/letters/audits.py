"""The audit and the random cases of `python -m bench.letters`, for tests."""

from __future__ import annotations

from bench.letters_audit import audit_letter
from bench.letters_world import random_file

__all__ = ["audit_letter", "random_file"]
