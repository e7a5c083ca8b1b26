"""The recorder: network events of one capture, from all its frames and workers, to exchanges with their bodies.

Listens only: it never holds a request back, so an endless answer (SSE, MJPEG, long poll) delays nothing. Durable
messages keep bodies across navigations and give them byte for byte. Raw headers, `Set-Cookie` among them, come in
ExtraInfo events that may arrive before or after their response, one for each redirect hop, and are joined at the end.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from scrapers.devtools import Connection, Payload, get_number, get_part, get_text
from scrapers.errors import BrowserLost, DevToolsRefused
from scrapers.gate import Lane
from scrapers.model import Exchange, Headers, Limits
from scrapers.refusals import Sent

_MEGABYTE = 1 << 20
_STREAMS = ("text/event-stream", "multipart/x-mixed-replace")
_BODY_SECONDS = 15.0
_NO_BODY_STATUS = (204, 205, 304)
_TYPES = {
    "document": "document",
    "xhr": "xhr",
    "fetch": "fetch",
    "image": "image",
    "stylesheet": "stylesheet",
    "script": "script",
    "font": "font",
    "media": "media",
    "websocket": "websocket",
    "eventsource": "eventsource",
}


def network_settings(limits: Limits) -> Payload:
    """The parameters of Network.enable. Must be answered before the navigation starts, or early bodies are lost."""
    return {
        "enableDurableMessages": True,
        "maxTotalBufferSize": int(limits.page_megabytes * 2 * _MEGABYTE),
        "maxResourceBufferSize": int(limits.body_megabytes * _MEGABYTE),
        "maxPostDataSize": 65536,
    }


@dataclass
class _Hop:
    """One request as it stands while its events come in."""

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
    body: bytes | None = None
    body_missing: str = ""
    finished: bool = False
    redirect: bool = False
    from_cache: bool = False
    post_data: bytes | None = None
    remote: str = ""


@dataclass
class _Request:
    """All hops of one request id, and its ExtraInfo in order of arrival."""

    hops: list[_Hop] = field(default_factory=list)
    request_extra: list[Payload] = field(default_factory=list)
    response_extra: list[Payload] = field(default_factory=list)


class Recorder:
    """Feed it every event of the capture's sessions with `take`; call `finish` once for the exchanges."""

    def __init__(self, connection: Connection, lane: Lane, limits: Limits, started_at: datetime) -> None:
        self._connection = connection
        self._lane = lane
        self._limits = limits
        self._started_at = started_at
        self._stamp: float | None = None
        self._requests: dict[str, _Request] = {}
        self._count = 0
        self._bodies: set[asyncio.Task[None]] = set()
        self._fetching = asyncio.Semaphore(16)
        self._open: set[str] = set()
        self.main_frame = ""
        self.truncated = 0
        self.received = 0  # bytes of all bodies as they are unpacked
        self.quiet = asyncio.Event()
        self.quiet.set()
        self.hosts: dict[str, str] = {}  # https origins seen answering: origin -> the session that saw it
        self.security: dict[str, Payload] = {}

    def take(self, session: str, method: str, params: Payload) -> None:
        """Take one event; those that are not about the network are ignored."""
        handler = _HANDLERS.get(method)
        if handler is not None:
            handler(self, session, params)

    def main_hop(self) -> Exchange | None:
        """The last document of the main frame as it stands now, without its body."""
        hop = self._main_hop()
        return self._make_exchange(self._requests[hop[0]], hop[1], hop[1]) if hop is not None else None

    def list_sent(self) -> frozenset[Sent]:
        """What the page has sent in the body of a request up to now; bodies too big to be told are left out."""
        hops = (hop for request in self._requests.values() for hop in request.hops)
        return frozenset(
            (get_text(hop.request, "method"), get_text(hop.request, "url"), hop.post_data)
            for hop in hops
            if hop.post_data is not None or hop.request.get("hasPostData") is not True
        )

    async def drain(self, seconds: float) -> None:
        """Wait, at most so long, for bodies that are under way."""
        if self._bodies:
            await asyncio.wait(list(self._bodies), timeout=max(seconds, 0))

    def finish(self) -> tuple[Exchange, ...]:
        """All exchanges in the order they began. What did not finish says so."""
        for task in self._bodies:
            task.cancel()
        main = self._main_hop()
        made: list[Exchange] = []
        for request in self._requests.values():
            for hop in request.hops:
                if hop.from_cache and not hop.redirect:
                    continue
                made.append(self._make_exchange(request, hop, main[1] if main else None))
        return tuple(sorted(made, key=lambda exchange: exchange.sequence))

    # --- events ---------------------------------------------------------------------------------------------------

    def _request_will_be_sent(self, session: str, params: Payload) -> None:
        request = get_part(params, "request")
        url = get_text(request, "url")
        if not url.startswith(("http:", "https:")):
            return
        key = get_text(params, "requestId")
        stamp = get_number(params, "timestamp")
        self._touch(stamp)
        known = self._requests.get(key)
        if known is None:
            known = self._requests[key] = _Request()
        if known.hops and "redirectResponse" in params:
            last = known.hops[-1]
            last.redirect = True
            last.finished = True
            last.has_extra = params.get("redirectHasExtraInfo") is True
            self._set_response(last, get_part(params, "redirectResponse"))
        elif known.hops:
            return  # the same request told by two sessions (a frame that moved to its own process)
        if self._count >= self._limits.exchanges:
            self.truncated += 1
            return
        self._count += 1
        hop = _Hop(
            self._count,
            request,
            session,
            _TYPES.get(get_text(params, "type").lower(), "other"),
            get_text(params, "frameId"),
            get_text(params, "documentURL"),
            stamp,
        )
        hop.post_data = read_post_data(request)
        known.hops.append(hop)
        if hop.kind != "eventsource":
            self._open.add(key)
            self.quiet.clear()

    def _request_extra(self, _session: str, params: Payload) -> None:
        key = get_text(params, "requestId")
        if len(self._requests) < self._limits.exchanges * 2:
            self._requests.setdefault(key, _Request()).request_extra.append(params)

    def _response_extra(self, _session: str, params: Payload) -> None:
        key = get_text(params, "requestId")
        if len(self._requests) < self._limits.exchanges * 2:
            self._requests.setdefault(key, _Request()).response_extra.append(params)

    def _response_received(self, session: str, params: Payload) -> None:
        hop = self._last(params)
        if hop is None:
            return
        self._touch(get_number(params, "timestamp"))
        hop.session = session
        hop.has_extra = params.get("hasExtraInfo") is True
        self._set_response(hop, get_part(params, "response"))
        media_type = get_text(get_part(params, "response"), "mimeType")
        if media_type in _STREAMS or hop.kind == "eventsource":
            hop.body_missing = f"an endless stream ({media_type}): not awaited"
            self._close(get_text(params, "requestId"))

    def _served_from_cache(self, _session: str, params: Payload) -> None:
        hop = self._last(params)
        if hop is not None:
            hop.from_cache = True

    def _data_received(self, _session: str, params: Payload) -> None:
        hop = self._last(params)
        if hop is not None:
            length = int(get_number(params, "dataLength"))
            hop.received += length
            self.received += length

    def _loading_finished(self, session: str, params: Payload) -> None:
        hop = self._last(params)
        if hop is None:
            return
        key = get_text(params, "requestId")
        self._touch(get_number(params, "timestamp"))
        hop.finished = True
        hop.session = session
        status = get_number(hop.response or {}, "status")
        if hop.received > self._limits.body_megabytes * _MEGABYTE:
            hop.body_missing = f"larger than {self._limits.body_megabytes:g} MB ({hop.received} bytes)"
        elif get_text(hop.request, "method") == "HEAD" or status in _NO_BODY_STATUS:
            hop.body = b""
        elif not hop.from_cache and not hop.body_missing:
            task = asyncio.get_running_loop().create_task(self._fetch_body(key, hop, session))
            self._bodies.add(task)
            task.add_done_callback(self._bodies.discard)
            return
        self._close(key)

    def _loading_failed(self, _session: str, params: Payload) -> None:
        hop = self._last(params)
        if hop is None:
            return
        self._touch(get_number(params, "timestamp"))
        hop.finished = True
        hop.error = get_text(params, "errorText") or "failed"
        blocked = get_text(params, "blockedReason")
        if blocked:
            hop.error += f" ({blocked})"
        if hop.response is not None and not hop.body_missing:
            hop.body_missing = f"cut off after {hop.received} bytes: {hop.error}"
        self._close(get_text(params, "requestId"))

    def _web_socket_created(self, session: str, params: Payload) -> None:
        if self._count >= self._limits.exchanges:
            self.truncated += 1
            return
        self._count += 1
        request: Payload = {"url": get_text(params, "url"), "method": "GET"}
        hop = _Hop(self._count, request, session, "websocket", "", "", self._stamp or 0.0)
        hop.body_missing = "frames of a WebSocket are not kept"
        self._requests[get_text(params, "requestId")] = _Request([hop])

    def _web_socket_answered(self, _session: str, params: Payload) -> None:
        hop = self._last(params)
        if hop is not None:
            self._set_response(hop, get_part(params, "response"))
            hop.request = {**hop.request, "headers": get_part(get_part(params, "response"), "requestHeaders")}

    # --- bodies ---------------------------------------------------------------------------------------------------

    async def _fetch_body(self, key: str, hop: _Hop, session: str) -> None:
        try:
            async with self._fetching, asyncio.timeout(_BODY_SECONDS):
                answer = await self._connection.send("Network.getResponseBody", {"requestId": key}, session)
            body = get_text(answer, "body")
            hop.body = (
                base64.b64decode(body) if answer.get("base64Encoded") is True else body.encode("utf-8", "replace")
            )
        except DevToolsRefused as error:
            hop.body_missing = f"the browser did not keep it: {error}"
        except BrowserLost:
            hop.body_missing = "the browser ended first"
        except TimeoutError:
            hop.body_missing = "the browser did not hand it over in time"
        finally:
            self._close(key)

    def _close(self, key: str) -> None:
        self._open.discard(key)
        if not self._open:
            self.quiet.set()

    def _touch(self, stamp: float) -> None:
        if self._stamp is None:
            self._stamp = stamp

    def _last(self, params: Payload) -> _Hop | None:
        request = self._requests.get(get_text(params, "requestId"))
        return request.hops[-1] if request is not None and request.hops else None

    def _set_response(self, hop: _Hop, response: Payload) -> None:
        hop.response = response
        if response.get("fromDiskCache") is True or response.get("fromPrefetchCache") is True:
            hop.from_cache = True
        parts = urlsplit(get_text(response, "url"))
        host, port = parts.hostname or "", _port_of(parts.scheme, parts.netloc)
        hop.remote = self._lane.remote_address(host, port)
        if parts.scheme == "https" and host:
            self.hosts.setdefault(f"{parts.scheme}://{parts.netloc}", hop.session)
            details = get_part(response, "securityDetails")
            if details:
                self.security.setdefault(f"{parts.scheme}://{parts.netloc}", details)

    # --- results --------------------------------------------------------------------------------------------------

    def _main_hop(self) -> tuple[str, _Hop] | None:
        found: tuple[str, _Hop] | None = None
        for key, request in self._requests.items():
            for hop in request.hops:
                mine = hop.kind == "document" and hop.frame == self.main_frame
                aborted = hop.response is None and hop.error.startswith("net::ERR_ABORTED")
                if mine and not aborted and (found is None or hop.sequence > found[1].sequence):
                    found = (key, hop)
        return found

    def _make_exchange(self, request: _Request, hop: _Hop, main: _Hop | None) -> Exchange:
        response = hop.response or {}
        place = request.hops.index(hop)
        before = sum(1 for earlier in request.hops[:place] if earlier.has_extra)
        extra = request.response_extra[before] if hop.has_extra and before < len(request.response_extra) else {}
        told = len(request.request_extra) == len(request.hops) or hop.has_extra
        asked = request.request_extra[before] if told and before < len(request.request_extra) else {}
        status = int(get_number(extra, "statusCode") or get_number(response, "status")) or None
        missing = hop.body_missing
        body = None if hop.redirect else hop.body
        if not hop.redirect and not hop.finished and body is None and not missing:
            missing = (
                "no answer had come when the capture ended"
                if hop.response is None
                else f"had not ended when the capture ended ({hop.received} bytes so far)"
            )
        if body is None and not missing and not hop.redirect and not hop.error:
            missing = "not handed over before the capture ended"
        error = hop.error
        url = get_text(hop.request, "url")
        if error:
            parts = urlsplit(url)
            refusal = self._lane.failure(parts.hostname or "", _port_of(parts.scheme, parts.netloc))
            if refusal is not None:
                error = f"{refusal.reason}: {refusal.detail}"
        return Exchange(
            sequence=hop.sequence,
            url=url,
            method=get_text(hop.request, "method"),
            started_at=self._started_at + timedelta(seconds=max(hop.stamp - (self._stamp or hop.stamp), 0)),
            resource_type=hop.kind,
            request_headers=_headers(get_part(asked, "headers") or get_part(hop.request, "headers")),
            request_body=hop.post_data,
            status=status,
            status_text=get_text(response, "statusText"),
            protocol=get_text(response, "protocol"),
            response_headers=_raw_headers(get_text(extra, "headersText"))
            or _headers(get_part(extra, "headers") or get_part(response, "headers")),
            body=body,
            body_digest=hashlib.sha256(body).hexdigest() if body is not None else "",
            body_missing=missing,
            remote_address=hop.remote,
            frame_url=hop.document_url,
            main_document=hop is main,
            error=error,
        )


