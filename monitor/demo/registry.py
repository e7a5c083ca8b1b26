"""The registry of the practice names: who registered what and when, and a WHOIS server on loopback that tells it.

All names and people are invented. A name that is on hold is still registered and no longer delegated, as in reality.
"""

from __future__ import annotations

import socketserver
import threading
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType

from monitor.demo.script import at, state_at
from scrapers.model import Clock

_EXCHANGE = "鹏城星河练习网络有限公司"
_LONGEST_QUESTION = 300


@dataclass(frozen=True)
class Registration:
    """One registered name. `trouble` is the key of the state under which the name is held while it is "gone"."""

    domain: str
    registrant: str
    email: str
    registered: datetime
    expires: datetime
    nameservers: tuple[str, str]
    trouble: str = ""

    def is_delegated_at(self, moment: datetime) -> bool:
        """Whether the name resolves at a moment."""
        return self.registered <= moment < self.expires and state_at(moment).get(self.trouble) != "gone"


_SHARED, _VANITY = ("ns1.practice-dns.test", "ns2.practice-dns.test"), ("ns1.xinghe-ka.test", "ns2.xinghe-ka.test")


def _year(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}T10:00:00+08:00")


REGISTRATIONS: tuple[Registration, ...] = (
    Registration("songguo.example", "松果练习工作室", "songguo@mail.example", _year("2025-02-11"), _year("2027-02-11"),
                 _SHARED, "songguo.name"),
    Registration("yunque.test", "李练习", "yunque@mail.example", _year("2024-11-05"), _year("2026-11-05"), _SHARED),
    Registration("xinghe-ka.test", _EXCHANGE, "xinghe@mail.example", _year("2021-03-02"), _year("2027-03-02"), _VANITY,
                 "xinghe.old"),
    Registration("xinghe88.test", _EXCHANGE, "xinghe@mail.example", at(7, 10), _year("2027-07-10"), _VANITY,
                 "xinghe.second"),
    Registration("xinghe99.test", _EXCHANGE, "xinghe@mail.example", at(8, 12), _year("2027-08-12"), _VANITY),
    Registration("xinghe-fabu.example", _EXCHANGE, "xinghe@mail.example", at(8, 12), _year("2027-08-12"), _SHARED),
    Registration("xinghe-vip.test", "赵练习", "vip2026@mail.example", at(8, 20), _year("2027-08-20"), _SHARED),
)  # fmt: skip


def find_registration(name: str, moment: datetime) -> Registration | None:
    """The registration that a host name stands under at a moment, None where nobody holds it."""
    lowered = name.lower().rstrip(".")
    for registration in REGISTRATIONS:
        under = lowered == registration.domain or lowered.endswith(f".{registration.domain}")
        if under and registration.registered <= moment < registration.expires:
            return registration
    return None


def tell_registration(question: str, moment: datetime) -> str:
    """What the WHOIS server says of a name at a moment."""
    registration = find_registration(question.strip(), moment)
    if registration is None:
        return "No matching record.\r\n"
    held = not registration.is_delegated_at(moment)
    rows = (
        ("Domain Name", registration.domain),
        ("ROID", f"2026{abs(hash_name(registration.domain)):08d}-practice"),
        ("Domain Status", "clientHold" if held else "ok"),
        ("Registrant", registration.registrant),
        ("Registrant Contact Email", registration.email),
        ("Sponsoring Registrar", "练习注册服务有限公司"),
        ("Name Server", registration.nameservers[0]),
        ("Name Server", registration.nameservers[1]),
        ("Registration Time", registration.registered.strftime("%Y-%m-%d %H:%M:%S")),
        ("Expiration Time", registration.expires.strftime("%Y-%m-%d %H:%M:%S")),
        ("DNSSEC", "unsigned"),
    )
    return "".join(f"{name}: {value}\r\n" for name, value in rows)


def hash_name(name: str) -> int:
    """A number of eight digits at most that a name always has."""
    return sum((place + 1) * ord(letter) * 7919 for place, letter in enumerate(name)) % 100_000_000


class PracticeWhois:
    """Answers WHOIS questions on a TCP port of loopback while its `with` block lasts."""

    def __init__(self, clock: Clock) -> None:
        self._server = _Server(clock)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="practice-whois", daemon=True
        )

    @property
    def address(self) -> str:
        """Where it listens, as `address:port`."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> PracticeWhois:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, clock: Clock) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.clock = clock


class _Handler(socketserver.StreamRequestHandler):
    server: _Server
    timeout = 10

    def handle(self) -> None:
        """One question, one answer."""
        question = self.rfile.readline(_LONGEST_QUESTION).decode("utf-8", errors="replace")
        self.wfile.write(tell_registration(question, self.server.clock()).encode())
