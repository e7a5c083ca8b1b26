"""The time that a file's name tells. Anyone can rename a file: such a time is a weak hint and never more. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import PurePath

from monitor.times import SHANGHAI
from storage.case import FoundTime

# Screenshot_20261110-143000, 微信图片_20261110143000, 截屏2026-11-10 14.30.00, IMG_20261110_143000 ...
_DAY, _CLOCK = r"(20\d{2})[-_.年]?(\d{2})[-_.月]?(\d{2})日?", r"(\d{2})[-_.:时]?(\d{2})[-_.:分]?(\d{2})"
_DATED = re.compile(rf"(?<!\d){_DAY}[-_ T.]{{0,3}}(?:at )?{_CLOCK}(?!\d)|(?<!\d){_DAY}[-_ T.]{{1,3}}{_CLOCK}(?=\d)")
_MILLISECONDS = re.compile(r"(?<!\d)(1[4-9]\d{11})(?!\d)")  # mmexport1699999999999, wx_camera_1699999999999
_SECONDS = re.compile(r"RPReplay_Final(1[4-9]\d{8})(?!\d)")
_IN_UTC = re.compile(r"^PXL_")  # the camera app of Pixel phones names its files in UTC


def time_in_name(name: str) -> FoundTime | None:
    """The time in a file's name as `name` source, None where there is none. Epochs know their zone, dates do not."""
    stem = PurePath(name).name[:200]
    for pattern, per_second in ((_SECONDS, 1), (_MILLISECONDS, 1000)):
        found = pattern.search(stem)
        if found:
            return FoundTime("name", "文件名", datetime.fromtimestamp(int(found[1]) / per_second, UTC), True)
    dated = _DATED.search(stem)
    if not dated:
        return None
    parts = [int(part) for part in dated.groups() if part is not None]
    in_utc = bool(_IN_UTC.match(stem))
    try:
        moment = datetime(
            parts[0], parts[1], parts[2], parts[3], parts[4], parts[5], tzinfo=UTC if in_utc else SHANGHAI
        )
    except ValueError:
        return None
    return FoundTime("name", "文件名", moment.astimezone(UTC), in_utc)
