"""Notes what a visit did and when: one StepDone after the other, in milliseconds from the visit's start."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from scrapers.model import StepDone

_MOST_STEPS = 100
_LONGEST_TROUBLE = 300


@dataclass
class Doing:
    """A step under way; whoever does it says what went wrong."""

    trouble: str = ""


class StepLog:
    """The steps of one visit, in the order in which they ended."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._done: list[StepDone] = []

    @property
    def steps(self) -> tuple[StepDone, ...]:
        """All steps noted so far."""
        return tuple(self._done)

    @contextmanager
    def note(self, name: str) -> Iterator[Doing]:
        """Note one step; an exception that ends it is its trouble, and goes on."""
        doing = Doing()
        begun = time.monotonic()
        try:
            yield doing
        except BaseException as error:
            doing.trouble = doing.trouble or str(error) or type(error).__name__
            raise
        finally:
            if len(self._done) < _MOST_STEPS:
                took = time.monotonic() - begun
                trouble = doing.trouble[:_LONGEST_TROUBLE]
                self._done.append(StepDone(name, _as_ms(begun - self._begun), _as_ms(took), trouble))


def _as_ms(seconds: float) -> int:
    return round(seconds * 1000)
