"""Shared by all tests: async code beside pytest-playwright, and the optional shared data folder."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import settings

settings.register_profile("loaded", deadline=None)  # how long an example takes says how busy the machine is
settings.load_profile("loaded")

T = TypeVar("T")


def run_async(coroutine: Coroutine[object, object, T]) -> T:
    """Run a coroutine to its end in a thread of its own: pytest-playwright keeps a loop in the main thread."""
    answer: list[T] = []
    trouble: list[BaseException] = []

    def work() -> None:
        try:
            answer.append(asyncio.run(coroutine))
        except BaseException as error:
            trouble.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    if trouble:
        raise trouble[0]
    return answer[0]


@pytest.fixture(name="run_async")
def run_async_fixture() -> Callable[[Coroutine[object, object, T]], T]:
    return run_async


@pytest.fixture
def shared_folder() -> Path:
    """The folder with research data beside the project; a test that needs it skips where it is absent."""
    folder = Path(os.environ.get("CARDWATCH_SHARED", Path(__file__).parents[2] / "shared"))
    if not folder.is_dir():
        pytest.skip("the shared data folder is not here (set CARDWATCH_SHARED)")
    return folder
