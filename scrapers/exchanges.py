"""One request of the wire as its events come in, and the Exchange that is made of it at the end.

Raw headers, `Set-Cookie` among them, come in ExtraInfo events that may arrive before or after their response, one for
each redirect hop; they are joined here, when all have come. Pure: nothing is asked of anybody.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from scrapers.bodies import Loss, Stream
from scrapers.devtools import Payload, get_number, get_part, get_text
from scrapers.gate import Lane
from scrapers.model import Exchange, Headers, Truncation
from scrapers.spool import SpooledBody

_NO_BODY_STATUS = (204, 205, 304)


@dataclass
class Frames:
    """What a WebSocket carried one way."""

    count: int = 0
    bytes: int = 0

    def add(self, params: Payload) -> None:
        """Count one frame; text is told as it is, other frames in base64."""
        frame = get_part(params, "response")
        data = get_text(frame, "payloadData")
        self.count += 1
        self.bytes += len(data.encode("utf-8", "replace")) if frame.get("opcode") == 1 else len(data) * 3 // 4


@dataclass
class Hop:
    """One request and its answer as far as they have been told."""

    key: str
    sequence: int
    request: Payload
    session: str
    kind: str
    frame: str
    document_url: str
    stamp: float
    response: Payload | None = None
    has_extra: bool = False
    error: str = ""
    received: int = 0
    encoded: int = 0  # bytes of the answer as they came over the wire
    body: bytes | SpooledBody | None = None
    loss: Loss | None = None
    stream: Stream | None = None
    finished: bool = False
    redirect: bool = False
    from_cache: bool = False
    post_data: bytes | None = None
    remote: str = ""
    is_file: bool = False  # a download: no document came to be
    frames_sent: Frames = field(default_factory=Frames)
    frames_received: Frames = field(default_factory=Frames)

    @property
    def url(self) -> str:
        """What was asked for."""
        return get_text(self.request, "url")

    @property
    def endpoint(self) -> tuple[str, int]:
        """Host and port that it went to."""
        return endpoint_of(self.url)

    @property
    def has_no_body(self) -> bool:
        """Whether its answer is one that has no body, or none that a browser hands over (a preflight's)."""
        if self.kind == "preflight" or get_text(self.request, "method") == "HEAD":
            return True
        if self.response is None:
            return False
        return int(get_number(self.response, "status")) in _NO_BODY_STATUS or _stated_length(self.response) == "0"

    @property
    def never_shown(self) -> bool:
        """Whether it replaced no document: the address gave a file, or nothing."""
        return self.is_file or (self.error.startswith("net::ERR_ABORTED") and not self.received)

    @property
    def may_stand(self) -> bool:
        """Whether a page may be what this answered, or will be."""
        return not self.never_shown and not self.redirect


@dataclass
class Request:
    """All hops of one request id, and its ExtraInfo in order of arrival."""

    hops: list[Hop] = field(default_factory=list)
    request_extra: list[Payload] = field(default_factory=list)
    response_extra: list[Payload] = field(default_factory=list)


def make_exchange(request: Request, hop: Hop, started_at: datetime, lane: Lane, *, main: bool) -> Exchange:
    """Join all that was told of one hop."""
    response = hop.response or {}
    place = request.hops.index(hop)
    before = sum(1 for earlier in request.hops[:place] if earlier.has_extra)
    # A shared worker's script is answered to nobody whom we hear: its ExtraInfo is all that is told of the answer.
    answered = hop.has_extra or (hop.response is None and hop.finished)
    extra = request.response_extra[before] if answered and before < len(request.response_extra) else {}
    told = len(request.request_extra) == len(request.hops) or hop.has_extra
    asked = request.request_extra[before] if told and before < len(request.request_extra) else {}
    body = None if hop.redirect else hop.body
    loss = _find_loss(hop)
    return Exchange(
        sequence=hop.sequence,
        url=hop.url,
        method=get_text(hop.request, "method"),
        started_at=started_at,
        resource_type="other" if hop.kind == "preflight" else hop.kind,
        request_headers=_headers(get_part(asked, "headers") or get_part(hop.request, "headers")),
        request_body=hop.post_data,
        status=int(get_number(extra, "statusCode") or get_number(response, "status")) or None,
        status_text=get_text(response, "statusText"),
        protocol=get_text(response, "protocol"),
        response_headers=_raw_headers(get_text(extra, "headersText"))
        or _headers(get_part(extra, "headers") or get_part(response, "headers")),
        body=body if isinstance(body, bytes) else None,
        body_digest=_digest_of(body),
        body_missing=loss.why if loss else "",
        remote_address=hop.remote or lane.remote_address(*hop.endpoint),
        frame_url=hop.document_url,
        main_document=main,
        error=_explain_error(hop, lane),
        body_file=body if isinstance(body, SpooledBody) else None,
        truncated=loss.word if loss and hop.response is not None and hop.kind != "websocket" else None,
    )


def _find_loss(hop: Hop) -> Loss | None:
    """What is lost of a body, and why."""
    if hop.kind == "websocket":
        return Loss(_count_frames(hop))
    if hop.redirect:
        return None
    if hop.loss or (hop.finished and hop.body is not None):
        return hop.loss or _find_stop(hop)
    if not hop.finished:
        came = f"had not ended when the capture ended ({hop.received} bytes so far)"
        return Loss(came if hop.response else "no answer had come when the capture ended", Truncation.TIME)
    if hop.error and hop.response is not None:
        return Loss(f"cut off after {hop.received} bytes: {hop.error}", Truncation.DISCONNECT)
    return None if hop.error else Loss("not handed over before the capture ended", Truncation.TIME)


def _find_stop(hop: Hop) -> Loss | None:
    """A browser that has seen enough of an answer (a picture that is none) calls it finished, and does not say so."""
    stated = _stated_length(hop.response or {})
    if not stated.isascii() or not stated.isdigit() or hop.has_no_body or hop.from_cache or hop.is_file:
        return None
    if is_packed(hop.response or {}):
        return (
            Loss(f"the browser read {hop.encoded} of {stated} bytes, packed") if 0 < hop.encoded < int(stated) else None
        )
    size = hop.body.size if isinstance(hop.body, SpooledBody) else len(hop.body or b"")
    return Loss(f"the browser read {size} of {stated} bytes") if size < int(stated) else None


def _count_frames(hop: Hop) -> str:
    """What a WebSocket carried. Not its words: they may be a session's secrets, and what they did stands in the DOM."""
    came, went = hop.frames_received, hop.frames_sent
    counted = f"{came.count} received ({came.bytes} bytes), {went.count} sent ({went.bytes} bytes)"
    return f"frames of a WebSocket are counted, not kept: {counted}"


def _explain_error(hop: Hop, lane: Lane) -> str:
    if not hop.error:
        return ""
    refusal = lane.failure(*hop.endpoint)
    return f"{refusal.reason}: {refusal.detail}" if refusal is not None else hop.error


def _digest_of(body: bytes | SpooledBody | None) -> str:
    if isinstance(body, SpooledBody):
        return body.digest
    return hashlib.sha256(body).hexdigest() if body is not None else ""


def _headers(told: Payload) -> Headers:
    """A header dict of the protocol: several values of one name stand in one string, a line each."""
    return tuple((name, value) for name, text in told.items() for value in str(text).split("\n"))


def _raw_headers(text: str) -> Headers:
    """The header block as HTTP/1 sent it, in its order; the status line is left off."""
    lines = text.split("\r\n")[1:]
    return tuple(
        (name.strip(), value.strip()) for name, colon, value in (line.partition(":") for line in lines) if colon
    )


def is_packed(response: Payload) -> bool:
    """Whether an answer came under a content encoding."""
    return any(name.lower() == "content-encoding" for name in get_part(response, "headers"))


def _stated_length(response: Payload) -> str:
    headers = get_part(response, "headers")
    return next((str(value).strip() for name, value in headers.items() if name.lower() == "content-length"), "")


def read_post_data(request: Payload) -> bytes | None:
    """What a request sends; None when it is nothing, or more than the browser tells."""
    entries = request.get("postDataEntries")
    if isinstance(entries, list) and entries:
        try:
            return b"".join(base64.b64decode(get_text(entry, "bytes")) for entry in entries if isinstance(entry, dict))
        except ValueError:
            return None
    return get_text(request, "postData").encode() if "postData" in request else None


def endpoint_of(url: str) -> tuple[str, int]:
    """Host and port of a URL; a port that is none counts as the scheme's."""
    parts = urlsplit(url)
    _, _, port = parts.netloc.rpartition("@")[2].rpartition(":")
    usual = 443 if parts.scheme in ("https", "wss") else 80
    return parts.hostname or "", int(port) if port.isascii() and port.isdigit() else usual
