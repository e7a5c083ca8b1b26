"""A name server of a few lines on loopback that knows no name: every question is answered NXDOMAIN.

It stands for the days on which a platform's name is gone. The gate asks it through `NetworkPolicy.nameserver`, so
the failure comes the way a real one does.
"""

from __future__ import annotations

import socket
import struct
import threading
from types import TracebackType

_HEADER = struct.Struct("!HHHHHH")


def answer_question(question: bytes) -> bytes | None:
    """The NXDOMAIN answer to one DNS message, or None when it is not a question."""
    if len(question) < _HEADER.size:
        return None
    number, flags, questions, *_ = _HEADER.unpack_from(question)
    if flags & 0x8000 or questions != 1:
        return None
    end = _HEADER.size
    while end < len(question) and question[end]:
        end += question[end] + 1
    end += 5  # the root label, type and class
    if end > len(question):
        return None
    # response, authoritative, recursion as asked and available, code 3: no such name
    return _HEADER.pack(number, 0x8483 | (flags & 0x0100), 1, 0, 0, 0) + question[_HEADER.size : end]


class EmptyNameserver:
    """Answers NXDOMAIN on a UDP port of loopback while its `with` block lasts."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0.2)  # how soon the thread sees that it should end
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="practice-nameserver", daemon=True)

    @property
    def address(self) -> str:
        """Where it listens, as `address:port`."""
        return f"127.0.0.1:{self._socket.getsockname()[1]}"

    def __enter__(self) -> EmptyNameserver:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while not self._ended.is_set():
            try:
                question, sender = self._socket.recvfrom(1500)
            except TimeoutError:
                continue
            except OSError:  # Windows reports a vanished asker here
                continue
            answer = answer_question(question)
            if answer:
                self._socket.sendto(answer, sender)
