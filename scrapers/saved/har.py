"""A HAR 1.2 file (the network log of browser tools): its pages, each with the exchanges that belong to it.

A HAR holds text where the server sent bytes, so a body here is the text put back into the charset that its answer
named; that is said in `missing`.
"""

from __future__ import annotations

import binascii
import json
import re
from dataclasses import replace
from datetime import datetime

from scrapers.errors import SavedFileError
from scrapers.model import Exchange, Headers, Missing
from scrapers.saved.html import page_title
from scrapers.saved.page import (
    MAX_BODY_BYTES,
    MAX_EXCHANGES,
    MAX_KEPT_BYTES,
    MAX_PAGES,
    MEGABYTE,
    SavedPage,
    digest_of,
    header,
    is_html,
    join_address,
    looks_like_page,
    parse_iso_time,
    web_address,
)
from scrapers.text import decode_html

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_MAX_ENTRIES = 20_000
_KINDS = ("document", "xhr", "fetch", "image", "stylesheet", "script", "font", "media")


def read_har(data: bytes) -> tuple[SavedPage, ...]:
    """All pages of a HAR file, in the order of their main documents."""
    log = _open_log(data)
    entries = _list(log, "entries")
    if len(entries) > _MAX_ENTRIES:
        raise SavedFileError(
            f"the HAR file holds more than {_MAX_ENTRIES} entries; record one page alone and import that"
        )
    exchanges = [(_string(entry, "pageref"), _read_entry(entry, number)) for number, entry in enumerate(entries)]
    if sum(len(exchange.body or b"") for _, exchange in exchanges) > MAX_KEPT_BYTES:
        raise SavedFileError(
            f"the bodies of the HAR file exceed {MAX_KEPT_BYTES // MEGABYTE} MB; record one page alone and import that"
        )
    groups: dict[str, list[Exchange]] = {}
    for reference, exchange in exchanges:
        groups.setdefault(reference, []).append(exchange)
    if len(groups) > MAX_PAGES:
        raise SavedFileError(f"the HAR file holds more than {MAX_PAGES} pages; record one page alone and import that")
    started = {_string(page, "id"): parse_iso_time(_string(page, "startedDateTime")) for page in _list(log, "pages")}
    tool, browser = _maker(log, "creator"), _maker(log, "browser")
    pages = [
        page
        for reference, group in groups.items()
        if (page := _make_page(group, started.get(reference), tool, browser)) is not None
    ]
    if not pages:
        raise SavedFileError(
            "the HAR file holds no HTML answer with a body; save it with 'HAR with content' while the page loads"
        )
    return tuple(pages)


def _make_page(group: list[Exchange], started: datetime | None, tool: str, browser: str) -> SavedPage | None:
    """The page of a group: its first HTML answer; redirects before it are its hops."""
    group = group[:MAX_EXCHANGES]
    main = next((e for e in group if _is_main(e) and e.resource_type == "document"), None)
    main = main or next((e for e in group if _is_main(e)), None)
    if main is None or main.body is None:
        return None
    first = _first_hop(group, main)
    marked = tuple(_as_main(exchange) if exchange is main else exchange for exchange in group)
    html = decode_html(main.body, header(main.response_headers, "content-type"))
    bodies = sum(1 for exchange in group if exchange.status == 200 and exchange.body is None)
    missing = [Missing("bytes", "a HAR keeps text, not the bytes that were sent")]
    if bodies:
        missing.append(Missing("bodies", f"{bodies} answers have no body in the file"))
    return SavedPage(
        url=first.url,
        final_url=main.url,
        html=html,
        title=page_title(html),
        status=main.status,
        claimed_at=started or first.started_at,
        claimed_by="the startedDateTime of the HAR file",
        exchanges=marked,
        missing=tuple(missing),
        tool=tool,
        browser=browser,
        user_agent=header(main.request_headers, "user-agent"),
        whole=not bodies,
    )


def _is_main(exchange: Exchange) -> bool:
    return (
        exchange.body is not None
        and exchange.method == "GET"
        and is_html(header(exchange.response_headers, "content-type") or "text/html")
        and looks_like_page(exchange.body)
    )


