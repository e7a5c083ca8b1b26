"""An OpenTimestamps calendar of our own: it takes digests, and brings them into a block when the test says so."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentimestamps.core.notary import BitcoinBlockHeaderAttestation, PendingAttestation
from opentimestamps.core.op import OpAppend, OpPrepend, OpSHA256
from opentimestamps.core.serialize import BytesSerializationContext
from opentimestamps.core.timestamp import Timestamp, cat_sha256d

HEIGHT = 840_000
BLOCK_TIME = 1_790_000_000


@dataclass
class CalendarServer:
    """`headers` holds the block's header once `confirm` was called; `mode` is good, web page, truncated or hang."""

    url: str
    mode: str = "good"
    names: str = ""  # the address that pending proofs name, its own where empty
    commitments: list[bytes] = field(default_factory=list)
    confirmed: dict[bytes, bytes] = field(default_factory=dict)
    headers: dict[int, bytes] = field(default_factory=dict)
    released: threading.Event = field(default_factory=threading.Event)
    asked: list[str] = field(default_factory=list)

    def take(self, digest: bytes) -> bytes:
        stamp = Timestamp(digest)
        end = stamp.ops.add(OpAppend(os.urandom(16))).ops.add(OpSHA256())
        end.attestations.add(PendingAttestation(self.names or self.url))
        self.commitments.append(end.msg)
        return serialise(stamp)

    def confirm(self) -> None:
        """Bring the last digest into a block: its hash beside another transaction's under one root."""
        stamp = Timestamp(self.commitments[-1])
        transaction = stamp.ops.add(OpPrepend(b"\x01\x00")).ops.add(OpAppend(b"\x00\x00")).ops.add(OpSHA256())
        identifier = transaction.ops.add(OpSHA256())
        root = cat_sha256d(identifier, Timestamp(hashlib.sha256(b"another").digest()))
        root.attestations.add(BitcoinBlockHeaderAttestation(HEIGHT))
        self.confirmed[self.commitments[-1]] = serialise(stamp)
        self.headers[HEIGHT] = bytes(36) + root.msg + BLOCK_TIME.to_bytes(4, "little") + bytes(8)


def serialise(stamp: Timestamp) -> bytes:
    context = BytesSerializationContext()
    stamp.serialize(context)
    data: bytes = context.getbytes()
    return data


@contextmanager
def start_calendar() -> Iterator[CalendarServer]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            calendar.asked.append(self.path)
            self.answer(200, calendar.take(self.rfile.read(int(self.headers["Content-Length"]))))

        def do_GET(self) -> None:
            calendar.asked.append(self.path)
            proof = calendar.confirmed.get(bytes.fromhex(self.path.removeprefix("/timestamp/")))
            self.answer(200 if proof else 404, proof or b"Pending confirmation in Bitcoin blockchain")

        def answer(self, status: int, body: bytes) -> None:
            if calendar.mode == "hang":
                calendar.released.wait(60)
            if calendar.mode == "web page":
                body = b"<html>"
            if calendar.mode == "truncated":
                body = body[:-3]
            self.send_response(status)
            self.send_header("Content-Type", "text/html" if calendar.mode == "web page" else "application/octet-stream")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A client that leaves early is what some tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    calendar = CalendarServer(f"http://127.0.0.1:{server.server_address[1]}")
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield calendar
    finally:
        calendar.released.set()
        server.shutdown()
        server.server_close()
