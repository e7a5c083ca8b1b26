"""The pages of `pages/` with their answers: what a person reads on each, and nothing else.

A page is NAME.html; NAME.json gives its address, what else a capture held (frames, pop-ups, JSON answers, the text that
a browser saw) and the identifiers: kind, value, place, and the role where it matters.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from scrapers.model import FrameContent, JsonAnswer, Layout, PageContent

PAGES = Path(__file__).parent / "pages"


@dataclass(frozen=True)
class AnsweredPage:
    """A page and what stands on it: (kind, value, place) with the role, "" where any will do."""

    name: str
    content: PageContent
    expected: dict[tuple[str, str, str], str]


def answered_pages(folder: Path = PAGES) -> list[AnsweredPage]:
    """All pages of a folder that have an answer."""
    return [_load(path) for path in sorted(folder.glob("*.json"))]


def _load(path: Path) -> AnsweredPage:
    told = json.loads(path.read_text(encoding="utf-8"))
    content = PageContent(
        url=told["url"],
        dom=path.with_suffix(".html").read_text(encoding="utf-8"),
        text=told.get("text", ""),
        frames=tuple(FrameContent(url, dom) for url, dom in told.get("frames", [])),
        popups=tuple(told.get("popups", [])),
        answers=tuple(JsonAnswer(url, "GET", 200, "", body) for url, body in told.get("answers", [])),
        layout=Layout(concealed=tuple((text, cause) for text, cause in told.get("concealed", []))),
    )
    expected = {(row[0], row[1], row[2]): (row[3] or "") if len(row) > 3 else "" for row in told["expected"]}
    return AnsweredPage(path.stem, content, expected)
