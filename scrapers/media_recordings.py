"""Looks at a sound or film in the child: length, form, and the times that its container states."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from pathlib import Path

from scrapers.media_answer import Answer, Unread

_FIELDS = ("encoded_date", "tagged_date", "recorded_date", "mastered_date", "comapplequicktimecreationdate")
_TRACKS = 20


def look_at_recording(path: Path, answer: Answer) -> None:
    """Fill the answer from a container; nothing is decoded."""
    from pymediainfo import MediaInfo

    if not MediaInfo.can_parse():
        raise Unread("本机缺少 MediaInfo 库，没有读取录音录像的信息")
    found = MediaInfo.parse(str(path), parse_speed=0.3, full=True)
    tracks = list(getattr(found, "tracks", []))[:_TRACKS]
    for track in tracks:
        data = track.to_data()
        if track.track_type == "General":
            answer.add_fact("format", data.get("format") or "")
            answer.add_fact("software", data.get("writing_application") or data.get("writing_library") or "")
            model = data.get("comapplequicktimemodel") or data.get("comandroidmanufacturer") or ""
            answer.add_fact("device", model)
            duration = data.get("duration")
            if isinstance(duration, (int, float)):
                answer.add_fact("seconds", f"{float(duration) / 1000:.1f}")
        if track.track_type == "Video" and data.get("width"):
            answer.add_fact("size", f"{data.get('width')}x{data.get('height')}")
        for name in _FIELDS:
            value = data.get(name)
            if isinstance(value, str):
                _add_time(answer, name, value)
    if not {str(track.track_type) for track in tracks} & {"Audio", "Video"}:
        raise Unread("里面没有读到声音或画面：文件损坏、不完整，或者不是录音录像")


def _add_time(answer: Answer, name: str, value: str) -> None:
    """A time such as `2026-11-10 06:30:00 UTC`, `UTC 2026-11-10 06:30:00` or ISO 8601 with an offset."""
    text = value.split(" / ")[0].strip()[:60]
    in_utc = "UTC" in text
    text = text.replace("UTC", "").strip()
    with contextlib.suppress(ValueError):
        moment = datetime.fromisoformat(text)
        if in_utc and moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        answer.add_time("container", name, moment)
