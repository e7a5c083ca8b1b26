"""A capture as a reader takes it: its views and JSON answers as one PageContent.

Takes a fresh capture, an imported one, or one loaded from the archive; never decides what the page means.
"""

from __future__ import annotations

import re

from scrapers.layout import unpack_layout
from scrapers.model import (
    Capture,
    Exchange,
    FrameContent,
    Headers,
    JsonAnswer,
    Layout,
    Origin,
    PageContent,
    View,
    ViewKind,
)
from scrapers.text import decode_html

MAX_ANSWERS = 200
MAX_ANSWER_BYTES = 5_000_000
MAX_SOURCE_BYTES = 20_000_000
_MAX_COOKIES = 200
_COOKIE_NAME = re.compile(r"\s*([^=;\s]{1,200})\s*=")


def content_of(capture: Capture) -> PageContent:
    """Join a capture's DOM, frames, texts, pop-ups, JSON answers and cookie names.

    Without a DOM view (an imported WARC or HAR) the decoded main document stands in for it. Not where our own browser
    visited the page and could not read it: the source of a page that scripts fill in says nothing of what it showed.
    """
    document = next((e for e in reversed(capture.exchanges) if e.main_document and e.body_size), None)
    source = _source_of(document)
    views = {kind: [view for view in capture.views if view.kind is kind and view.data] for kind in ViewKind}
    dom = next((_text(view) for view in views[ViewKind.DOM]), "")
    visited = capture.origin is Origin.OWN and bool(capture.browser)
    return PageContent(
        url=capture.final_url or capture.url,
        dom=dom or ("" if visited else source),
        text="\n".join(_text(view) for view in views[ViewKind.TEXT]),
        title=capture.title,
        source_html=source if dom or not visited else "",
        frames=tuple(FrameContent(view.name, _text(view)) for view in views[ViewKind.FRAME_DOM]),
        popups=tuple(_text(view) for view in views[ViewKind.POPUP_TEXT]),
        answers=_json_answers(capture),
        cookies=_cookie_names(capture),
        layout=next((unpack_layout(view.data or b"") for view in views[ViewKind.LAYOUT]), Layout()),
    )


def _source_of(document: Exchange | None) -> str:
    if document is None:
        return ""
    content_type = _header(document.response_headers, "content-type")
    readable = not content_type or any(word in content_type.lower() for word in ("html", "xml", "text", "json"))
    return decode_html(document.read_body(MAX_SOURCE_BYTES), content_type) if readable else ""


def _json_answers(capture: Capture) -> tuple[JsonAnswer, ...]:
    answers = []
    for exchange in capture.exchanges:
        if exchange.main_document or exchange.status is None or not 0 < (exchange.body_size or 0) <= MAX_ANSWER_BYTES:
            continue
        body = exchange.read_body()
        content_type = _header(exchange.response_headers, "content-type").lower()
        if "json" not in content_type and not (
            exchange.resource_type in ("xhr", "fetch") and body.lstrip()[:1] in (b"{", b"[")
        ):
            continue
        request = (exchange.request_body or b"")[:100_000].decode("utf-8", "replace")
        text = decode_html(body, content_type)
        answers.append(JsonAnswer(exchange.url, exchange.method, exchange.status, request, text))
        if len(answers) == MAX_ANSWERS:
            break
    return tuple(answers)


def _cookie_names(capture: Capture) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for exchange in capture.exchanges:
        for name, value in exchange.response_headers:
            if name.lower() == "set-cookie":
                names |= {match.group(1): None for line in value.split("\n") if (match := _COOKIE_NAME.match(line))}
        for name, value in exchange.request_headers:
            if name.lower() == "cookie":
                names |= {match.group(1): None for part in value.split(";") if (match := _COOKIE_NAME.match(part))}
    return tuple(list(names)[:_MAX_COOKIES])


def _header(headers: Headers, name: str) -> str:
    return next((value for key, value in headers if key.lower() == name), "")


def _text(view: View) -> str:
    return (view.data or b"").decode("utf-8", "replace")
