"""From what the browser and the gate said to an outcome and its reason. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from scrapers.gate import Lane
from scrapers.model import Exchange, Missing, Reason

_ERRORS = {
    "ERR_NAME_NOT_RESOLVED": Reason.DNS_FAILURE,
    "ERR_CONNECTION_REFUSED": Reason.REFUSED,
    "ERR_CONNECTION_RESET": Reason.RESET,
    "ERR_CONNECTION_ABORTED": Reason.RESET,
    "ERR_CONNECTION_CLOSED": Reason.RESET,
    "ERR_EMPTY_RESPONSE": Reason.EMPTY_ANSWER,
    "ERR_INVALID_HTTP_RESPONSE": Reason.EMPTY_ANSWER,
    "ERR_INVALID_RESPONSE": Reason.EMPTY_ANSWER,
    "ERR_RESPONSE_HEADERS_TRUNCATED": Reason.EMPTY_ANSWER,
    "ERR_TOO_MANY_REDIRECTS": Reason.REDIRECT_LOOP,
    "ERR_TIMED_OUT": Reason.TIMEOUT,
    "ERR_CONNECTION_TIMED_OUT": Reason.CONNECT_TIMEOUT,
    "ERR_ADDRESS_UNREACHABLE": Reason.UNREACHABLE,
    "ERR_INTERNET_DISCONNECTED": Reason.OWN_NETWORK,
    "ERR_NETWORK_CHANGED": Reason.OWN_NETWORK,
    "ERR_UNSAFE_PORT": Reason.FORBIDDEN_ADDRESS,
    "ERR_UNKNOWN_URL_SCHEME": Reason.FORBIDDEN_ADDRESS,
    "ERR_UNSAFE_REDIRECT": Reason.UNSAFE_REDIRECT,
    "ERR_INVALID_REDIRECT": Reason.UNSAFE_REDIRECT,
    "ERR_DISALLOWED_URL_SCHEME": Reason.FORBIDDEN_ADDRESS,
    "ERR_BLOCKED_BY_CLIENT": Reason.FORBIDDEN_ADDRESS,
}


def is_certificate_error(error: str) -> bool:
    """Whether the handshake came about and only the certificate was found wanting."""
    return "ERR_CERT_" in error


def explain_failure(error: str, url: str, lane: Lane) -> tuple[str, str]:
    """(reason, detail) of a navigation that brought no page. The gate knows better than the browser why."""
    word = error.rpartition("net::")[2].partition(" ")[0]
    parts = urlsplit(url)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        port = 0
    refusal = lane.failure(parts.hostname or "", port)
    if refusal is not None and word not in ("ERR_TOO_MANY_REDIRECTS",):
        return refusal.reason, refusal.detail
    if lane.over_limit:
        return Reason.RESET, f"cut off at the capture's limit of {lane.byte_limit >> 20} MB"
    if word.startswith(("ERR_SSL", "ERR_CERT", "ERR_TLS", "ERR_BAD_SSL", "ERR_ECH")):
        return Reason.TLS, f"the TLS handshake with {parts.netloc} failed: {word}"
    if word.startswith(("ERR_SOCKS", "ERR_PROXY", "ERR_TUNNEL")):
        return Reason.UNREACHABLE, f"no connection to {parts.netloc} came about ({word})"
    if word.startswith(("ERR_HTTP2", "ERR_CONTENT", "ERR_INCOMPLETE")):
        return Reason.EMPTY_ANSWER, f"{parts.netloc} broke off its answer ({word})"
    reason = _ERRORS.get(word, Reason.EMPTY_ANSWER)
    return reason, f"{parts.netloc}: {word or 'no answer'}"


def list_lost_bodies(exchanges: Iterable[Exchange], limit: int = 20) -> tuple[Missing, ...]:
    """Payloads that a whole capture would hold and that were cut by a limit or a deadline, not by the page itself."""
    lost: list[Missing] = []
    for exchange in exchanges:
        why = exchange.body_missing
        if not why or exchange.error or "stream" in why or "WebSocket" in why or "no answer had come" in why:
            continue
        if exchange.resource_type in ("document", "xhr", "fetch", "image", "stylesheet", "script", "font"):
            lost.append(Missing(f"{exchange.resource_type} {exchange.url[:300]}", why))
    return tuple(lost[:limit])
