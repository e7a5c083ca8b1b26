"""The memory of a browser's tree: measured from a thread while captures run, and bounded twice.

A page that eats memory (a million nodes, a body of 200 MB) loses its renderer, as if it had crashed; where something
else of the tree has grown (the network's process, Playwright's driver) the whole browser is ended. A thread, because
the event loop is the first to suffer under such a page. Between two looks a script can take a gigabyte: where the
system can bound a process itself (Linux) it is told to. What was ended and why is told by `told_since`.
"""

from __future__ import annotations

import contextlib
import ctypes
import sys
import threading
import time
from dataclasses import dataclass

import psutil

_PATIENCE_SECONDS = 0.7  # a capture that is done by then is never measured
_EVERY_SECONDS = 0.12  # a look at the sizes of known processes: a tenth of a millisecond each
_LOOKS = 5  # before the processes are listed anew
_ROOM_MEGABYTES = 1024  # a renderer's stacks and reserved heaps count as its data: 620 MB before a page has anything
_NEAR = 0.4  # of a bound: a renderer of that size which is gone fell over the system's own bound
_MEGABYTE = 1 << 20


@dataclass(frozen=True)
class MemoryBounds:
    """Resident megabytes that one renderer, and the whole tree, may take."""

    renderer_megabytes: int = 1536
    total_megabytes: int = 2560


@dataclass(frozen=True)
class _Size:
    process: psutil.Process
    megabytes: float
    renderer: bool


class MemoryWatch:
    """Watches the tree below `root` between `begin` and `end` of captures."""

    def __init__(self, root: psutil.Process, bounds: MemoryBounds) -> None:
        self._root = root
        self._bounds = bounds
        self._running: dict[int, float] = {}  # number of a capture -> when it began
        self._number = 0
        self._told: list[tuple[float, str]] = []
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        self._renderers: dict[int, bool] = {}
        self._known: list[psutil.Process] = []
        self._last: dict[int, float] = {}  # renderers' sizes at the look before

    def limit(self, browser: psutil.Process) -> None:
        """Have the system itself refuse what is far beyond the bounds, to the browser and to all that it will start."""
        if not hasattr(psutil, "RLIMIT_DATA"):  # Linux only
            return
        for process in list_tree(browser):
            with contextlib.suppress(psutil.Error):
                forks = "--type=zygote" in process.cmdline()  # the parents of renderers
                most = self._bounds.renderer_megabytes if forks else self._bounds.total_megabytes
                size = (most + _ROOM_MEGABYTES) * _MEGABYTE
                process.rlimit(psutil.RLIMIT_DATA, (size, size))

    def begin(self) -> int:
        """A capture begins; gives the number that `end` takes."""
        self._number += 1
        self._running[self._number] = time.monotonic()
        if self._thread is None:
            self._thread = threading.Thread(target=self._watch, name="memory", daemon=True)
            self._thread.start()
        return self._number

    def end(self, number: int) -> None:
        """A capture is over."""
        self._running.pop(number, None)

    def close(self) -> None:
        """Watch no longer."""
        self._over.set()

    def told_since(self, moment: float) -> str:
        """Why something was ended since `moment` of the monotonic clock, "" when nothing was."""
        return next((why for at, why in self._told if at >= moment), "")

    def total(self) -> int:
        """Resident bytes of the whole tree, Playwright's driver among it; shared pages count in each process."""
        total = 0
        for process in list_tree(self._root):
            with contextlib.suppress(psutil.Error):
                total += process.memory_info().rss
        return total

    def _watch(self) -> None:
        looks = 0
        while not self._over.wait(_EVERY_SECONDS):
            oldest = min(list(self._running.values()), default=None)
            if oldest is None or time.monotonic() - oldest < _PATIENCE_SECONDS:
                continue
            if looks % _LOOKS == 0:
                self._known = list_tree(self._root)
            looks += 1
            self._bound()

    def _bound(self) -> None:
        """End what is too big: a renderer by itself, else the browser with all its children."""
        sizes = self._measure()
        self._tell_fallen(sizes)
        big = [size for size in sizes if size.renderer and size.megabytes > self._bounds.renderer_megabytes]
        if big:
            for size in big:
                most = self._bounds.renderer_megabytes
                self._end(size.process, f"memory: the page took {size.megabytes:.0f} MB, more than {most} MB")
            return
        if sum(size.megabytes for size in sizes) <= self._bounds.total_megabytes:
            return
        sizes = [_share_out(size) for size in sizes]  # dearer, and right about what processes share
        total = sum(size.megabytes for size in sizes)
        if total <= self._bounds.total_megabytes:
            return
        told = f"memory: the browser took {total:.0f} MB, more than {self._bounds.total_megabytes} MB"
        biggest = max(sizes, key=lambda size: size.megabytes)
        if biggest.renderer:
            self._end(biggest.process, f"{told}; {biggest.megabytes:.0f} MB of it were this page's")
            return
        for size in sizes:
            if size.process.pid != self._root.pid:  # the driver clears up after its browser
                self._end(size.process, told)

    def _tell_fallen(self, sizes: list[_Size]) -> None:
        """Tell of renderers that were big at the last look and are gone: the system refused them more."""
        now = {size.process.pid: size.megabytes for size in sizes if size.renderer}
        for pid, megabytes in self._last.items():
            if pid not in now and megabytes > self._bounds.renderer_megabytes * _NEAR:
                most = self._bounds.renderer_megabytes
                why = f"memory: the page fell when it took {megabytes:.0f} MB or more; its bound is {most} MB"
                self._told.append((time.monotonic(), why))
        self._last = now

    def _end(self, process: psutil.Process, why: str) -> None:
        self._told.append((time.monotonic(), why))
        self._last.pop(process.pid, None)
        self._known = [known for known in self._known if known.pid != process.pid]
        with contextlib.suppress(psutil.Error):
            process.kill()

    def _measure(self) -> list[_Size]:
        sizes = []
        for process in self._known:
            with contextlib.suppress(psutil.Error):
                sizes.append(_Size(process, process.memory_info().rss / _MEGABYTE, self._is_renderer(process)))
        return sizes

    def _is_renderer(self, process: psutil.Process) -> bool:
        if process.pid not in self._renderers:
            self._renderers[process.pid] = "--type=renderer" in process.cmdline()
        return self._renderers[process.pid]


def _share_out(size: _Size) -> _Size:
    """The size with each shared page counted once in all, where the system tells."""
    try:
        told = size.process.memory_full_info()
    except psutil.Error:
        return size
    return _Size(size.process, getattr(told, "pss", told.uss) / _MEGABYTE, size.renderer)


def give_back_memory() -> None:
    """Hand memory that is free again back to the system.

    glibc keeps what a flood of requests took, scattered, for ever: in a soak of 2,000 captures with hostile pages among
    them the runner rose from 107 to 175 MB in steps, each at such a page. Elsewhere this does nothing.
    """
    if sys.platform != "linux":
        return
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # musl has none
    if trim is not None:
        trim(0)


def list_tree(process: psutil.Process) -> list[psutil.Process]:
    """A process and all below it."""
    try:
        return [process, *process.children(recursive=True)]
    except psutil.Error:
        return [process]
