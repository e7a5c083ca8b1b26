"""Figures that others publish about a platform (such as complaints shown at tsgs.12315.cn), kept with their capture.

A figure is an evidence item of a fixed JSON form that names the captured page it was read from. It is others' figure:
this tool keeps that somebody read it there, and checks nothing of it.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.complaints.risk.model import RecordedFigure
from storage.captures import get_capture
from storage.evidence import keep_evidence, list_evidence, open_evidence

if TYPE_CHECKING:
    from storage.archive import Archive

FORMAT = "cardwatch-public-figure-1"
MEDIA_TYPE = "application/vnd.cardwatch.public-figure+json"
MOST_BYTES = 16_384
MOST_FIGURES = 200
_LONGEST = 100


def record_figure(archive: Archive, platform: str, told: str, capture_id: str, at: datetime) -> RecordedFigure:
    """Keep "NAME=VALUE" as read from a capture. Raises ValueError for another form, NotInArchive for no capture."""
    name, sign, value = (part.strip() for part in told.partition("="))
    if not name or not sign or not value or len(name) > _LONGEST or len(value) > _LONGEST or not told.isprintable():
        raise ValueError(f"“{told[:80]}”不是“名称=数值”的形式（各不超过{_LONGEST}字），例如 投诉量=123")
    with archive.database.reading() as session:
        capture = get_capture(session, capture_id)
    data = {
        "format": FORMAT,
        "platform": platform,
        "name": name,
        "value": value,
        "capture": capture.id,
        "url": capture.page.url,
        "seen_at": capture.seen_at.isoformat(),
        "recorded_at": at.isoformat(),
        "note": "他人公布的数字，由人从该页面抄录，本工具未核实",
    }
    item = keep_evidence(
        archive,
        json.dumps(data, ensure_ascii=False, sort_keys=True, indent=1).encode(),
        name=f"公开数字-{name}.json",
        media_type=MEDIA_TYPE,
        note=f"{platform}：{name}={value}，抄录自抓取 {capture.id}（他人公布，未核实）",
        at=at,
    )
    return RecordedFigure(name, value, capture.id, capture.page.url, capture.seen_at, item.id, at)


def list_figures(archive: Archive, platforms: Collection[str]) -> tuple[RecordedFigure, ...]:
    """The figures kept of platforms, newest first; an item that does not hold the form is left out."""
    found: list[RecordedFigure] = []
    after = ""
    while items := list_evidence(archive, after=after):
        after = items[-1].id
        for item in items:
            if item.media_type == MEDIA_TYPE and item.erased_at is None and item.bytes <= MOST_BYTES:
                with open_evidence(archive, item.id) as file:
                    figure = _read(file.read(MOST_BYTES + 1), item.id, platforms)
                if figure is not None:
                    found.append(figure)
    return tuple(sorted(found, key=lambda one: one.recorded_at, reverse=True)[:MOST_FIGURES])


def _read(data: bytes, evidence: str, platforms: Collection[str]) -> RecordedFigure | None:
    try:
        told = json.loads(data)
        if told["format"] != FORMAT or told["platform"] not in platforms:
            return None
        words = [str(told[name])[:2000] for name in ("name", "value", "capture", "url")]
        seen_at, recorded_at = (datetime.fromisoformat(told[name]) for name in ("seen_at", "recorded_at"))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if seen_at.tzinfo is None or recorded_at.tzinfo is None:
        return None
    return RecordedFigure(words[0], words[1], words[2], words[3], seen_at, evidence, recorded_at)
