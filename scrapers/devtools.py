"""The wire to Chromium: the DevTools protocol as NUL-separated JSON over two pipes, without a driver in between.

Gives `Connection.send` (one command, one answer) and events by session. Knows nothing of pages. Pipes rather than a
port: no other process can steer the browser, and Chromium ends by itself when our side of the pipe closes, however
we died. Protocol: https://chromedevtools.github.io/devtools-protocol/ (tip of tree, read 2026-11).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping

from scrapers.errors import BrowserLost, DevToolsRefused

Payload = dict[str, object]
Listener = Callable[[str, Payload], None]

_READ_BYTES = 1 << 20
_LINUX_SET_PIPE_SIZE = 1031  # F_SETPIPE_SZ: fewer, larger reads of screenshots and bodies


def get_text(payload: Mapping[str, object], key: str) -> str:
    """The string under `key`, "" where there is none."""
    value = payload.get(key)
    return value if isinstance(value, str) else ""


def get_number(payload: Mapping[str, object], key: str) -> float:
    """The number under `key`, 0 where there is none."""
    value = payload.get(key)
    return float(value) if isinstance(value, int | float) else 0.0


def get_part(payload: Mapping[str, object], key: str) -> Payload:
    """The object under `key`, empty where there is none."""
    value = payload.get(key)
    return value if isinstance(value, dict) else {}


def get_parts(payload: Mapping[str, object], key: str) -> list[Payload]:
    """The objects of the list under `key`."""
    value = payload.get(key)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def get_texts(payload: Mapping[str, object], key: str) -> list[str]:
    """The strings of the list under `key`."""
    value = payload.get(key)
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


class Connection:
    """One browser's pipe. A command ends by its answer, by BrowserLost, or by its caller's deadline."""

    def __init__(self, read_end: int, write_end: int) -> None:
        self._read_end = read_end
        self._write_end = write_end
        self._loop = asyncio.get_running_loop()
        self._number = 0
        self._waiting: dict[int, asyncio.Future[Payload]] = {}
        self._listeners: dict[str, Listener] = {}
        self._parts: list[bytes] = []
        self._outgoing: deque[bytes] = deque()
        self._stuck = False
        self.closed = asyncio.Event()
        if sys.platform == "win32":
            threading.Thread(target=self._read_in_thread, daemon=True).start()
            return
        if sys.platform == "linux":
            import fcntl

            with contextlib.suppress(OSError):
                fcntl.fcntl(read_end, _LINUX_SET_PIPE_SIZE, _READ_BYTES)
        os.set_blocking(read_end, False)
        os.set_blocking(write_end, False)
        self._loop.add_reader(read_end, self._read)

    def listen(self, session: str, listener: Listener) -> None:
        """Hand every event of `session` ("" is the browser itself) to `listener`."""
        self._listeners[session] = listener

    def forget(self, session: str) -> None:
        """Drop the events of `session` from now on."""
        self._listeners.pop(session, None)

    def send(
        self, method: str, params: Mapping[str, object] | None = None, session: str = ""
    ) -> asyncio.Future[Payload]:
        """Send one command; await the result for its answer. Raises DevToolsRefused or BrowserLost when awaited."""
        answer: asyncio.Future[Payload] = self._loop.create_future()
        # A command may be sent and never awaited (its page is gone): its error is then nobody's business.
        answer.add_done_callback(_mark_seen)
        if self.closed.is_set():
            answer.set_exception(BrowserLost(f"the browser is gone, {method} was not sent"))
            return answer
        self._number += 1
        message: Payload = {"id": self._number, "method": method, "params": params or {}}
        if session:
            message["sessionId"] = session
        self._waiting[self._number] = answer
        self._write(json.dumps(message).encode() + b"\0")
        return answer

    def close(self) -> None:
        """Close the pipes; whoever still waits gets BrowserLost."""
        if self.closed.is_set():
            return
        self.closed.set()
        if sys.platform != "win32":
            self._loop.remove_reader(self._read_end)
            self._loop.remove_writer(self._write_end)
        for end in (self._read_end, self._write_end):
            with contextlib.suppress(OSError):
                os.close(end)
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(BrowserLost("the browser ended while it was asked for something"))
        self._waiting.clear()
        self._listeners.clear()

    def _write(self, data: bytes) -> None:
        if sys.platform == "win32":
            with contextlib.suppress(OSError):
                os.write(self._write_end, data)
            return
        self._outgoing.append(data)
        if not self._stuck:
            self._flush()

    def _flush(self) -> None:
        try:
            while self._outgoing:
                data = self._outgoing[0]
                written = os.write(self._write_end, data)
                if written < len(data):
                    self._outgoing[0] = data[written:]
                else:
                    self._outgoing.popleft()
        except BlockingIOError:
            if not self._stuck:
                self._stuck = True
                self._loop.add_writer(self._write_end, self._flush)
            return
        except OSError:
            self.close()
            return
        if self._stuck:
            self._stuck = False
            self._loop.remove_writer(self._write_end)

    def _read(self) -> None:
        try:
            data = os.read(self._read_end, _READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self._take(data)
        else:
            self.close()

    def _read_in_thread(self) -> None:
        """Windows: its event loop cannot watch anonymous pipes."""
        while True:
            try:
                data = os.read(self._read_end, _READ_BYTES)
            except OSError:
                data = b""
            self._loop.call_soon_threadsafe(self._take if data else self._end, data)
            if not data:
                return

    def _end(self, _: bytes) -> None:
        self.close()

    def _take(self, data: bytes) -> None:
        *whole, rest = data.split(b"\0")
        for message in whole:
            if self._parts:
                self._parts.append(message)
                message = b"".join(self._parts)
                self._parts.clear()
            self._deliver(json.loads(message))
        if rest:
            self._parts.append(rest)

    def _deliver(self, message: Payload) -> None:
        number = message.get("id")
        if isinstance(number, int):
            answer = self._waiting.pop(number, None)
            if answer is None or answer.done():
                return
            if "error" in message:
                answer.set_exception(DevToolsRefused(get_text(get_part(message, "error"), "message")))
            else:
                answer.set_result(get_part(message, "result"))
            return
        listener = self._listeners.get(get_text(message, "sessionId"))
        if listener is not None:
            listener(get_text(message, "method"), get_part(message, "params"))


def _mark_seen(answer: asyncio.Future[Payload]) -> None:
    if not answer.cancelled():
        answer.exception()
