"""What a flood took and left free goes back to the system."""

from __future__ import annotations

import subprocess
import sys

import pytest

# A process of its own, so that nothing else is measured. Small pieces among which a few stay: what glibc keeps.
_FLOOD = """
import psutil
from scrapers.memory import give_back_memory
pieces = [bytes(1000) for _ in range(200_000)]
kept = pieces[::1000]
del pieces
before = psutil.Process().memory_info().rss
give_back_memory()
print(before, psutil.Process().memory_info().rss)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc keeps it")
def test_free_memory_goes_back_to_the_system() -> None:
    done = subprocess.run([sys.executable, "-c", _FLOOD], capture_output=True, text=True, check=True)
    before, after = map(int, done.stdout.split())
    assert before > 150 << 20
    assert after < before / 2
