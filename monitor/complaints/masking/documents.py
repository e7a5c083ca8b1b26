"""Reads texts, web pages and mails as plain text before they are masked; attachments are listed, not taken along.

Takes bytes, gives text. Raises DocumentRefused with the reason, in Chinese, for what is too large or no text.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from email.message import EmailMessage

MOST_BYTES = 20_000_000
_MOST_PARTS = 200
_HEADERS = ("From", "To", "Cc", "Date", "Subject", "Message-ID")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ENCODINGS = ("utf-8-sig", "gb18030")
_BLOCKS = (
    "p",
    "div",
    "tr",
    "li",
    "br",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "table",
    "section",
    "article",
    "pre",
    "dd",
    "dt",
    "option",
    "hr",
)


class DocumentRefused(Exception):  # noqa: N818 - reads as a sentence where it is caught
    """A document cannot be read as text; says why in Chinese."""


def read_text(data: bytes) -> str:
    """The text of a file in UTF-8, UTF-16 with its mark, or GB 18030."""
    _bound(data)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _clean(data.decode("utf-16", errors="replace"))
    for encoding in _ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text.count("\x00") > len(text) // 100:
            break
        return _clean(text)
    raise DocumentRefused("不是能识别编码的文本文件")


def read_page(data: bytes) -> str:
    """The text of a web page, with the values of its fields; scripts, styles and attributes are left out."""
    _bound(data)
    from bs4 import BeautifulSoup, Comment
    from bs4.element import PreformattedString

    tree = BeautifulSoup(data, "lxml")
    for element in tree(["script", "style", "template", "noscript", "svg", "iframe", "object", "embed"]):
        element.decompose()
    for piece in tree.find_all(string=lambda string: isinstance(string, Comment | PreformattedString)):
        piece.extract()
    for field in tree("input"):
        if field.get("type") not in ("hidden", "password"):
            field.append(f"\t{field.get('value') or ''}")
    for cell in tree(["td", "th"]):
        cell.append("\t")
    for block in tree(list(_BLOCKS)):
        block.append("\n") if block.name != "br" else block.replace_with("\n")
    return _clean(re.sub(r"\n[ \t\n]*\n", "\n\n", tree.get_text("")).strip() + "\n")


def read_mail(data: bytes) -> tuple[str, int]:
    """A mail as text: its main headers, what was written, its attachments by kind and size; and how many they are."""
    _bound(data)
    message = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    lines = [f"{name}: {message[name]}" for name in _HEADERS if _has(message, name)]
    attached: list[str] = []
    bodies: list[str] = []
    for number, part in enumerate(_leaves(message)):
        if number >= _MOST_PARTS:
            raise DocumentRefused(f"邮件的部分超过 {_MOST_PARTS} 个")
        kind = part.get_content_type()
        payload = part.get_payload(decode=True)
        content = payload if isinstance(payload, bytes) else b""
        if part.get_filename() or kind not in ("text/plain", "text/html"):
            attached.append(f"附件：{kind}，{len(content)} 字节（未附入遮盖副本）")
        else:
            bodies.append(read_page(content) if kind == "text/html" else _decode(part, content))
    return _clean("\n".join([*lines, "", *bodies, *attached]) + "\n"), len(attached)


def _leaves(message: EmailMessage) -> Iterator[EmailMessage]:
    for part in message.walk():
        if not part.is_multipart() and isinstance(part, EmailMessage):
            yield part


def _has(message: EmailMessage, name: str) -> bool:
    try:
        return bool(message[name])
    except (ValueError, AttributeError, IndexError, TypeError):  # a header that breaks the parser is left out
        return False


def _decode(part: EmailMessage, content: bytes) -> str:
    try:
        return content.decode(part.get_content_charset() or "utf-8")
    except (LookupError, UnicodeDecodeError):
        return read_text(content)


def _bound(data: bytes) -> None:
    if len(data) > MOST_BYTES:
        raise DocumentRefused(f"文本文件超过 {MOST_BYTES // 1_000_000} MB")


def _clean(text: str) -> str:
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
