"""A name server on loopback that knows the practice platforms' names while they live, and no other name.

Takes a simulated clock; a name that is gone, and every foreign one, is answered NXDOMAIN. The gate asks it through
`NetworkPolicy.nameserver` and the lookups through their own setting, so a failure comes the way a real one does.
"""

from __future__ import annotations

import socket
import threading
from datetime import datetime
from types import TracebackType

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

from monitor.demo.registry import find_registration
from scrapers.model import Clock

_ANSWERED = (dns.rdatatype.A, dns.rdatatype.NS, dns.rdatatype.SOA)
_SECONDS = 60  # how long an answer may be kept


def answer_question(question: bytes, at: datetime) -> bytes | None:
    """The answer to one DNS message at a moment, or None when it is not a question."""
    try:
        asked = dns.message.from_wire(question)
    except dns.exception.DNSException:
        return None
    if asked.flags & dns.flags.QR or len(asked.question) != 1:
        return None
    answer = dns.message.make_response(asked, recursion_available=True)
    wanted = asked.question[0]
    registration = find_registration(wanted.name.to_text(omit_final_dot=True), at)
    if registration is None or not registration.is_delegated_at(at):
        answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer.to_wire()
    if wanted.rdtype in _ANSWERED:
        first, second = registration.nameservers
        texts = {
            dns.rdatatype.A: ("127.0.0.1",),
            dns.rdatatype.NS: (f"{first}.", f"{second}."),
            dns.rdatatype.SOA: (f"{first}. hostmaster.{registration.domain}. 2026060101 3600 600 604800 60",),
        }[wanted.rdtype]
        owner = wanted.name if wanted.rdtype == dns.rdatatype.A else dns.name.from_text(registration.domain)
        if owner == wanted.name:
            answer.answer.append(dns.rrset.from_text(owner, _SECONDS, "IN", wanted.rdtype, *texts))
    return answer.to_wire()


class PracticeNameserver:
    """Answers on a UDP port of loopback while its `with` block lasts."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0.2)  # how soon the thread sees that it should end
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="practice-nameserver", daemon=True)

    @property
    def address(self) -> str:
        """Where it listens, as `address:port`."""
        return f"127.0.0.1:{self._socket.getsockname()[1]}"

    def __enter__(self) -> PracticeNameserver:
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
            answer = answer_question(question, self._clock())
            if answer:
                self._socket.sendto(answer, sender)
