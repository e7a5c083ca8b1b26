"""Times as people write them and as they are shown: aware UTC inside, Asia/Shanghai on paper."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def show_time(moment: datetime, *, iso: bool = False) -> str:
    """A moment in Asia/Shanghai with its offset: `2026-03-01 14:30:00 +08:00`, or ISO 8601."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    local = moment.astimezone(SHANGHAI)
    if iso:
        return local.isoformat()
    return f"{local:%Y-%m-%d %H:%M:%S} {local:%z}"[:-2] + ":00"