def _first_hop(group: list[Exchange], main: Exchange) -> Exchange:
    wanted, first = main.url, main
    for exchange in reversed(group[: group.index(main)]):
        target = header(exchange.response_headers, "location")
        if exchange.status and 300 <= exchange.status < 400 and join_address(exchange.url, target) == wanted:
            wanted, first = exchange.url, exchange
    return first


def _as_main(exchange: Exchange) -> Exchange:
    return replace(exchange, main_document=True, resource_type="document")


def _read_entry(entry: object, number: int) -> Exchange:
    request, response = _dict(entry, "request"), _dict(entry, "response")
    headers = _headers(response)
    content = _dict(response, "content")
    body, missing = _read_body(content, header(headers, "content-type") or _string(content, "mimeType"))
    status = response.get("status")
    started = parse_iso_time(_string(entry, "startedDateTime"))
    if started is None:
        raise SavedFileError(f"entry {number} of the HAR file has no startedDateTime; save it again from the browser")
    posted = _string(_dict(request, "postData"), "text")
    kind = _string(entry, "_resourceType").lower()
    return Exchange(
        sequence=number,
        url=web_address(_string(request, "url")) or _string(request, "url")[:200],
        method=_string(request, "method").upper()[:20] or "GET",
        started_at=started,
        resource_type=kind if kind in _KINDS else "other",
        request_headers=_headers(request),
        request_body=posted.encode("utf-8", "replace") if posted else None,
        status=status if isinstance(status, int) and 100 <= status <= 599 else None,
        status_text=_string(response, "statusText")[:200],
        protocol=_string(response, "httpVersion").lower()[:20],
        response_headers=headers,
        body=body,
        body_digest=digest_of(body) if body is not None else "",
        body_missing=missing,
        remote_address=_string(entry, "serverIPAddress")[:100],
        error=_string(response, "_error")[:200],
    )


def _read_body(content: dict[str, object], content_type: str) -> tuple[bytes | None, str]:
    text = content.get("text")
    if not isinstance(text, str) or (not text and content.get("size")):
        return None, "the HAR file has no body for this answer"
    if len(text) > MAX_BODY_BYTES:
        return None, f"over {MAX_BODY_BYTES // MEGABYTE} MB"
    if _string(content, "encoding").lower() == "base64":
        try:
            return binascii.a2b_base64(text.encode("ascii", "ignore")), ""
        except binascii.Error:
            return None, "the base64 of this body is damaged"
    declared = _CHARSET.search(content_type) or _CHARSET.search(text[:4096])
    for charset in (declared[1] if declared else "utf-8", "utf-8"):
        try:
            return text.encode(charset), ""
        except (LookupError, UnicodeError):
            continue
    return text.encode("utf-8", "replace"), "some characters of this text cannot be written in any charset"


def _open_log(data: bytes) -> dict[str, object]:
    try:
        document: object = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise SavedFileError(f"the HAR file is not whole JSON ({type(error).__name__}); save it again") from error
    log = _dict(document, "log")
    if not isinstance(log.get("entries"), list):
        raise SavedFileError(
            "the JSON file is no HAR: it has no log.entries; save the network log of the browser as HAR"
        )
    return log


def _maker(log: dict[str, object], key: str) -> str:
    maker = _dict(log, key)
    return " ".join(part for part in (_string(maker, "name")[:100], _string(maker, "version")[:40]) if part)


def _dict(value: object, key: str) -> dict[str, object]:
    inner = value.get(key) if isinstance(value, dict) else None
    return inner if isinstance(inner, dict) else {}


def _list(value: dict[str, object], key: str) -> list[object]:
    inner = value.get(key)
    return inner if isinstance(inner, list) else []


def _string(value: object, key: str) -> str:
    inner = value.get(key) if isinstance(value, dict) else None
    return inner if isinstance(inner, str) else ""


def _headers(message: dict[str, object]) -> Headers:
    pairs = ((_string(item, "name"), _string(item, "value")) for item in _list(message, "headers")[:500])
    return tuple((name[:200], " ".join(value.split())[:65536]) for name, value in pairs if name)
