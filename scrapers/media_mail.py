"""Looks at mail in the child: one message or a box of them, under bounds of parts, depth and characters.

The headers Date and Received are both noted: the sender writes the first, the servers on the way write the others.
"""

from __future__ import annotations

import contextlib
import re
from datetime import datetime
from email import policy
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from pathlib import Path

from scrapers.media import MOST_TEXT
from scrapers.media_answer import Answer, Unread

MOST_BYTES = 60_000_000
MOST_PARTS = 300
MOST_MESSAGES = 200
_MOST_RECEIVED = 20
_MOST_HEADER = 2_000
_FROM_LINE = re.compile(rb"(?m)^From [^\r\n]{1,300}\r?\n")


def look_at_mail(path: Path, answer: Answer, form: str) -> None:
    """Fill the answer from a message (mail), a box of them (mbox), or a page that was saved as one (mhtml)."""
    if path.stat().st_size > MOST_BYTES:
        raise Unread(f"邮件文件超过{MOST_BYTES // 1_000_000}MB，没有读取")
    data = path.read_bytes()
    if form == "mhtml":
        _read_saved_page(data, answer)
        return
    many = form == "mbox"
    messages = _split_box(data) if many else [data]
    if not messages:
        raise Unread("里面没有邮件")
    texts: list[str] = []
    size = 0
    for number, message in enumerate(messages):
        if number >= MOST_MESSAGES or size >= MOST_TEXT:
            answer.notes.append(f"邮箱文件有{len(messages)}封，只读了前{number}封")
            break
        text = _read_message(message, answer, first=number == 0, last=number == len(messages) - 1)
        texts.append(text)
        size += len(text)
    answer.text = "\n\n".join(texts)
    if many:
        answer.add_fact("messages", len(messages))


def _read_saved_page(data: bytes, answer: Answer) -> None:
    message = BytesParser(policy=policy.compat32).parsebytes(data)
    answer.add_fact("address", message.get("Snapshot-Content-Location", "") or message.get("Content-Location", ""))
    answer.add_fact("title", _decode(message.get("Subject", "")))
    _add_time(answer, "Date", str(message.get("Date", "")), source="page")
    answer.text = _read_parts(message, answer)


def _split_box(data: bytes) -> list[bytes]:
    heads = [(match.start(), match.end()) for match in _FROM_LINE.finditer(data)]
    ends = [start for start, _ in heads[1:]]
    return [data[end:next_start] for (_, end), next_start in zip(heads, [*ends, len(data)], strict=True)]


def _read_message(data: bytes, answer: Answer, *, first: bool, last: bool) -> str:
    message = BytesParser(policy=policy.compat32).parsebytes(data)
    if not message.keys():
        raise Unread("没有邮件头：不是邮件原文件")
    headers = {name: _decode(message.get(name, "")) for name in ("From", "To", "Subject")}
    if first:
        answer.add_fact("from", headers["From"])
        answer.add_fact("subject", headers["Subject"])
    if first or last:
        _read_times(message, answer)
    head = "\n".join(f"{name}: {value}" for name, value in headers.items() if value)
    sent = _decode(message.get("Date", ""))
    return f"{head}\nDate: {sent}\n\n{_read_parts(message, answer)}".strip()


def _read_times(message: Message, answer: Answer) -> None:
    told = message.get("Date", "")
    _add_time(answer, "Date", str(told))
    received = message.get_all("Received", [])[:_MOST_RECEIVED]
    for line in received[:1] + received[-1:]:
        _add_time(answer, "Received", str(line).rpartition(";")[2])
    if message.get("DKIM-Signature"):
        answer.add_fact("dkim", "present")  # that it is there, not that it holds


def _add_time(answer: Answer, name: str, text: str, *, source: str = "mail") -> None:
    with contextlib.suppress(ValueError, TypeError, IndexError, OverflowError):
        moment: datetime = parsedate_to_datetime(" ".join(text.split())[:200])
        answer.add_time(source, name, moment, zone_known=moment.tzinfo is not None)


def _read_parts(message: Message, answer: Answer) -> str:
    """The text of a message, its attachments by name; an HTML part only where there is no plain one."""
    plain: list[str] = []
    pages: list[str] = []
    stack: list[Message] = [message]
    seen = 0
    while stack:
        part = stack.pop()
        seen += 1
        if seen > MOST_PARTS:
            answer.notes.append(f"邮件有{MOST_PARTS}个以上的部分，其余没有读取")
            break
        payload = part.get_payload()
        if isinstance(payload, list):
            stack += [one for one in reversed(payload[: MOST_PARTS * 2]) if isinstance(one, Message)]
            continue
        name = part.get_filename()
        if name:
            if len(answer.notes) < 10:
                answer.notes.append(f"附件“{_decode(name)[:80]}”留在邮件原文件里；要单独引用的，请另存后再加入")
            continue
        kind = part.get_content_type()
        if kind in ("text/plain", "text/html") and sum(map(len, plain)) < MOST_TEXT:
            body = part.get_payload(decode=True)
            if isinstance(body, bytes):
                body = body[: 4 * MOST_TEXT]
                (plain if kind == "text/plain" else pages).append(_as_text(body, part, answer))
    return "\n".join(plain or pages)


def _as_text(body: bytes, part: Message, answer: Answer) -> str:
    from scrapers.media_texts import decode_plain, read_visible

    if part.get_content_type() == "text/html":
        from scrapers.text import decode_html

        return read_visible(decode_html(body, str(part.get("Content-Type", ""))[:200]), answer)[:MOST_TEXT]
    charset = part.get_content_charset() or ""
    known = {"gb2312": "gb18030", "gbk": "gb18030"}.get(charset, charset)
    with contextlib.suppress(LookupError, UnicodeDecodeError):
        if known:
            return body.decode(known)[:MOST_TEXT]
    return decode_plain(body)[:MOST_TEXT]


def _decode(value: object) -> str:
    text = str(value)[:_MOST_HEADER]
    with contextlib.suppress(Exception):  # a header that lies about its encoding stays as it is
        text = str(make_header(decode_header(text)))
    return " ".join(text.split())[:500]
