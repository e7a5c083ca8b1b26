"""Makes an item of a case out of what was found in a file: kind, title, source, times, conflicts. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, time
from pathlib import PurePath

from monitor.complaints.evidence.evidence_kinds import OTHER, KindGuess, guess_kind, load_kinds
from monitor.complaints.intake.chats import recognise_chat
from monitor.complaints.intake.conflicts import find_conflicts
from monitor.complaints.intake.forms import FileForm
from monitor.complaints.intake.model import BringerWords, FoundFile
from monitor.complaints.intake.name_times import time_in_name
from monitor.times import SHANGHAI
from scrapers.media import MediaFacts
from storage.case import CaseItem, Facts, FoundTime

LONGEST_TITLE = 120
_TEXT_SOURCE = {"pdf": "pdf", "mail": "mail", "mbox": "mail", "html": "html", "mhtml": "html", "chat": "chat"}
_SOURCE = {
    "image": "本人提供的图片",
    "screenshot": "本人手机或电脑截图",
    "pdf": "本人提供的PDF文件",
    "audio": "本人提供的录音",
    "video": "本人录屏或录像",
    "html": "本人保存的网页",
    "mhtml": "本人保存的网页",
    "mail": "本人邮箱中的邮件",
    "mbox": "本人邮箱导出的邮件",
    "chat": "本人导出的聊天记录",
    "token": "存证机构出具的时间戳文件",
}
_SCREENSHOT = re.compile(r"screenshot|screen_?shot|截屏|截图|屏幕截图|snipaste", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True)
class Described:
    """An item and why it is of its kind."""

    item: CaseItem
    why: str


def clean_name(name: str) -> str:
    """A file's name as it is kept and shown: its last part, without controls, of bounded length."""
    last = PurePath(_CONTROL.sub("_", name).replace("\\", "/")).name.strip() or "未命名"
    return last if len(last) <= 180 else last[:160] + "…" + last[-15:]


def describe_item(
    item: CaseItem, found: FoundFile, form: FileForm, media: MediaFacts, words: BringerWords, facts: Facts
) -> Described:
    """Fill an item that has its ids from what is known of the file; the bringer's words go before every guess."""
    chat = recognise_chat(media.text) if form.form in ("text", "html", "chat_json") else None
    told = chat is not None or any(one.source == "chat" for one in media.times)
    shape = "chat" if told or form.form == "chat_json" else form.form
    guess = _choose_kind(found.name, media, shape, words)
    kind = load_kinds()[guess.kind]
    times = [FoundTime(one.source, one.field, one.at, one.zone_known) for one in media.times]
    if chat is not None and not any(one.source == "chat" for one in times):
        times += chat.times
    if found.packed_at is not None:
        times.append(FoundTime("zip", "压缩包中的修改时间", found.packed_at, False))
    named = time_in_name(found.name)
    if named is not None:
        times.append(named)
    source = "screenshot" if form.form == "image" and _SCREENSHOT.search(found.name) else shape
    described = replace(
        item,
        kind=kind.id,
        stage=kind.stage,
        title=(words.title or kind.name)[:LONGEST_TITLE],  # a file may be named after its key
        shows=words.shows or kind.shows,
        source=words.source or _tell_source(source, found),
        media_type=form.media_type,
        said_at=words.said_at,
        times=tuple(times),
        text=media.text,
        text_source=_TEXT_SOURCE.get(shape, "") if media.text else "",
    )
    return Described(judge_times(described, words, facts, media.facts.get("software", "")), guess.reason)


def add_ocr(item: CaseItem, name: str, text: str, words: BringerWords, facts: Facts, software: str) -> Described | None:
    """The item with the text that was read in its picture, and the kind that this text speaks for; None for no text."""
    if not text.strip() or item.text:
        return None
    read = replace(item, text=text, text_source="ocr")
    guess = guess_kind(name, text, "image")
    if words.kind or guess.kind == OTHER:
        return Described(read, "")
    kind, before = load_kinds()[guess.kind], load_kinds()[item.kind]
    read = replace(
        read,
        kind=kind.id,
        stage=kind.stage,
        title=words.title[:LONGEST_TITLE] or kind.name,
        shows=kind.shows if item.shows == before.shows else item.shows,
    )
    return Described(judge_times(read, words, facts, software), guess.reason.replace("文字中", "图片识别出的文字中"))


def judge_times(item: CaseItem, words: BringerWords, facts: Facts, software: str) -> CaseItem:
    """The item with all contradictions of its times."""
    said = item.said_at.astimezone(SHANGHAI) if item.said_at is not None else None
    # An item has no mark for a day without a clock time: one that was said earlier is known by its midnight.
    day_only = words.said_day_only if words.said_at is not None else said is not None and said.time() == time.min
    found = find_conflicts(
        item.times,
        kind=item.kind,
        facts=facts,
        said_at=item.said_at,
        said_day_only=day_only,
        software=software,
        added_at=item.added_at,
    )
    return replace(item, conflicts=found)


def empty_item(item_id: str, case_id: str, evidence: str, at: datetime) -> CaseItem:
    """An item with its ids, of which nothing is said yet."""
    kind = load_kinds()[OTHER]
    return CaseItem(item_id, case_id, evidence, kind.id, kind.stage, kind.name, kind.shows, "", at)


def _choose_kind(name: str, media: MediaFacts, shape: str, words: BringerWords) -> KindGuess:
    if words.kind:
        return KindGuess(words.kind, "按 --kind 指定")
    text = f"{media.facts.get('title', '')}\n{media.facts.get('subject', '')}\n{media.text}"
    return guess_kind(name, text, shape)


def _tell_source(form: str, found: FoundFile) -> str:
    told = _SOURCE.get(form, "本人提供的文件")
    return f"{told}，取自压缩包“{clean_name(found.within.replace('／', '_'))}”" if found.within else told
