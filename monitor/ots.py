"""OpenTimestamps: asks a calendar to carry a digest into Bitcoin, and reads what a proof leads to.

Needs the optional library (`pip install "cardwatch[ots]"`). A proof is pending until the calendar has a transaction in
a block. It ends at a block's Merkle root; whether Bitcoin has such a block is known from the block's header only, which
is given or not: without one the answer is that we cannot say.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitor.bounded_request import Answer, NoAnswerError, ask_bounded

if TYPE_CHECKING:
    from opentimestamps.core.timestamp import Timestamp

LARGEST_PROOF = 64_000
_MEDIA_TYPE = "application/vnd.opentimestamps.v1"
_HEADER_BYTES = 80
_MOST_CALENDARS = 8
NOT_INSTALLED = 'OpenTimestamps needs a library that is not here: pip install "cardwatch[ots]"'


class ProofInvalid(Exception):  # noqa: N818 - reads as a sentence where it is caught
    """The bytes are no OpenTimestamps proof over this digest; says why."""


class ProofNotGiven(Exception):  # noqa: N818 - reads as a sentence where it is caught
    """The calendar gave no proof, or not yet; says why."""


@dataclass(frozen=True)
class OtsFacts:
    """Where a proof leads: calendars that it still waits for, and Bitcoin blocks (height, Merkle root in hex).

    The root is as Bitcoin's programs print it, its bytes turned around. `verified` is True when a given header of one
    of the blocks has that root, False when one has another, None when no header of them was given: cannot say.
    `block_time` is the time in the header that agreed. A header proves what its giver knows of Bitcoin, no more.
    """

    pending: tuple[str, ...]
    blocks: tuple[tuple[int, str], ...]
    verified: bool | None
    block_time: datetime | None
    problem: str


def is_installed() -> bool:
    """Whether the optional library is there."""
    return importlib.util.find_spec("opentimestamps") is not None


def check_proof(data: bytes, digest: bytes, headers: Mapping[int, bytes] | None = None) -> OtsFacts:
    """Read a proof file over a SHA-256; `headers` are raw block headers of 80 bytes by height. Offline.

    Raises ProofInvalid for other bytes, another digest, and where the library is not installed.
    """
    blocks, pending = _read_ends(_parse_proof(data, digest))
    heights = tuple((height, root[::-1].hex()) for height, root in blocks)
    for height, root in blocks:
        header = (headers or {}).get(height)
        if header is None:
            continue
        if len(header) != _HEADER_BYTES:
            why = f"the header given for block {height} has {len(header)} bytes; a Bitcoin header has {_HEADER_BYTES}"
            return OtsFacts(pending, heights, None, None, why)
        if header[36:68] != root:
            why = f"block {height} has another Merkle root than the proof leads to"
            return OtsFacts(pending, heights, False, None, why)
        moment = datetime.fromtimestamp(int.from_bytes(header[68:72], "little"), UTC)
        return OtsFacts(pending, heights, True, moment, "")
    if heights:
        why = f"cannot say: no header of Bitcoin block {heights[0][0]} was given to hold against the proof"
    else:
        why = f"cannot say: Bitcoin has not confirmed it yet; {', '.join(pending) or 'no calendar'} may know more"
    return OtsFacts(pending, heights, None, None, why)


def ask_calendar(url: str, digest: bytes, *, seconds: float, proxy: str = "") -> bytes:
    """Hand a SHA-256 to a calendar; gives the pending proof as the bytes of an .ots file. Raises ProofNotGiven."""
    _require_library()
    answer = _ask(f"{url.rstrip('/')}/digest", digest, seconds, proxy)
    stamp = _parse_stamp(answer, digest)
    return _write_proof(stamp)


def upgrade_proof(data: bytes, digest: bytes, calendar: str, *, seconds: float, proxy: str = "") -> bytes | None:
    """Ask the calendars that a pending proof names for the way into a block; None where there is none yet.

    Only the configured calendar and those that the library knows are asked: a proof may name any address. Raises
    ProofNotGiven when none answers as it should.
    """
    _require_library()
    from opentimestamps.calendar import DEFAULT_CALENDAR_WHITELIST
    from opentimestamps.core.notary import PendingAttestation

    proof = _parse_proof(data, digest)
    waiting = [(part, end.uri) for part, end in _walk(proof) if isinstance(end, PendingAttestation)]
    confirmed = False
    for part, uri in waiting[:_MOST_CALENDARS]:
        if _origin(uri) != _origin(calendar) and uri.rstrip("/") not in DEFAULT_CALENDAR_WHITELIST:
            raise ProofNotGiven(f"the proof names the calendar {uri[:200]}, which is neither configured nor well known")
        answer = _ask(f"{uri.rstrip('/')}/timestamp/{part.msg.hex()}", None, seconds, proxy, none_yet=True)
        if answer is None:
            continue
        part.merge(_parse_stamp(answer, part.msg))
        confirmed = bool(_read_ends(proof)[0])
    return _write_proof(proof) if confirmed else None


def _ask(url: str, body: bytes | None, seconds: float, proxy: str, *, none_yet: bool = False) -> Answer | None:
    try:
        answer = ask_bounded(
            url, body=body, headers={"Accept": _MEDIA_TYPE}, seconds=seconds, most_bytes=LARGEST_PROOF, proxy=proxy
        )
    except NoAnswerError as error:
        raise ProofNotGiven(str(error)) from error
    if none_yet and answer.status == 404:
        return None
    if answer.status != 200:
        raise ProofNotGiven(f"it answered HTTP {answer.status}")
    return answer


def _require_library() -> None:
    if not is_installed():
        raise ProofNotGiven(NOT_INSTALLED)


def _parse_proof(data: bytes, digest: bytes) -> Timestamp:
    if not is_installed():
        raise ProofInvalid(NOT_INSTALLED)
    if len(data) > LARGEST_PROOF:
        raise ProofInvalid(f"the proof has {len(data)} bytes; the most is {LARGEST_PROOF}")
    from opentimestamps.core.op import OpSHA256
    from opentimestamps.core.serialize import BytesDeserializationContext, DeserializationError
    from opentimestamps.core.timestamp import DetachedTimestampFile

    try:
        proof = DetachedTimestampFile.deserialize(BytesDeserializationContext(data))
    except (DeserializationError, ValueError, TypeError, AssertionError, RecursionError) as error:
        raise ProofInvalid(f"is no OpenTimestamps proof, or was cut off ({str(error)[:200]})") from error
    if not isinstance(proof.file_hash_op, OpSHA256) or proof.file_digest != digest:
        raise ProofInvalid("wrong digest: the proof was made for other bytes")
    stamp: Timestamp = proof.timestamp
    return stamp


def _parse_stamp(answer: Answer | None, message: bytes) -> Timestamp:
    from opentimestamps.core.serialize import BytesDeserializationContext, DeserializationError
    from opentimestamps.core.timestamp import Timestamp

    assert answer is not None
    try:
        context = BytesDeserializationContext(answer.body)
        stamp: Timestamp = Timestamp.deserialize(context, message)
        context.assert_eof()
    except (DeserializationError, ValueError, TypeError, AssertionError, RecursionError) as error:
        what = f"is {answer.media_type}" if answer.media_type.startswith("text/") else f"({str(error)[:200]})"
        raise ProofNotGiven(f"its answer is no OpenTimestamps proof, or was cut off {what}") from error
    return stamp


def _write_proof(stamp: Timestamp) -> bytes:
    from opentimestamps.core.op import OpSHA256
    from opentimestamps.core.serialize import BytesSerializationContext
    from opentimestamps.core.timestamp import DetachedTimestampFile

    context = BytesSerializationContext()
    DetachedTimestampFile(OpSHA256(), stamp).serialize(context)
    data: bytes = context.getbytes()
    return data


def _walk(stamp: Timestamp) -> list[tuple[Timestamp, object]]:
    """Every end of a proof with the part that it belongs to."""
    found: list[tuple[Timestamp, object]] = []
    waiting = [stamp]
    while waiting:
        part = waiting.pop()
        found += [(part, end) for end in part.attestations]
        waiting += part.ops.values()
    return found


def _read_ends(stamp: Timestamp) -> tuple[list[tuple[int, bytes]], tuple[str, ...]]:
    """The Bitcoin blocks (height, root) and pending calendars at the ends of a proof."""
    from opentimestamps.core.notary import BitcoinBlockHeaderAttestation, PendingAttestation

    ends = [(part.msg, end) for part, end in _walk(stamp)]
    blocks = {(end.height, root) for root, end in ends if isinstance(end, BitcoinBlockHeaderAttestation)}
    pending = {end.uri for _, end in ends if isinstance(end, PendingAttestation)}
    return sorted(blocks), tuple(sorted(pending))


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or "").lower(), parts.port
