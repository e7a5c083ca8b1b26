"""Looks at a PDF in the child: its pages, text, and the times that it states."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from time import monotonic

from scrapers.media import MOST_TEXT
from scrapers.media_answer import Answer, Unread

MOST_BYTES = 300_000_000
MOST_PAGES = 200
_SECONDS = 10.0


def look_at_pdf(path: Path, answer: Answer) -> None:
    """Fill the answer from a PDF; one that is locked by a password is told as such."""
    from pypdf import PdfReader

    if path.stat().st_size > MOST_BYTES:
        raise Unread(f"PDF 超过{MOST_BYTES // 1_000_000}MB，没有读取")
    deadline = monotonic() + _SECONDS
    try:
        reader = PdfReader(path, strict=False)
    except Exception as error:
        raise Unread(f"PDF 打不开，可能不完整（{type(error).__name__}）") from error
    if reader.is_encrypted and not reader.decrypt(""):
        raise Unread("PDF 有密码，内容没有读取：请另加一份不带密码的，或在备注中写明密码从何而来")
    try:
        _read_metadata(reader.metadata, answer)
    except Exception as error:
        answer.notes.append(f"PDF 的文档信息读不全（{type(error).__name__}）")
    count = len(reader.pages)
    answer.add_fact("pages", count)
    parts: list[str] = []
    size = 0
    for number, page in enumerate(reader.pages):
        if number >= MOST_PAGES or monotonic() > deadline or size >= MOST_TEXT:
            answer.notes.append(f"PDF 共{count}页，只读了前{number}页的文字")
            break
        try:
            text = page.extract_text()[: MOST_TEXT - size]
        except Exception as error:
            answer.notes.append(f"PDF 第{number + 1}页的文字读不出（{type(error).__name__}）")
            continue
        parts.append(text)
        size += len(text)
    answer.text = "\n".join(parts).strip()
    if count and not answer.text:
        answer.notes.append("PDF 里没有文字层（多半是扫描件或截图），只能当图片看")
    if "/AcroForm" in reader.root_object and _is_signed(reader.root_object["/AcroForm"]):
        answer.add_fact("signed", "yes")


def _read_metadata(metadata: object, answer: Answer) -> None:
    if metadata is None:
        return
    for name, attribute in (("CreationDate", "creation_date"), ("ModDate", "modification_date")):
        try:
            moment = getattr(metadata, attribute)
        except Exception:  # a date that is no date
            answer.notes.append(f"PDF 的{name}不是有效的时间")
            continue
        if isinstance(moment, datetime):
            answer.add_time("pdf", name, moment)
    for name, attribute in (("software", "producer"), ("creator", "creator"), ("title", "title")):
        value = getattr(metadata, attribute, None)
        if isinstance(value, str):
            answer.add_fact(name, value)


def _is_signed(form: object) -> bool:
    from pypdf.generic import DictionaryObject

    found = form.get_object() if hasattr(form, "get_object") else form
    return isinstance(found, DictionaryObject) and int(found.get("/SigFlags", 0)) & 1 == 1
