"""Writes the HTTP heads of request and response records from an Exchange.

The browser gives bodies decoded, so headers about the transfer are kept under `x-orig-` names and the length is that
of the body that follows; the exact headers stand in the capture's provenance. Control characters never get through.
"""

from __future__ import annotations

import ipaddress
import re
from contextlib import suppress

from scrapers.model import Exchange, Headers, Truncation

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_TARGET = re.compile(r"[a-z][a-z0-9+.-]*://([^/?#]*)([^#]*)", re.IGNORECASE)
_TRANSFER = ("content-encoding", "transfer-encoding", "content-length")


def write_request_head(exchange: Exchange) -> bytes:
    """Give the request line and headers, ending with the blank line."""
    match = _TARGET.match(exchange.url)
    authority, target = match.groups() if match else ("", exchange.url)
    if not target.startswith("/"):
        target = "/" + target
    method = exchange.method if _TOKEN.fullmatch(exchange.method) else "UNKNOWN"
    headers = [(name, value) for name, value in exchange.request_headers if not name.startswith(":")]
    if authority and not any(name.lower() == "host" for name, _ in headers):
        headers.insert(0, ("Host", authority.rpartition("@")[2]))
    return _lay_out(f"{method} {_one_word(target)} HTTP/1.1", tuple(headers))


def write_response_head(exchange: Exchange) -> bytes:
    """Give the status line and headers as they fit the decoded body, ending with the blank line."""
    length = str(exchange.body_size or 0)
    stated = [value for name, value in exchange.response_headers if name.lower() == "content-length"]
    decoded = any(name.lower() in _TRANSFER[:2] for name, _ in exchange.response_headers) or stated != [length]
    headers: list[tuple[str, str]] = []
    for name, value in exchange.response_headers:
        if name.startswith(":"):
            continue
        headers.append((f"x-orig-{name}" if decoded and name.lower() in _TRANSFER else name, value))
    if decoded:
        headers.append(("Content-Length", length))
    status = exchange.status if exchange.status is not None else 0
    return _lay_out(f"HTTP/1.1 {status:03d} {_one_line(exchange.status_text)}".rstrip() + " ", tuple(headers))


def transfer_headers(exchange: Exchange) -> Headers:
    """Give the WARC headers that an exchange's records share: the server's address and the protocol."""
    found: list[tuple[str, str]] = []
    host = exchange.remote_address.rpartition(":")[0].strip("[]")
    with suppress(ValueError):  # no address was learnt (a failed or cached exchange): the header is optional
        found.append(("WARC-IP-Address", str(ipaddress.ip_address(host))))
    if exchange.protocol and _TOKEN.fullmatch(exchange.protocol.replace("/", "-")):
        found.append(("WARC-Protocol", exchange.protocol))
    return tuple(found)


def truncation(exchange: Exchange) -> Headers:
    """Give WARC-Truncated with the standard's word for why a body is missing or cut; the full reason is kept beside."""
    word = exchange.truncated
    if word is None and exchange.body_missing and exchange.resource_type != "websocket":
        word = Truncation.UNSPECIFIED  # a file of somebody else, which says no more
    return (("WARC-Truncated", word.value),) if word else ()


def _lay_out(first: str, headers: Headers) -> bytes:
    lines = [first]
    for name, value in headers:
        if _TOKEN.fullmatch(name):
            # Chromium joins repeated headers (Set-Cookie) with line feeds.
            lines.extend(f"{name}: {_one_line(part)}" for part in value.split("\n"))
    text = "\r\n".join(lines) + "\r\n\r\n"
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def _one_line(text: str) -> str:
    return _CONTROL.sub(" ", text).strip()


def _one_word(text: str) -> str:
    return re.sub(r"[\x00-\x20\x7f]", lambda match: f"%{ord(match.group()):02X}", text)
