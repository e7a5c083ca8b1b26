"""Reads the practice pages without a browser: all that a page is made of, decoded, at any simulated moment."""

from __future__ import annotations

import json
from datetime import datetime
from urllib.parse import parse_qsl, urlsplit

from monitor.demo.platform import answer_at
from monitor.demo.script import page_of
from monitor.demo.shops.answer import Answer, Request

# What the page's own scripts and frames load beside the document.
_PARTS = {
    "songguo-item": (
        "/user/api/index/commodityDetail?commodityId=12",
        "/user/api/index/valuation?commodityId=12",
        "/user/api/index/stock?commodityId=12",
    ),
    "songguo-home": ("/user/api/index/commodity?categoryId=recommend&limit=0",),
    "xinghe-goods": ("/intro.asp?id=1024",),
}


def ask(url: str, moment: datetime, *, number: int = 1) -> Answer:
    """What the platform answers to one GET."""
    parts = urlsplit(url)
    return answer_at(moment, Request("GET", parts.netloc, parts.path, dict(parse_qsl(parts.query)), number))


def read_page(key: str, moment: datetime, *, number: int = 1) -> str:
    """The text of a page's document and parts, JSON escapes resolved."""
    page = page_of(key)
    origin = page.url[: page.url.index("/", 8)]
    answers = [ask(page.url, moment, number=number)]
    answers += [ask(origin + part, moment, number=number) for part in _PARTS.get(key, ())]
    return "\n".join(decode(answer) for answer in answers)


def decode(answer: Answer) -> str:
    """The body as a browser would decode it."""
    if dict(answer.headers)["Content-Type"] == "text/html":  # only the old exchange names no charset
        return answer.body.decode("gbk")
    text = answer.body.decode()
    return json.dumps(json.loads(text), ensure_ascii=False) if text.startswith("{") else text
