"""How far this machine's clock is from another one: an NTP server, or the Date header of an HTTP answer.

One question, one answer, a short deadline. An HTTP date has whole seconds only, and both kinds are blurred by half of
the round trip; the answer says by how much. NTP: RFC 5905, the client's part of one exchange.
"""

from __future__ import annotations

import http.client
import socket
import struct
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from scrapers.model import ClockReading

_NTP_EPOCH = datetime(1900, 1, 1, tzinfo=UTC)
_NTP_REQUEST = b"\x23" + 47 * b"\0"  # version 4, client


class ClockUnknownError(Exception):
    """The other clock gave no usable answer."""


@dataclass(frozen=True)
class ClockOffset:
    """How many seconds the other clock is ahead of ours, give or take `blur` seconds."""

    source: str
    seconds: float
    blur: float


def measure_clock(source: str, clock: Callable[[], datetime], *, seconds: float) -> ClockOffset:
    """Ask `ntp://host[:port]` or `http(s)://…` for its time. Raises ClockUnknownError with the reason."""
    parts = urlsplit(source)
    try:
        started = clock()
        told = _ask_ntp(parts.hostname or "", parts.port or 123, seconds) if parts.scheme == "ntp" else None
        if told is None:
            told = _ask_http(source, seconds) + timedelta(seconds=0.5)  # the middle of the second that it names
        ended = clock()
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise ClockUnknownError(f"{source} did not tell its time: {error or type(error).__name__}") from error
    half = (ended - started) / 2
    blur = half.total_seconds() + (0.0 if parts.scheme == "ntp" else 0.5)
    return ClockOffset(source, (told - (started + half)).total_seconds(), blur)


def read_clocks(
    sources: Sequence[str], clock: Callable[[], datetime], *, seconds: float = 3.0
) -> tuple[ClockReading, ...]:
    """Ask all sources at once; one that does not answer (offline, wrong) is told in its reading."""
    if not sources:
        return ()

    def read(source: str) -> ClockReading:
        asked_at = clock()
        try:
            found = measure_clock(source, clock, seconds=seconds)
        except ClockUnknownError as error:
            return ClockReading(source, asked_at, trouble=str(error))
        return ClockReading(source, asked_at, round(found.seconds * 1000), round(found.blur * 1000))

    with ThreadPoolExecutor(max_workers=min(len(sources), 8)) as asking:
        return tuple(asking.map(read, sources))


def _ask_ntp(host: str, port: int, seconds: float) -> datetime:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
        channel.settimeout(seconds)
        channel.connect((host, port))
        channel.send(_NTP_REQUEST)
        answer = channel.recv(512)
    if len(answer) < 48 or answer[0] & 7 != 4 or answer[1] == 0:
        raise ValueError("the answer is not that of an NTP server with a known time")
    whole, fraction = struct.unpack("!II", answer[40:48])
    return _NTP_EPOCH + timedelta(seconds=whole + fraction / 2**32)


def _ask_http(source: str, seconds: float) -> datetime:
    parts = urlsplit(source)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=seconds)
    try:
        connection.request("HEAD", parts.path or "/", headers={"User-Agent": "cardwatch", "Cache-Control": "no-cache"})
        date = connection.getresponse().getheader("Date")
    finally:
        connection.close()
    if not date:
        raise ValueError("the answer has no Date header")
    return parsedate_to_datetime(date).astimezone(UTC)
