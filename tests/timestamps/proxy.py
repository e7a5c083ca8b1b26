"""An HTTP proxy on loopback that opens tunnels (CONNECT) and notes where to."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class TunnelProxy:
    url: str
    tunnels: list[str] = field(default_factory=list)


@contextmanager
def start_proxy() -> Iterator[TunnelProxy]:
    listener = socket.create_server(("127.0.0.1", 0))
    proxy = TunnelProxy(f"http://127.0.0.1:{listener.getsockname()[1]}")

    def pump(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)

    def tunnel(client: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += client.recv(1)
        target = head.split()[1].decode()
        proxy.tunnels.append(target)
        host, _, port = target.rpartition(":")
        with client, socket.create_connection((host, int(port))) as server:
            client.sendall(b"HTTP/1.1 200 ok\r\n\r\n")
            back = threading.Thread(target=pump, args=(server, client))
            back.start()
            pump(client, server)
            back.join()

    def serve() -> None:
        with suppress(OSError):  # the listener is closed
            while True:
                client, _ = listener.accept()
                threads.append(threading.Thread(target=tunnel, args=(client,)))
                threads[-1].start()

    threads: list[threading.Thread] = []
    threading.Thread(target=serve, daemon=True).start()
    try:
        yield proxy
    finally:
        for thread in threads:
            thread.join()
        listener.close()
