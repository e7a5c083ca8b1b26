"""Pages replayed by a public web archive: who they were and when the archive says that it saw them.

Knows the replay addresses of the Wayback Machine, pywb and archive.today (a 14-digit UTC time before the original
address), the Wayback toolbar and its rewritten links. What it gives is the archive's claim, never an observation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from scrapers.saved.page import same_address, web_address

_STAMP = r"(\d{4,14})(?:[a-z]{2}_)?"
_REPLAY_PATH = re.compile(rf"^(?:/[\w-]{{1,60}})?/{_STAMP}/(https?:/{{1,2}}[^/].*)$", re.IGNORECASE | re.DOTALL)
_REWRITTEN = re.compile(rf"(?:(?:https?:)?//web\.archive\.org)?/web/{_STAMP}/((?:https?:)?//|mailto:)", re.IGNORECASE)
_WOMBAT = re.compile(r"__wm\.wombat\(\s*\"([^\"\s]{1,4000})\"\s*,\s*\"(\d{4,14})\"")
_ARCHIVED_ON = re.compile(
    r"FILE ARCHIVED ON (\d\d:\d\d:\d\d [A-Z][a-z]{2} \d\d, \d{4}) AND RETRIEVED FROM THE\s+INTERNET ARCHIVE"
)
_INSERTS = (
    ("<!-- BEGIN WAYBACK TOOLBAR INSERT -->", "<!-- END WAYBACK TOOLBAR INSERT -->"),
    ("<!--\n     FILE ARCHIVED ON", "-->"),
    ("<!--\nplayback timings", "-->"),
)
_HEAD_END = "<!-- End Wayback Rewrite JS Include -->"


@dataclass(frozen=True)
class Replay:
    """What a replay address or page claims. `at` is None when the archive's stamp is no time."""

    url: str
    at: datetime | None
    archive: str  # host of the archive


def recognise_replay_address(url: str) -> Replay | None:
    """The original page and time in a replay address, None when it is a plain address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    found = _REPLAY_PATH.match(path)
    if not found or not parts.netloc or len(found[1]) < 8:
        return None
    scheme, _, rest = found[2].partition(":")
    original = web_address(f"{scheme}://{rest.lstrip('/')}")
    return Replay(original, parse_stamp(found[1]), parts.netloc.lower()) if original else None


def same_page(one: str, other: str) -> bool:
    """Whether two addresses, plain or replayed by an archive, name one page."""
    first, second = recognise_replay_address(one), recognise_replay_address(other)
    return same_address(first.url if first else one, second.url if second else other)


def recognise_replay_page(html: str) -> Replay | None:
    """The original page and time from the scripts and comments that the Wayback Machine puts into a page."""
    if "archive.org" not in html and "INTERNET ARCHIVE" not in html:
        return None
    wombat = _WOMBAT.search(html)
    if wombat:
        return Replay(web_address(wombat[1]), parse_stamp(wombat[2]), "web.archive.org")
    archived = _ARCHIVED_ON.search(html)
    if archived:
        return Replay("", _parse_footer(archived[1]), "web.archive.org")
    return None


def remove_rewriting(html: str) -> str:
    """The page without the archive's toolbar, scripts and rewritten links."""
    end = html.find(_HEAD_END)
    if end >= 0:
        start = html.lower().find("<head", 0, end)
        start = html.find(">", start) + 1 if start >= 0 else end
        html = html[:start] + html[end + len(_HEAD_END) :]
    for begin, close in _INSERTS:
        html = _cut(html, begin, close)
    return _REWRITTEN.sub(lambda found: found[2], html)


def parse_stamp(stamp: str) -> datetime | None:
    """A Wayback time stamp (YYYYMMDD up to YYYYMMDDhhmmss, UTC); missing parts are the earliest."""
    if not 4 <= len(stamp) <= 14:
        return None
    padded = stamp + "00000101000000"[len(stamp) :]
    try:
        return datetime.strptime(padded, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def _parse_footer(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%H:%M:%S %b %d, %Y").replace(tzinfo=UTC)
    except ValueError:
        return None


def _cut(html: str, begin: str, close: str) -> str:
    start = html.find(begin)
    end = html.find(close, start + len(begin)) if start >= 0 else -1
    return html[:start] + html[end + len(close) :] if end >= 0 else html
