"""The wire to Chromium: the DevTools protocol over its websocket, beside Playwright, which drives the same browser.

Gives `Connection.send` (one command, one answer) and events by session. Knows nothing of pages. What is recorded goes
over it because Playwright's driver would copy each event, body and picture twice more (docs/decisions/0009).
Protocol: https://chromedevtools.github.io/devtools-protocol/ (tip of tree, read 2026-11).
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Mapping

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from scrapers.errors import BrowserLost, DevToolsRefused

Payload = dict[str, object]
Listener = Callable[[str, Payload], None]

# A piece of a streamed body, as Chromium 156 writes it; told by its first bytes so that it need not be unpacked.
_PIECE = re.compile(
    rb'\{"method":"Network\.dataReceived","params":\{"requestId":"([^"\\]{1,200})","timestamp":[\d.eE+-]+,"dataLength":'
)
_LONG_MESSAGE = 1 << 14


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
    """The browser's websocket. A command ends by its answer, by BrowserLost, or by its caller's deadline."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._loop = asyncio.get_running_loop()
        self._number = 0
        self._waiting: dict[int, asyncio.Future[Payload]] = {}
        self._listeners: dict[str, Listener] = {}
        self._muted: set[bytes] = set()
        self._outgoing: asyncio.Queue[str] = asyncio.Queue()
        self.port = int(socket.remote_address[1])
        self.closed = asyncio.Event()
        self._tasks = (self._loop.create_task(self._read()), self._loop.create_task(self._write()))

    def listen(self, session: str, listener: Listener) -> None:
        """Hand every event of `session` ("" is the browser itself) to `listener`."""
        self._listeners[session] = listener

    def forget(self, session: str) -> None:
        """Drop the events of `session` from now on."""
        self._listeners.pop(session, None)

    def mute(self, request: str) -> None:
        """Drop further long pieces of this request's body unread: it is beyond its limit, and may be a gigabyte."""
        if len(self._muted) < 10_000:
            self._muted.add(request.encode())

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
        self._outgoing.put_nowait(json.dumps(message))
        return answer

    def close(self) -> None:
        """Let the browser go; whoever still waits gets BrowserLost."""
        if self.closed.is_set():
            return
        self.closed.set()
        self._socket.transport.abort()
        for task in self._tasks:
            task.cancel()
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(BrowserLost("the browser ended while it was asked for something"))
        self._waiting.clear()
        self._listeners.clear()

    async def _read(self) -> None:
        try:
            while True:
                message = await self._socket.recv(decode=False)
                if not self._muted or not self._is_muted(message):
                    self._deliver(json.loads(message))
        except ConnectionClosed:
            self.close()

    async def _write(self) -> None:
        try:
            while True:
                await self._socket.send(await self._outgoing.get(), text=True)
        except ConnectionClosed:
            self.close()

    def _is_muted(self, message: bytes) -> bool:
        found = _PIECE.match(message) if len(message) > _LONG_MESSAGE else None
        return found is not None and found.group(1) in self._muted

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


async def open_connection(address: str) -> Connection:
    """Connect to the browser's endpoint ("ws://127.0.0.1:PORT/devtools/browser/ID"). Raises BrowserLost."""
    try:
        # No proxy of the environment, no bound on a message (a screenshot is one), no pings: callers have deadlines.
        socket = await connect(
            address, proxy=None, compression=None, max_size=None, max_queue=None, ping_interval=None, open_timeout=10
        )
    except (OSError, WebSocketException) as error:
        raise BrowserLost(f"the browser's endpoint {address} does not answer: {error}") from error
    return Connection(socket)