_HANDLERS = {
    "Network.requestWillBeSent": Recorder._request_will_be_sent,
    "Network.requestWillBeSentExtraInfo": Recorder._request_extra,
    "Network.responseReceivedExtraInfo": Recorder._response_extra,
    "Network.responseReceived": Recorder._response_received,
    "Network.requestServedFromCache": Recorder._served_from_cache,
    "Network.dataReceived": Recorder._data_received,
    "Network.loadingFinished": Recorder._loading_finished,
    "Network.loadingFailed": Recorder._loading_failed,
    "Network.webSocketCreated": Recorder._web_socket_created,
    "Network.webSocketHandshakeResponseReceived": Recorder._web_socket_answered,
}


def _headers(told: Payload) -> Headers:
    """A header dict of the protocol: several values of one name stand in one string, a line each."""
    return tuple((name, value) for name, text in told.items() for value in str(text).split("\n"))


def _raw_headers(text: str) -> Headers:
    """The header block as HTTP/1 sent it, in its order; the status line is left off."""
    lines = text.split("\r\n")[1:]
    return tuple(
        (name.strip(), value.strip()) for name, colon, value in (line.partition(":") for line in lines) if colon
    )


def read_post_data(request: Payload) -> bytes | None:
    """What a request sends; None when it is nothing, or more than the browser tells."""
    entries = request.get("postDataEntries")
    if isinstance(entries, list) and entries:
        try:
            return b"".join(base64.b64decode(get_text(entry, "bytes")) for entry in entries if isinstance(entry, dict))
        except ValueError:
            return None
    return get_text(request, "postData").encode() if "postData" in request else None


def _port_of(scheme: str, netloc: str) -> int:
    _, _, port = netloc.rpartition("@")[2].rpartition(":")
    return int(port) if port.isdigit() else 443 if scheme in ("https", "wss") else 80
