"""The recorder: network events of one capture, from all its frames and workers, to exchanges with their bodies.

Listens only: it never holds a request back, so an endless answer (SSE, MJPEG, long poll) delays nothing. Durable
messages keep bodies across navigations and give them byte for byte; scrapers.bodies brings them in, scrapers.exchanges
joins what was told of each.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from scrapers.bodies import Bodies, Loss
from scrapers.devtools import Connection, Payload, get_number, get_part, get_text
from scrapers.exchanges import Hop, Request, is_packed, make_exchange, read_post_data
from scrapers.gate import Lane
from scrapers.model import Exchange, Limits, Missing, Truncation
from scrapers.refusals import Sent
from scrapers.spool import SpooledBody

__all__ = ["Recorder", "network_settings", "read_post_data"]

_LOOKED_AT = 4_000_000
_MEGABYTE = 1 << 20
_MOST_ORIGINS = 200
_STREAMS = ("text/event-stream", "multipart/x-mixed-replace")
_WHOLE = ("document", "preflight")  # told of before there is a renderer that holds them
_TYPES = ("document", "xhr", "fetch", "image", "stylesheet", "script", "font", "media", "eventsource", "preflight")


def network_settings(limits: Limits) -> Payload:
    """The parameters of Network.enable. Must be answered before the navigation starts, or early bodies are lost."""
    return {
        "enableDurableMessages": True,
        "maxTotalBufferSize": int(limits.page_megabytes * 2 * _MEGABYTE),
        "maxResourceBufferSize": int(limits.body_megabytes * _MEGABYTE),
        "maxPostDataSize": 65536,
    }


class Recorder:
    """Feed it every event of the capture's sessions with `take`; call `finish` once for the exchanges."""

    def __init__(
        self, connection: Connection, lane: Lane, limits: Limits, started_at: datetime, folder: Path | None = None
    ) -> None:
        self._connection = connection
        self._lane = lane
        self._limits = limits
        self.started_at = started_at
        self._stamp: float | None = None
        self._requests: dict[str, Request] = {}
        self._count = 0
        self._bodies = Bodies(connection, limits, folder)
        self._tasks: set[asyncio.Task[None]] = set()
        self._open: set[str] = set()
        self._unseen: dict[str, int] = {}  # data: and blob: URLs, which are no traffic
        self._finished = False
        self.main_frame = ""
        self.truncated = 0
        self.received = 0  # bytes of all bodies as they are unpacked
        self.quiet = asyncio.Event()
        self.quiet.set()
        self.origins: dict[str, str] = {}  # https origins that were asked -> the browser's word on their certificate
        self.chains: dict[str, asyncio.Future[Payload]] = {}  # what the browser tells of their certificates
        self.security: dict[str, Payload] = {}  # securityDetails and securityState of the first answer

    def take(self, session: str, method: str, params: Payload) -> None:
        """Take one event; those that are not about the network are ignored."""
        handler = _HANDLERS.get(method)
        if handler is not None and not self._finished:
            handler(self, session, params)

    def main_hop(self) -> Exchange | None:
        """The last document of the main frame as it stands now, without its body."""
        hop = self._main_hop()
        return self._make(self._requests[hop.key], hop, hop) if hop is not None else None

    def refused_redirect(self) -> str:
        """Where the answer to the main document sends on to, of one that the browser did not follow; "" for none.

        Only the ExtraInfo tells of such an answer: the browser drops it before it is told as a response.
        """
        for request in reversed(self._requests.values()):
            last = request.hops[-1] if request.hops else None
            if last is None or last.kind != "document" or last.frame != self.main_frame or last.response is not None:
                continue
            extra = request.response_extra[-1] if request.response_extra else {}
            headers = get_part(extra, "headers") if 300 <= get_number(extra, "statusCode") < 400 else {}
            return next((get_text(headers, name) for name in headers if name.lower() == "location"), "")
        return ""

    def main_source_has(self, word: bytes) -> bool:
        """Whether the source of the page's own document holds a word, as far as it has come."""
        hop = self._main_hop()
        body = hop.body if hop is not None else None
        data = body.read(_LOOKED_AT) if isinstance(body, SpooledBody) else (body or b"")[:_LOOKED_AT]
        return word in data

    def list_sent(self) -> frozenset[Sent]:
        """What the page has sent in the body of a request up to now; bodies too big to be told are left out."""
        hops = (hop for request in self._requests.values() for hop in request.hops)
        return frozenset(
            (get_text(hop.request, "method"), hop.url, hop.post_data)
            for hop in hops
            if hop.post_data is not None or hop.request.get("hasPostData") is not True
        )

    def is_packed(self, url: str) -> bool:
        """Whether the last answer from this address came under a content encoding."""
        hops = [hop for request in self._requests.values() for hop in request.hops if hop.url == url and hop.response]
        return bool(hops) and is_packed(hops[-1].response or {})

    def keep_download(self, url: str, path: Path | None, why: str) -> None:
        """Take what the browser saved of an address that gave a file; without a file, why there is none."""
        hops = [hop for request in self._requests.values() for hop in request.hops if hop.url == url and hop.response]
        if not hops or self._finished:
            return
        hop = hops[-1]
        hop.is_file = True
        if path is None:
            hop.loss = Loss(why, Truncation.DISCONNECT)
            return
        hop.body, hop.loss = self._bodies.keep_file(path)
        hop.error, hop.finished = "", True

    async def drain(self, seconds: float) -> None:
        """Wait, at most so long, for bodies that are under way; take what there is of those that go on."""
        waiting = set(self._tasks)
        for request in self._requests.values():
            hop = request.hops[-1] if request.hops else None
            if hop is not None and hop.received and not hop.finished and hop.stream is None:
                hop.stream = self._bodies.start_stream(hop.key, hop.session, hop.received)
                waiting.add(asyncio.get_running_loop().create_task(self._bodies.wait_for(hop.stream)))
        if waiting:
            await asyncio.wait(waiting, timeout=max(seconds, 0))

    def finish(self) -> tuple[Exchange, ...]:
        """All exchanges in the order they began. What did not finish says so; what comes later is not heard."""
        self._finished = True
        for task in self._tasks:
            task.cancel()
        main = self._main_hop()
        made: list[Exchange] = []
        for request in self._requests.values():
            for hop in request.hops:
                if hop.from_cache and not hop.redirect:
                    continue
                self._take_unended(hop)
                made.append(self._make(request, hop, main))
        return tuple(sorted(made, key=lambda exchange: exchange.sequence))

    def list_unseen(self) -> tuple[Missing, ...]:
        """What the page loaded that was never on the network, so that nobody looks for it in the traffic."""
        where = {"data": "stand in the DOM and in the style sheets", "blob": "were made by the page's own scripts"}
        return tuple(
            Missing(f"{scheme}: addresses", f"{count} were loaded; they {where[scheme]} and are no traffic")
            for scheme, count in self._unseen.items()
        )

    # --- events ---------------------------------------------------------------------------------------------------

    def _request_will_be_sent(self, session: str, params: Payload) -> None:
        request = get_part(params, "request")
        url = get_text(request, "url")
        scheme = url[:5].partition(":")[0]
        if scheme not in ("http", "https"):
            if scheme in ("data", "blob"):
                self._unseen[scheme] = self._unseen.get(scheme, 0) + 1
            return
        key = get_text(params, "requestId")
        stamp = get_number(params, "timestamp")
        self._touch(stamp)
        known = self._requests.get(key)
        if known is None:
            known = self._requests[key] = Request()
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
        told = get_text(params, "type").lower()
        hop = Hop(
            key,
            self._count,
            request,
            session,
            told if told in _TYPES else "other",
            get_text(params, "frameId"),
            get_text(params, "documentURL"),
            stamp,
        )
        hop.post_data = read_post_data(request)
        if known.hops:
            hop.stream = known.hops[-1].stream
        elif hop.kind not in _WHOLE:
            hop.stream = self._bodies.start_stream(key, session, 0)
        known.hops.append(hop)
        if hop.kind != "eventsource":
            self._open.add(key)
            self.quiet.clear()

    def _request_extra(self, _session: str, params: Payload) -> None:
        key = get_text(params, "requestId")
        if len(self._requests) < self._limits.exchanges * 2:
            self._requests.setdefault(key, Request()).request_extra.append(params)

    def _response_extra(self, _session: str, params: Payload) -> None:
        key = get_text(params, "requestId")
        if len(self._requests) < self._limits.exchanges * 2:
            self._requests.setdefault(key, Request()).response_extra.append(params)

    def _response_received(self, session: str, params: Payload) -> None:
        hop = self._last(params)
        if hop is None:
            return
        self._touch(get_number(params, "timestamp"))
        hop.session = session
        hop.has_extra = params.get("hasExtraInfo") is True
        self._set_response(hop, get_part(params, "response"))
        self._ask_certificate(hop)
        if get_text(params, "type") == "Preflight":
            hop.kind = "preflight"
        media_type = get_text(get_part(params, "response"), "mimeType")
        if media_type in _STREAMS or hop.kind == "eventsource":
            hop.loss = Loss(f"an endless stream ({media_type}): kept as far as it came", Truncation.TIME)
            self._close(hop.key)

    def _served_from_cache(self, _session: str, params: Payload) -> None:
        hop = self._last(params)
        if hop is not None:
            hop.from_cache = True

    def _data_received(self, _session: str, params: Payload) -> None:
        hop = self._last(params)
        if hop is None:
            return
        length = int(get_number(params, "dataLength"))
        hop.received += length
        self.received += length
        if hop.stream is not None:
            self._bodies.take_piece(hop.stream, hop.key, length, get_text(params, "data"))

    def _loading_finished(self, session: str, params: Payload) -> None:
        hop = self._last(params)
        if hop is None:
            return
        self._touch(get_number(params, "timestamp"))
        hop.finished = True
        hop.session = session
        hop.encoded = int(get_number(params, "encodedDataLength"))
        if hop.has_no_body:
            hop.body = b""
            self._close(hop.key)
        elif hop.from_cache:
            self._close(hop.key)
        else:
            self._bring_in(hop)

    def _loading_failed(self, _session: str, params: Payload) -> None:
        hop = self._last(params)
        if hop is None:
            return
        self._touch(get_number(params, "timestamp"))
        hop.finished = True
        error = get_text(params, "errorText") or "failed"
        if error == "net::ERR_ABORTED" and hop.response is not None and hop.has_no_body and hop.kind != "document":
            hop.body = b""  # the answer was whole: nobody read what it did not have
            self._close(hop.key)
            return
        blocked = get_text(params, "blockedReason")
        hop.error = f"{error} ({blocked})" if blocked else error
        origin = _origin_of(hop.url)
        if "ERR_CERT_" in error and origin:
            self._know_origin(origin)
            self.origins[origin] = self.origins.get(origin) or error.removeprefix("net::")
        if hop.response is not None:  # the network's process may hold more than the page was told of
            self._bring_in(hop)
        else:
            self._close(hop.key)

    def _web_socket_created(self, session: str, params: Payload) -> None:
        if self._count >= self._limits.exchanges:
            self.truncated += 1
            return
        self._count += 1
        request: Payload = {"url": get_text(params, "url"), "method": "GET"}
        key = get_text(params, "requestId")
        hop = Hop(key, self._count, request, session, "websocket", "", "", self._stamp or 0.0)
        self._requests[key] = Request([hop])

    def _web_socket_answered(self, _session: str, params: Payload) -> None:
        hop = self._last(params)
        if hop is not None:
            self._set_response(hop, get_part(params, "response"))
            hop.request = {**hop.request, "headers": get_part(get_part(params, "response"), "requestHeaders")}

    def _web_socket_received(self, _session: str, params: Payload) -> None:
        hop = self._last(params)
        if hop is not None:
            hop.frames_received.add(params)

    def _web_socket_sent(self, _session: str, params: Payload) -> None:
        hop = self._last(params)
        if hop is not None:
            hop.frames_sent.add(params)

    # --- bodies ---------------------------------------------------------------------------------------------------

    def _bring_in(self, hop: Hop) -> None:
        """Take the body of an answer that has ended, whole or broken off."""
        task = asyncio.get_running_loop().create_task(self._fetch(hop))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _fetch(self, hop: Hop) -> None:
        try:
            kept = None
            if hop.stream is not None:
                await self._bodies.wait_for(hop.stream)
                kept = self._bodies.read_stream(hop.stream) if hop.received else None
            body, loss = kept or await self._bodies.fetch(hop.key, hop.session)
            if hop.is_file:
                return  # a download came in meanwhile
            hop.body = body
            if hop.error and (hop.loss is None or body is None):
                size = body.size if isinstance(body, SpooledBody) else len(body or b"")
                told = f"cut off after {size} bytes: {hop.error}" + (f"; {loss.why}" if body is None and loss else "")
                hop.loss = Loss(told, Truncation.DISCONNECT)
            hop.loss = hop.loss or loss
        finally:
            self._close(hop.key)

    def _take_unended(self, hop: Hop) -> None:
        """What came of an answer that had not ended when the books were closed."""
        kept = self._bodies.read_stream(hop.stream) if hop.stream is not None else None
        if hop.finished or hop.body is not None or hop.response is None or kept is None:
            return
        hop.body, loss = kept
        hop.loss = hop.loss or loss  # without one it is the capture's end that cut it

    def _close(self, key: str) -> None:
        self._open.discard(key)
        if not self._open:
            self.quiet.set()

    def _touch(self, stamp: float) -> None:
        if self._stamp is None:
            self._stamp = stamp

    def _last(self, params: Payload) -> Hop | None:
        request = self._requests.get(get_text(params, "requestId"))
        return request.hops[-1] if request is not None and request.hops else None

    def _set_response(self, hop: Hop, response: Payload) -> None:
        hop.response = response
        if response.get("fromDiskCache") is True or response.get("fromPrefetchCache") is True:
            hop.from_cache = True
        hop.remote = self._lane.remote_address(*hop.endpoint)
        origin = _origin_of(hop.url)
        if origin and self._know_origin(origin) and get_part(response, "securityDetails"):
            self.security.setdefault(origin, response)

    # --- certificates ---------------------------------------------------------------------------------------------

    def _know_origin(self, origin: str) -> bool:
        if origin in self.origins or len(self.origins) < _MOST_ORIGINS:
            self.origins.setdefault(origin, "")
            return True
        return False

    def _ask_certificate(self, hop: Hop) -> None:
        """Ask at the first answer of a host: once the page has gone elsewhere nobody remembers its chain."""
        origin = _origin_of(hop.url)
        if origin in self.origins and origin not in self.chains:
            self.chains[origin] = self._connection.send("Network.getCertificate", {"origin": origin}, hop.session)

    # --- results --------------------------------------------------------------------------------------------------

    def _main_hop(self) -> Hop | None:
        """The document that stands: the last of the main frame; one given up for a file only without others."""
        found: Hop | None = None
        for request in self._requests.values():
            for hop in request.hops:
                if hop.kind != "document" or hop.frame != self.main_frame or (hop.never_shown and not hop.response):
                    continue
                if found is None or (hop.may_stand, not hop.redirect, hop.sequence) > (
                    found.may_stand,
                    not found.redirect,
                    found.sequence,
                ):
                    found = hop
        return found

    def _make(self, request: Request, hop: Hop, main: Hop | None) -> Exchange:
        started_at = self.started_at + timedelta(seconds=max(hop.stamp - (self._stamp or hop.stamp), 0))
        return make_exchange(request, hop, started_at, self._lane, main=hop is main)


def _origin_of(url: str) -> str:
    """The origin of an https URL, "" of any other."""
    parts = urlsplit(url)
    return f"https://{parts.netloc.rpartition('@')[2]}" if parts.scheme == "https" and parts.netloc else ""


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
    "Network.webSocketFrameReceived": Recorder._web_socket_received,
    "Network.webSocketFrameSent": Recorder._web_socket_sent,
}
