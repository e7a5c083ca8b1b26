"""A real RFC 3161 server on loopback: each request is answered by `openssl ts -reply`, or wrongly in a chosen way."""

from __future__ import annotations

import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from timestamps.authority import Papers, make_papers

REPLY = "application/timestamp-reply"
MODES = (
    "good", "wrong imprint", "wrong nonce", "replay", "truncated", "cut connection", "hang", "slow drip",
    "drip in the head", "10 MB", "10 MB in chunks", "web page", "rejection", "error", "redirect", "empty", "other type",
)  # fmt: skip


@dataclass
class Tsa:
    """The server. `mode` is how it answers from now on; `papers` are those it signs with and may be changed."""

    url: str
    papers: Papers
    mode: str = "good"
    asked: list[bytes] = field(default_factory=list)
    first_reply: bytes = b""
    released: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def root_pem(self) -> Path:
        return self.papers.root_pem

    def reply(self, query: bytes) -> bytes:
        """The answer that OpenSSL gives to a request."""
        with self.lock:  # OpenSSL counts serial numbers in a file
            answer = openssl_reply(self.papers, query)
        self.first_reply = self.first_reply or answer
        return answer


def openssl_reply(papers: Papers, query: bytes) -> bytes:
    """A time-stamp reply made by OpenSSL; a rejection where it cannot serve the request."""
    (papers.folder / "query.tsq").write_bytes(query)
    subprocess.run(
        ["openssl", "ts", "-reply", "-config", papers.configuration, "-section", "own",
         "-queryfile", papers.folder / "query.tsq", "-out", papers.folder / "reply.tsr"],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return (papers.folder / "reply.tsr").read_bytes()


@contextmanager
def start_tsa(folder: Path, papers: Papers | None = None, *, tls: ssl.SSLContext | None = None) -> Iterator[Tsa]:
    """Serve until the end of the `with`; papers of its own are made where none are given."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            tsa.asked.append(query)
            self.answer(query)

        def answer(self, query: bytes) -> None:
            mode = tsa.mode
            if mode == "hang":
                tsa.released.wait(60)
            elif mode == "drip in the head":
                self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                self.drip(b"x" * 10_000)
            elif mode == "slow drip":
                self.start(200, REPLY, 100_000)
                self.drip(tsa.reply(query) * 50)
            elif mode == "10 MB":
                self.start(200, REPLY, 10_000_000)
                self.wfile.write(bytes(10_000_000))
            elif mode == "10 MB in chunks":
                self.send_response(200)
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                for _ in range(200):
                    self.wfile.write(b"c350\r\n" + bytes(50_000) + b"\r\n")
            elif mode == "cut connection":
                reply = tsa.reply(query)
                self.start(200, REPLY, len(reply))
                self.wfile.write(reply[:300])
                self.close_connection = True
            elif mode == "redirect":
                self.send_response(302)
                self.send_header("Location", f"http://127.0.0.1:9/elsewhere?{self.path.partition(chr(63))[2]}")
                self.send_header("Content-Length", "0")
                self.end_headers()
            else:
                self.send(*self.make(mode, query))

        def make(self, mode: str, query: bytes) -> tuple[int, str, bytes]:
            if mode == "web page":
                return 200, "text/html; charset=utf-8", b"<!doctype html><title>Log in</title>"
            if mode == "error":
                return 503, "text/plain", b"busy"
            if mode == "empty":
                return 200, REPLY, b""
            if mode == "wrong imprint":  # the digest stands before the nonce, which stays
                return 200, REPLY, tsa.reply(query[:24] + bytes(32) + query[56:])
            if mode == "wrong nonce":
                place = query.index(b"\x01\x01\xff") - 4
                return 200, REPLY, tsa.reply(query[:place] + bytes([query[place] ^ 1]) + query[place + 1 :])
            if mode == "rejection":  # of a hash that it does not take
                return 200, REPLY, tsa.reply(query.replace(bytes.fromhex("608648016503040201"), SHA3_256))
            reply = tsa.reply(query)
            if mode == "replay":
                return 200, REPLY, tsa.first_reply
            if mode == "truncated":
                return 200, REPLY, reply[:-200]
            return 200, "text/plain" if mode == "other type" else REPLY, reply

        def start(self, status: int, kind: str, length: int) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(length))
            self.end_headers()

        def send(self, status: int, kind: str, body: bytes) -> None:
            self.start(status, kind, len(body))
            self.wfile.write(body)

        def drip(self, data: bytes) -> None:
            for byte in data:
                self.wfile.write(bytes([byte]))
                if tsa.released.wait(0.05):
                    return

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A client that leaves early is what some tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    tsa = Tsa(f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}/tsa", papers or make_papers(folder))
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield tsa
    finally:
        tsa.released.set()
        server.shutdown()
        server.server_close()


SHA3_256 = bytes.fromhex("608648016503040208")
