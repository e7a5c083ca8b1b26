"""Looks at texts in the child: plain ones in any usual Chinese encoding, pages, and chats exported as JSON."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from scrapers.concealment import find_cause
from scrapers.media import MOST_TEXT
from scrapers.media_answer import Answer, Unread
from scrapers.model import STRUCK
from scrapers.text import bound_html, decode_html, readable_text
from scrapers.tree import grow_tree

MOST_BYTES = 40_000_000
_MOST_MESSAGES = 20_000
_TELEGRAM_TIME = re.compile(r'title="(\d{2}\.\d{2}\.20\d{2}) (\d{2}:\d{2}:\d{2}(?: UTC[+-]\d{2}:\d{2})?)"')


def look_at_text(path: Path, form: str, answer: Answer) -> None:
    """Fill the answer from a text, a page, or a JSON export of a chat."""
    size = path.stat().st_size
    with path.open("rb") as file:
        data = file.read(MOST_BYTES)
    if size > MOST_BYTES:
        answer.notes.append(f"文件有{size // 1_000_000}MB，只读了前{MOST_BYTES // 1_000_000}MB")
    if form == "html":
        answer.text = _read_page(data, answer)
    elif form == "chat_json":
        answer.text = "\n".join(_read_json_chat(data))[: MOST_TEXT * 4]
    else:
        answer.text = decode_plain(data[: MOST_TEXT * 8])
    answer.text = _keep_ends(answer.text, answer)


def decode_plain(data: bytes) -> str:
    """Text from bytes: by its mark, as UTF-8, else as GB 18030; what is neither keeps U+FFFD."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace").lstrip("\ufeff")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.start >= len(data) - 4:  # it was cut inside a character
            return data[: error.start].decode("utf-8-sig", "replace")
    return data.decode("gb18030", "replace")


def _read_page(data: bytes, answer: Answer) -> str:
    html = decode_html(data, "")
    from scrapers.saved.html import page_title

    answer.add_fact("title", page_title(html))
    lines = [f"{date} {time}" for date, time in _TELEGRAM_TIME.findall(html)]
    for moment in dict.fromkeys((lines[0], lines[-1])) if lines else ():
        _add_chat_time(answer, moment, "第一条" if moment == lines[0] else "最后一条")
    return read_visible(html, answer)


def read_visible(html: str, answer: Answer) -> str:
    """The text of a page without what its own markup hides; that something was left out is noted, never quoted.

    What a style sheet hides cannot be told here: the page was not rendered.
    """
    soup = grow_tree(bound_html(html))
    left_out = 0
    for element in soup.find_all(True):
        if find_cause(element) not in ("", STRUCK) and element.get_text(strip=True):
            left_out += 1
            element.clear()
    if left_out:
        answer.notes.append(f"网页里有{left_out}处样式隐藏的文字，浏览者看不到，没有摘录")
    return readable_text(str(soup))


def _add_chat_time(answer: Answer, written: str, name: str) -> None:
    """A time as Telegram's page export puts it: `10.11.2026 14:35:00`, with `UTC+08:00` in newer releases."""
    date, clock, *zone = written.split()
    day, month, year = date.split(".")
    offset = zone[0].removeprefix("UTC") if zone else ""
    with contextlib.suppress(ValueError):
        answer.add_time("chat", name, datetime.fromisoformat(f"{year}-{month}-{day}T{clock}{offset}"))


def _keep_ends(text: str, answer: Answer) -> str:
    """A text within its bound: the first and last halves, since both the first and the last line of a chat count."""
    if len(text) <= MOST_TEXT:
        return text
    answer.notes.append(f"文字有{len(text)}字，摘录了开头和结尾")
    half = MOST_TEXT // 2 - 20
    return f"{text[:half]}\n……（中间略）……\n{text[-half:]}"


def _read_json_chat(data: bytes) -> Iterator[str]:
    """The lines of a chat exported by Telegram (`result.json`): date, sender, text."""
    try:
        exported = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Unread(f"JSON 读不出（{type(error).__name__}）") from error
    messages = _find_messages(exported, 0)
    if messages is None:
        yield decode_plain(data[: MOST_TEXT * 4])
        return
    for message in messages[:_MOST_MESSAGES]:
        if isinstance(message, dict):
            sender, said = message.get("from") or message.get("actor") or "", _text_of(message.get("text"))
            when = str(message.get("date") or "").replace("T", " ")
            if said or message.get("file"):
                yield f"{when} {sender}: {said or '[文件]'}"[:2_000]


def _find_messages(exported: object, depth: int) -> list[object] | None:
    if depth > 4 or not isinstance(exported, dict):
        return None
    messages = exported.get("messages")
    if isinstance(messages, list):
        return messages
    chats = exported.get("chats")
    listed = chats.get("list") if isinstance(chats, dict) else None
    if isinstance(listed, list):
        found = [_find_messages(one, depth + 1) or [] for one in listed[:50]]
        return [message for some in found for message in some]
    return None


def _text_of(text: object) -> str:
    if isinstance(text, str):
        return text
    if isinstance(text, list):  # pieces, some of them links with their text
        return "".join(one if isinstance(one, str) else str(one.get("text", "")) if isinstance(one, dict) else ""
                       for one in text[:200])  # fmt: skip
    return ""
