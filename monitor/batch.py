"""Many questions about files in one go: a line of JSON each, answered by a line each, in their order.

Takes lines and a function that answers one; gives answers as data, `{"id", ...}` or `{"id", "error"}`. Every line is
answered by a process of a pool, within its own time and memory: a bad one costs itself and nothing else.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from pebble import ProcessExpired, ProcessFuture, ProcessPool

Answer = Callable[[Mapping[str, object], Path, datetime], dict[str, object]]
"""Answers one line: (the line as data, the folder that file names are seen from, the present). A module's function."""

SECONDS_EACH = 60.0
MOST_LINE_BYTES = 50_000_000
_MOST_MEMORY = 3 << 30
_MOST_NESTED = 50
_AHEAD = 8  # lines that are under way for each process: enough to keep them busy, few enough to hold in memory


@dataclass(frozen=True)
class _Asked:
    """A line: what it is called in its answer, and the work under way or why there is none."""

    id: object
    line: int
    future: ProcessFuture[dict[str, object]] | None
    error: str = ""


def answer_lines(
    lines: BinaryIO, answer: Answer, folder: Path, at: datetime, *, jobs: int = 0, seconds: float = SECONDS_EACH
) -> Iterator[dict[str, object]]:
    """Answer every line that is not empty, in order, `jobs` at a time (0: as many as there are processors)."""
    jobs = jobs or os.cpu_count() or 1
    waiting: deque[_Asked] = deque()
    with ProcessPool(jobs, initializer=_bound_memory, context=multiprocessing.get_context("spawn")) as pool:
        try:
            for asked in _ask(lines, pool, answer, folder, at, seconds):
                waiting.append(asked)
                if len(waiting) > jobs * _AHEAD:
                    yield _answered(waiting.popleft(), seconds)
            while waiting:
                yield _answered(waiting.popleft(), seconds)
        except BaseException:  # whoever asked is gone: what is under way is of no use to anybody
            pool.stop()  # type: ignore[no-untyped-call]
            raise


def _ask(
    lines: BinaryIO, pool: ProcessPool, answer: Answer, folder: Path, at: datetime, seconds: float
) -> Iterator[_Asked]:
    number = 0
    while line := lines.readline(MOST_LINE_BYTES + 1):
        number += 1
        if len(line) > MOST_LINE_BYTES:
            while line and not line.endswith(b"\n"):
                line = lines.readline(MOST_LINE_BYTES)
            megabytes = MOST_LINE_BYTES // 1_000_000
            yield _Asked(None, number, None, f"the line is longer than {megabytes} MB; name a file instead")
            continue
        if not line.strip():
            continue
        try:
            item = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"), parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            yield _Asked(None, number, None, f"the line is no JSON ({error}); write one object a line")
            continue
        if not isinstance(item, dict):
            yield _Asked(None, number, None, "the line is no JSON object; write one object a line")
            continue
        if _is_nested_too_deeply(item):  # it could not be handed to another process, nor written back as an id
            yield _Asked(None, number, None, "it is nested too deeply")
            continue
        yield _Asked(item.get("id"), number, pool.schedule(_work, args=(answer, item, folder, at), timeout=seconds))


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON value")


def _is_nested_too_deeply(item: dict[str, object]) -> bool:
    level: list[object] = [item]
    for _ in range(_MOST_NESTED):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer if isinstance(outer, list) else ())
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True


def _work(answer: Answer, item: Mapping[str, object], folder: Path, at: datetime) -> dict[str, object]:
    """Answer one line, in a process of the pool."""
    try:
        return answer(item, folder, at)
    except MemoryError:
        pass  # what was taken is held by the error: it must be gone before anything can be told
    raise ValueError("it takes more memory than one line may; make it smaller")


def _answered(asked: _Asked, seconds: float) -> dict[str, object]:
    """Wait for an answer. Whatever one line does to its process is told in its own answer."""
    error = asked.error
    if asked.future is not None:
        try:
            return {"id": asked.id, **asked.future.result()}
        except FutureTimeout:
            error = f"not answered within {seconds:g} s; make it smaller, or raise --seconds"
        except ProcessExpired as expired:
            error = f"the process that worked on it ended ({expired.exitcode}); make it smaller"
        except RecursionError:
            error = "it is nested too deeply"
        except Exception as failure:  # one bad input never stops the rest: its answer says what happened
            error = str(failure) or type(failure).__name__
            if not isinstance(failure, ValueError | OSError):
                error = f"{type(failure).__name__}: {error}"
    return {"id": asked.id, "line": asked.line, "error": error}


def _bound_memory() -> None:
    """Let a process of the pool take so much and no more, where the system can hold it to that."""
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (_MOST_MEMORY, _MOST_MEMORY))
