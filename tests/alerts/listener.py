"""A loopback HTTP server that takes alerts and pings, and can refuse, hang or drip."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Listener:
    """What arrived, and how to answer: a status, or "hang" until the test ends."""

    port: int
    answer: int = 200
    hang: bool = False
    paths: list[str] = field(default_factory=list)
    bodies: list[dict[str, str]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)


@contextmanager
def listen() -> Iterator[Listener]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._take(b"")

        def do_POST(self) -> None:
            self._take(self.rfile.read(int(self.headers.get("Content-Length", "0"))))

        def _take(self, body: bytes) -> None:
            state.paths.append(self.path)
            if state.hang:
                state.over.wait(30)
                return
            if body and state.answer == 200:
                state.bodies.append(json.loads(body))
            self.send_response(state.answer)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state = Listener(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield state
    finally:
        state.over.set()
        server.shutdown()
        thread.join()
        server.server_close()
