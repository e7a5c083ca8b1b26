"""Brings the bodies of one capture over the wire: piece by piece as they come, or all at once when they have ended.

The browser is asked at each request to tell the answer's bytes with the events that count them; so nothing big is ever
one message, and what was cut off is kept as far as it came. Where it began too late for that (documents, the scripts
of workers) the whole body is asked for at its end. docs/decisions/0016.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from scrapers.devtools import Connection, Payload, get_text
from scrapers.errors import BrowserLost, DevToolsRefused
from scrapers.model import Limits, Truncation
from scrapers.spool import Spool, SpooledBody


@dataclass(frozen=True)
class Loss:
    """Why a body is missing or cut."""

    why: str
    word: Truncation = Truncation.UNSPECIFIED


Kept = tuple[bytes | SpooledBody | None, Loss | None]
"""A body, and what is lost of it."""

_MEGABYTE = 1 << 20
_BODY_SECONDS = 15.0
_AT_ONCE = 16


@dataclass
class Stream:
    """A body that comes piece by piece. `answered` is set once the browser has given what it had before."""

    spool: Spool
    untold: int = 0  # bytes that were counted and not told, so far
    early: list[str] = field(default_factory=list)  # pieces that were told before the answer was read
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    broken: bool = False  # not all from the first byte on
    trouble: str = ""


class Bodies:
    """The bodies of one capture. Nothing here raises for what a browser or a disk does: the reason is told instead."""

    def __init__(self, connection: Connection, limits: Limits, folder: Path | None) -> None:
        self._limit = int(limits.body_megabytes * _MEGABYTE)
        self._named = f"{limits.body_megabytes:g} MB"
        self._connection = connection
        self._folder = folder
        self._places = asyncio.Semaphore(_AT_ONCE)

    def start_stream(self, key: str, session: str, received: int) -> Stream:
        """Have the body of a request told as it comes; `received` bytes of it have come untold."""
        stream = Stream(Spool(self._limit, self._folder), received)
        answer = self._connection.send("Network.streamResourceContent", {"requestId": key}, session)
        answer.add_done_callback(partial(self._begin, stream, key))
        return stream

    def take_piece(self, stream: Stream, key: str, length: int, data: str) -> None:
        """Take one more piece (base64), or count it where its bytes were not told."""
        if not data:
            stream.untold += length
            stream.broken = stream.broken or (length > 0 and stream.answered.is_set())
        elif not stream.answered.is_set():
            stream.early.append(data)
        elif not stream.broken:
            self._write(stream, key, data)

    async def wait_for(self, stream: Stream) -> None:
        """Wait until the browser has answered whether and from where it tells this body."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_BODY_SECONDS):
                await stream.answered.wait()

    def read_stream(self, stream: Stream) -> Kept | None:
        """What came of a streamed body so far; None when that is not all there was."""
        if stream.broken or not stream.answered.is_set():
            return None
        loss = Loss(stream.trouble) if stream.trouble else None
        if stream.spool.cut and loss is None:
            loss = Loss(f"cut at the limit of {self._named}: the body is larger", Truncation.LENGTH)
        return stream.spool.finish(), loss

    async def fetch(self, key: str, session: str) -> Kept:
        """A body that has ended, all at once."""
        try:
            async with self._places, asyncio.timeout(_BODY_SECONDS):
                answer = await self._connection.send("Network.getResponseBody", {"requestId": key}, session)
            text = get_text(answer, "body")
            body = base64.b64decode(text) if answer.get("base64Encoded") is True else text.encode("utf-8", "replace")
        except DevToolsRefused as error:
            return None, Loss(f"the browser did not keep it: {error}")
        except BrowserLost:
            return None, Loss("the browser ended first", Truncation.DISCONNECT)
        except TimeoutError:
            return None, Loss("the browser did not hand it over in time", Truncation.TIME)
        return self._keep(Stream(Spool(self._limit, self._folder)), body)

    def keep_file(self, path: Path) -> Kept:
        """Take a body that the browser wrote to a file."""
        stream = Stream(Spool(self._limit, self._folder))
        try:
            with path.open("rb") as file:
                while not stream.spool.cut and not stream.trouble and (piece := file.read(_MEGABYTE)):
                    self._take(stream, piece)
        except OSError as error:
            stream.trouble = f"the browser's file of it cannot be read: {error.strerror or error}"
        return self._keep(stream, b"")

    def _keep(self, stream: Stream, rest: bytes) -> Kept:
        self._take(stream, rest)
        stream.answered.set()
        return self.read_stream(stream) or (None, Loss(stream.trouble))

    def _begin(self, stream: Stream, key: str, answer: asyncio.Future[Payload]) -> None:
        trouble = answer.cancelled() or answer.exception()
        before = b"" if trouble else self._decode(stream, get_text(answer.result(), "bufferedData"))
        if trouble or len(before) < stream.untold:
            stream.broken = True  # its request had ended, or its first bytes are gone
        else:
            self._take(stream, before)
            for data in stream.early:
                self._write(stream, key, data)
        stream.early.clear()
        stream.answered.set()

    def _write(self, stream: Stream, key: str, data: str) -> None:
        self._take(stream, self._decode(stream, data))
        if stream.spool.cut or stream.trouble:
            self._connection.mute(key)

    def _decode(self, stream: Stream, data: str) -> bytes:
        try:
            return base64.b64decode(data)
        except binascii.Error:
            stream.broken = True
            return b""

    def _take(self, stream: Stream, data: bytes) -> None:
        if stream.trouble:
            return
        try:
            stream.spool.write(data)
        except OSError as error:
            stream.trouble = f"could not be written beyond {stream.spool.size} bytes: {error.strerror or error}"
