"""Runs the suite of what pages hide: pages on loopback, a real browser, the archive, and the reading of what it kept.

`run_suite` gives for each case the marks under which its rule was found; `make_table` the rows of docs/hidden-text.md.
"""

from __future__ import annotations

import asyncio
import io
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from capture.site import Answer, Site

from hidden.cases import Case, Page, make_pages
from scrapers.browser import FoundBrowser, open_browser
from scrapers.content import content_of
from scrapers.extract import read_page
from scrapers.model import Capture, Missing, NetworkPolicy, PageTask, Reading, Role, Source
from scrapers.ocr import read_pictures
from scrapers.pictures import find_pictures, show_pictures
from scrapers.text import condense
from storage.archive import Archive, open_archive
from storage.ids import new_id
from storage.pages import ensure_page

OCR_SECONDS = 60.0
WORDS = {
    "text": "shown",
    "popup": "pop-up",
    "hidden": "hidden, folded away",
    "attribute": "attribute",
    "json": "data answer",
    "script": "script",
    "image": "picture",
}


@dataclass(frozen=True)
class Result:
    """One case and how it ended: the marks of the blocks that hold its rule, and their least confidence."""

    page: str
    case: Case
    found: tuple[str, ...]
    confidence: float
    problems: tuple[str, ...]
    missing: tuple[Missing, ...]

    @property
    def right(self) -> bool:
        """Whether the rule was found with a right mark, or is named as out of reach."""
        if self.case.reason:
            return not self.case.named or any(self.case.named in problem for problem in self.problems)
        return bool(self.found) and all(mark in self.case.marks for mark in self.found)


def run_suite(found: FoundBrowser, only: Iterable[str] = ()) -> list[Result]:
    """Visit, keep, load and read every page, or only those of these names."""
    return asyncio.run(_run(found, set(only)))


def find_font() -> str:
    """The file of a font that draws Chinese, "" if there is none."""
    if not shutil.which("fc-match"):
        return ""
    asked = ["fc-match", "-f", "%{lang}\t%{file}", ":lang=zh-cn"]
    lang, _, file = subprocess.run(asked, capture_output=True, text=True).stdout.partition("\t")
    return file if "zh" in lang else ""


def draw_text(text: str, style: str) -> bytes:
    """A picture of the text: plain, on a coloured ground like a photo, as an animation, or a wall without any."""
    from PIL import Image, ImageDraw, ImageFilter, ImageFont

    width, height = 700, 30 + 40 * max(1, text.count("\n") + 1)
    ground = Image.new("RGB", (width, height), "white")
    if style in ("photo", "wall"):
        noise = Image.effect_noise((width, height), 60).filter(ImageFilter.GaussianBlur(3))
        ground = Image.merge("RGB", (noise.point(lambda v: v // 3), noise.point(lambda v: v // 2), noise))
    pen = ImageDraw.Draw(ground)
    if text:
        font = ImageFont.truetype(find_font(), 24)
        for number, line in enumerate(text.split("\n")):
            pen.text((12, 12 + 40 * number), line, font=font, fill="white" if style == "photo" else "black")
    packed = io.BytesIO()
    if style == "gif":
        blank = Image.new("RGB", ground.size, "white")
        blank.save(packed, "GIF", save_all=True, append_images=[ground, blank], duration=500)
    else:
        ground.save(packed, "PNG")
    return packed.getvalue()


async def _run(found: FoundBrowser, only: set[str]) -> list[Result]:
    site, other = Site(), Site(host="localhost")
    try:
        pages = [page for page in make_pages(other.url, draw_text) if not only or page.name in only]
        policy = NetworkPolicy(allow_private=("127.0.0.1", "localhost"))
        with tempfile.TemporaryDirectory() as folder:
            archive = open_archive(
                Path(folder), f"sqlite:///{folder}/cardwatch.db", at=datetime.now(UTC), minimum_free_megabytes=1
            )
            try:
                results: list[Result] = []
                async with open_browser(found, policy, lambda: datetime.now(UTC)) as browser:
                    for page in pages:
                        capture = await browser.capture_page(_task_of(page, site, other))
                        kept = _through_archive(archive, capture)
                        results += _judge(page, kept, await asyncio.to_thread(read_capture, kept))
            finally:
                archive.close()
    finally:
        site.close()
        other.close()
    return results


def _task_of(page: Page, site: Site, other: Site) -> PageTask:
    for path, (media_type, body) in page.files.items():
        site.answers[path] = other.answers[path] = Answer(body, media_type=media_type)
    return PageTask(new_id("capture", datetime.now(UTC)), site.page(f"/item/{page.name}", page.html), Role.PRODUCT)


def _through_archive(archive: Archive, capture: Capture) -> Capture:
    """The capture as the archive gives it back: nothing may be found that was not kept."""
    with archive.database.writing() as session:
        page = ensure_page(session, "白鹭", capture.url, Role.PRODUCT, "desktop", capture.started_at)
    archive.keep_capture(capture, page)
    return archive.load_capture(capture.id, fill_views=True)


def read_capture(capture: Capture) -> Reading:
    """The reading of a capture with the texts of its pictures."""
    content = content_of(capture)
    pictures = find_pictures(capture, content, Role.PRODUCT)
    texts = read_pictures(pictures, {}, OCR_SECONDS)
    return read_page(replace(content, pictures=show_pictures(pictures, texts)), role=Role.PRODUCT)


def _judge(page: Page, capture: Capture, reading: Reading) -> list[Result]:
    results = []
    for case in page.cases:
        rule = condense(case.rule)
        holding = [block for block in reading.blocks if rule in condense(block.text)]
        marks = {
            f"{b.source}:{b.concealed}" if b.concealed and b.source is Source.HIDDEN else str(b.source): 0
            for b in holding
        }
        sure = min((block.confidence for block in holding), default=0.0)
        results.append(Result(page.name, case, tuple(marks), sure, reading.problems, capture.missing))
    return results


def make_table(results: list[Result]) -> str:
    """The rows of the table: what was hidden where, and how the reading marks it."""
    rows = ["| where the rule stands | marked as | why |", "|---|---|---|"]
    for result in results:
        case = result.case
        marked = "out of reach" if case.reason else ", ".join(_word(mark) for mark in result.found) or "MISSED"
        rows.append(f"| {case.name.replace('|', '/')} | {marked} | {case.reason} |")
    return "\n".join(rows) + "\n"


def _word(mark: str) -> str:
    source, _, cause = mark.partition(":")
    return f"hidden ({cause})" if cause else WORDS.get(source, source)
