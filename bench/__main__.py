"""Runs the benchmarks one after the other and says at the end which of their figures hold.

`make bench` runs those of reading and comparing; `python -m bench evidence`, `long` or `all` the others, and
`python -m bench facts review` these two. Exit code 1 when a figure fails; one whose data is absent says so.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
GROUPS = {
    "reading": (
        "reading", "facts", "hidden", "ocr", "comparing", "redline", "review", "blinking", "reextract", "recall",
    ),
    "evidence": ("capture", "growth", "custody", "sealing", "export", "verify", "verify_html", "history", "replay"),
    "operators": ("attribution", "operators", "operator_store"),
    "complaints": ("quick", "letters", "masking", "pack"),
    "long": ("kill", "hostile", "peers", "soak", "attribution_scale"),
}  # fmt: skip


def chosen(words: list[str]) -> list[str]:
    """The benchmarks meant by names and groups; without any those of reading."""
    groups = {**GROUPS, "all": tuple(name for group in GROUPS.values() for name in group)}
    names = [name for word in words or ["reading"] for name in groups.get(word, (word,))]
    unknown = [name for name in names if not (ROOT / "bench" / f"{name}.py").is_file()]
    if unknown:
        known = ", ".join((*groups, *groups["all"]))
        sys.exit(f"bench: there is no {', '.join(unknown)}; choose of {known}")
    return list(dict.fromkeys(names))


def main(words: list[str]) -> int:
    """Run what was chosen; 0 when every figure held."""
    rows = []
    for name in chosen(words):
        print(f"\n== {name}", flush=True)
        started = time.monotonic()
        status = subprocess.run([sys.executable, "-m", f"bench.{name}"], cwd=ROOT, check=False).returncode
        rows.append((name, status, time.monotonic() - started))
    print(f"\n{'benchmark':<12} {'seconds':>8}  figures")
    for name, status, seconds in rows:
        print(f"{name:<12} {seconds:>8.0f}  {'hold' if status == 0 else f'FAILED (status {status})'}")
    return int(any(status for _name, status, _seconds in rows))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
