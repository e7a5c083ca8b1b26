"""The hostile server: HTTP/1.1 written by hand on loopback, so that every rule of it can be broken; with TLS too.

`open_site` runs it in a thread with an event loop of its own. A page is found by the first part of the path; several
host names lead here by `NetworkPolicy.resolve`. `canary` is a port that no page may ever reach.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import unquote

from .keys import Keys

HOSTS = ("a.test", "b.test", "c.test", "d.test")
"""Names of plain HTTP: four sites to the browser, one server."""

_MOST_HEAD = 1 << 20


@dataclass
class Request:
    """One request that came in, and the connection to answer it on."""

    method: str
    host: str
    path: str  # below the page's own name, "" for the page itself
    query: str
    headers: dict[str, str]
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    site: Site
    whole: bool = False  # an answer with its length went out: the connection may be used again

    async def send(self, *parts: bytes | str) -> None:
        """Write bytes as they are."""
        for part in parts:
            self.writer.write(part.encode() if isinstance(part, str) else part)
        await self.writer.drain()

    async def head(self, status: str = "200 OK", media_type: str = "text/html; charset=utf-8", *headers: str) -> None:
        """Send a head that has no length: the body ends with the connection."""
        lines = [f"HTTP/1.1 {status}", f"Content-Type: {media_type}", *headers, "Connection: close", "", ""]
        await self.send("\r\n".join(lines))

    async def answer(
        self,
        body: bytes | str = b"",
        media_type: str = "text/html; charset=utf-8",
        *headers: str,
        status: str = "200 OK",
    ) -> None:
        """Send a whole answer as the rules are."""
        data = body.encode() if isinstance(body, str) else body
        lines = [f"HTTP/1.1 {status}", f"Content-Type: {media_type}", *headers, f"Content-Length: {len(data)}"]
        await self.send("\r\n".join([*lines, "", ""]), data)
        self.whole = True

    async def redirect(self, place: str, *headers: str) -> None:
        """Send the visitor elsewhere."""
        await self.answer(b"", "text/html", f"Location: {place}", *headers, status="302 Found")

    async def hang(self) -> None:
        """Say nothing more until the site closes or the other side is gone."""
        reading = asyncio.ensure_future(self.reader.read())
        await asyncio.wait({reading}, timeout=60)
        reading.cancel()


Handler = Callable[[Request], Awaitable[None]]


@dataclass
class Site:
    """The running server. `pages` maps a page's name to what answers for it."""

    pages: Mapping[str, Handler]
    keys: Keys
    seen: list[str] = field(default_factory=list)  # "host METHOD /path" of every request
    canary_connections: int = 0
    plain: int = 0  # the ports
    secure: int = 0
    canary: int = 0
    special: dict[str, int] = field(default_factory=dict)  # host of a connection that misbehaves below HTTP -> port
    steering: Callable[[], int | None] = lambda: None  # gives the id of the browser's process
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _ready: threading.Event = field(default_factory=threading.Event)
    _tasks: set[asyncio.Task[object]] = field(default_factory=set)

    @property
    def resolve(self) -> tuple[tuple[str, str], ...]:
        """What the gate must know to bring every name here."""
        entries = [(host, f"127.0.0.1:{self.plain}") for host in HOSTS]
        entries.append(("s.test", f"127.0.0.1:{self.secure}"))
        entries.extend((host, f"127.0.0.1:{port}") for host, port in self.special.items())
        return tuple(entries)

    async def serve(self, specials: Mapping[str, tuple[Handler | None, ssl.SSLContext | None]]) -> None:
        """Open the ports and answer until `stop`."""
        self._end = asyncio.Event()
        servers = [
            await asyncio.start_server(self._converse, "127.0.0.1", 0, limit=_MOST_HEAD),
            await asyncio.start_server(self._converse, "127.0.0.1", 0, limit=_MOST_HEAD, ssl=self.keys.good()),
            await asyncio.start_server(self._count_canary, "127.0.0.1", 0),
        ]
        self.plain, self.secure, self.canary = (server.sockets[0].getsockname()[1] for server in servers)
        for host, (handler, context) in specials.items():
            answer = self._converse if handler is None else self._raw(handler)
            server = await asyncio.start_server(answer, "127.0.0.1", 0, limit=_MOST_HEAD, ssl=context)
            self.special[host] = server.sockets[0].getsockname()[1]
            servers.append(server)
        self._ready.set()
        await self._end.wait()
        for server in servers:
            server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def stop(self) -> None:
        """End it, whatever still hangs."""
        self._loop.call_soon_threadsafe(self._end.set)

    def _raw(self, handler: Handler) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
        async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await self._guard(writer, handler(Request("", "", "", "", {}, reader, writer, self)))

        return converse

    async def _finish(self, writer: asyncio.StreamWriter) -> None:
        """Let what was written go out, then end the connection in order."""
        if writer.can_write_eof():
            writer.write_eof()
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    async def _count_canary(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.canary_connections += 1
        writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._guard(writer, self._answer_all(reader, writer))

    async def _guard(self, writer: asyncio.StreamWriter, work: Awaitable[None]) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await work
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError, ssl.SSLError):
            pass  # the browser went away in the middle: that is what is hoped for
        finally:
            self._tasks.discard(task)
            with contextlib.suppress(RuntimeError):
                writer.transport.abort()

    async def _answer_all(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            method, target, _ = head[0].split(" ", 2)
            fields = (line.partition(":") for line in head[1:] if line)
            headers = {name.strip().lower(): value.strip() for name, _, value in fields}
            length = int(headers.get("content-length", "0"))
            if length:
                await reader.readexactly(length)
            host = headers.get("host", "").partition(":")[0]
            path, _, query = target.partition("?")
            name, _, rest = path.lstrip("/").partition("/")
            self.seen.append(f"{host} {method} {path[:200]}")
            page = self.pages.get(unquote(name))
            request = Request(method, host, rest, query, headers, reader, writer, self)
            if page is None:
                await request.answer("no such page", status="404 Not Found")
            else:
                await page(request)
            if not request.whole or headers.get("connection") == "close":
                await self._finish(writer)
                return


@contextmanager
def open_site(
    pages: Mapping[str, Handler], specials: Mapping[str, tuple[Handler | None, ssl.SSLContext | None]], keys: Keys
) -> Iterator[Site]:
    """Run the server until the block ends."""
    site = Site(pages, keys)

    def run() -> None:
        with asyncio.Runner(loop_factory=lambda: site._loop) as runner:
            runner.run(site.serve(specials))

    thread = threading.Thread(target=run)
    thread.start()
    assert site._ready.wait(20)
    try:
        yield site
    finally:
        site.stop()
        thread.join(20)
