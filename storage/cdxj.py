"""Writes the lines of a CDXJ index: sort key, timestamp and JSON, as replay tools look addresses up.

The sort key (SURT) turns the host round, so that a site stands together: `test,shop)/list?page=2`. A request with a
body is told apart by its method and body in the key (IIPC guideline "CDX for non-GET requests", 2023 draft).
"""

from __future__ import annotations

import base64
import ipaddress
import json
import posixpath
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.parser import BytesParser
from email.policy import HTTP
from urllib.parse import quote, unquote_plus, unquote_to_bytes, urlencode

from scrapers.model import Exchange

_URL = re.compile(r"(https?)://([^/?#]*)([^?#]*)(\?[^#]*)?", re.IGNORECASE)
_WWW = re.compile(r"www\d*\.")
_DEFAULT_PORTS = {"http": "80", "https": "443"}
_PLAIN = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in "#%")
_BODY_LIMIT = 4096  # of the canonical body, as pywb and ReplayWeb.page cut it
_BODY_READ = 1 << 20
_DEPTH = 20
_ROUNDS = 8


def make_sort_key(url: str) -> str:
    """Give the SURT of a URL; a URL of another scheme than HTTP stays as it is."""
    match = _URL.match(url)
    if not match:
        return _escape(url.encode("utf-8", "replace")) if not url.isascii() or " " in url else url
    scheme, authority, path, query = (part or "" for part in match.groups())
    host, port = _split_authority(authority)
    if port == _DEFAULT_PORTS[scheme.lower()]:
        port = ""
    key = _turn_host(host) + (f":{port}" if port else "") + ")" + _canonical_path(path)
    terms = _escape(_unescape(query[1:])).lower().split("&") if query[1:] else []
    terms.sort(key=lambda term: term.partition("=")[::2])
    return key + ("?" + "&".join(terms) if terms else "")


def make_line(url: str, date: datetime, fields: dict[str, str], exchange: Exchange | None = None) -> str:
    """Write one index line; `exchange` adds the method and body of a request other than GET."""
    found = {"url": url, **fields}
    looked_up = url
    if exchange is not None and exchange.method not in ("GET", "HEAD", ""):
        body = canonical_body(exchange)
        looked_up += ("&" if "?" in url else "?") + f"__wb_method={exchange.method}" + (f"&{body}" if body else "")
        found["method"] = exchange.method
        if body:
            found["requestBody"] = body
    stamp = date.astimezone(UTC).strftime("%Y%m%d%H%M%S")
    return f"{make_sort_key(looked_up)} {stamp} {json.dumps(found)}\n"


def canonical_body(exchange: Exchange) -> str:
    """Give a request body as query terms, cut at 4,096 characters."""
    body = (exchange.request_body or b"")[:_BODY_READ]
    if not body or exchange.method not in ("POST", "PUT"):
        return ""
    stated = (value for name, value in exchange.request_headers if name.lower() == "content-type")
    media_type = next(stated, "")
    text = _body_terms(media_type.strip().lower(), media_type, body)
    return (f"__wb_post_data={base64.b64encode(body).decode()}" if text is None else text)[:_BODY_LIMIT]


def _body_terms(kind: str, stated: str, body: bytes) -> str | None:
    """Give the terms of a form or of JSON, None for what must go in as base64."""
    try:
        if kind.startswith("application/x-www-form-urlencoded"):
            return unquote_plus(body.decode())
        if kind.startswith(("application/json", "text/plain")):
            return urlencode(_number_repeats(_flatten(json.loads(body), "", _DEPTH)))
        if kind.startswith("multipart/"):
            head = b"Content-Type: " + stated.encode("latin-1", "replace") + b"\r\n\r\n"
            parts = BytesParser(policy=HTTP).parsebytes(head + body)
            return urlencode(
                [
                    _form_field(part.get_param("name", "", "content-disposition"), part.get_payload(decode=True))
                    for part in parts.iter_parts()
                ]
            )
    except (ValueError, RecursionError, LookupError, AttributeError):
        return "" if kind.startswith("application/json") else None
    return None


def _form_field(name: object, value: object) -> tuple[str, bytes]:
    return str(name), value if isinstance(value, bytes) else b""


def _flatten(value: object, name: str, depth: int) -> Iterator[tuple[str, str]]:
    if depth == 0:
        raise ValueError("JSON nested too deeply for an index key")
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _flatten(item, str(key), depth - 1)
    elif isinstance(value, list):
        for item in value:
            yield from _flatten(item, name, depth - 1)
    elif name:
        yield name, str(value)


def _number_repeats(pairs: Iterator[tuple[str, str]]) -> list[tuple[str, str]]:
    counts: dict[str, int] = {}
    found = []
    for name, value in pairs:
        counts[name] = counts.get(name, 0) + 1
        found.append((name if counts[name] == 1 else f"{name}.{counts[name]}_", value))
    return found


def _split_authority(authority: str) -> tuple[str, str]:
    host = authority.rpartition("@")[2]
    name, colon, port = host.rpartition(":")
    if colon and port.isascii() and port.isdigit():
        return name, port
    return host.rstrip(":"), ""


def _turn_host(host: str) -> str:
    name = unquote_to_bytes(host).decode("utf-8", "replace").lower().rstrip(".")
    if name.startswith("["):
        return name.strip("[]")
    try:
        ipaddress.ip_address(name)
    except ValueError:
        name = _WWW.sub("", name, count=1) if _WWW.match(name) else name
    labels = []
    for label in name.split("."):
        try:
            labels.append(label if label.isascii() else label.encode("idna").decode())
        except UnicodeError:
            labels.append(_escape(label.encode("utf-8", "replace")))
    return ",".join(reversed(labels))


def _canonical_path(path: str) -> str:
    plain = _unescape(path) or b"/"
    normal = posixpath.normpath(b"/" + plain.lstrip(b"/"))
    return _escape(normal).lower()


def _unescape(text: str) -> bytes:
    data = text.encode("utf-8", "replace")
    for _ in range(_ROUNDS):
        decoded = unquote_to_bytes(data)
        if decoded == data:
            break
        data = decoded
    return data


def _escape(data: bytes) -> str:
    return quote(data, safe=_PLAIN)
