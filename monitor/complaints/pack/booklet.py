"""证据材料: all exhibits in one PDF, each page numbered, so that the list of evidence names pages that are true.

Takes prepared exhibits; prints one document an exhibit and keeps it on disk, counts pages, and binds them with the
numbers laid over. In memory are one exhibit's pictures at a time, and the reduced pages when they are bound.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.complaints.pack.model import NOT_ATTACHED, PageRange, Prepared, QuotedClause
from monitor.complaints.pack.pdf import PdfProblem, bind_pages, count_pages, draw_pages
from monitor.complaints.pack.pictures import PictureProblem, lay_on_pages, open_picture, write_jpeg
from monitor.complaints.pack.sheets import make_facts, make_page, show, show_moment
from scrapers.printing import Document

if TYPE_CHECKING:
    from PIL import Image

    from monitor.complaints.pack.press import Press

TITLE = "证据材料"
_MOST_TEXT = 20_000
_FOOTER = (
    "<div style='width:100%;font-size:8.5pt;color:#000;text-align:center;font-family:sans-serif'>"
    "证据材料　第 <span class='pageNumber'></span> 页，共 <span class='totalPages'></span> 页</div>"
)
_SOURCE_ZH = {
    "ocr": "图片文字识别所得，仅供查找，以图片为准",
    "pdf": "PDF 文字",
    "mail": "邮件文字",
    "html": "网页文字",
    "chat": "聊天记录文字",
}
_QUALITY = 80


class Booklet:
    """Prints exhibits one after the other; `bind` then writes the whole and says where each stands."""

    def __init__(self, press: Press, folder: Path) -> None:
        self._press = press
        self._folder = folder
        self._parts: list[tuple[str, str, Path, int]] = []  # number, name, file, pages
        self._made: dict[str, tuple[Path, ...]] = {}

    def add(self, prepared: Prepared) -> None:
        """Print an exhibit; one that is withheld and has nothing to show gets no page."""
        number = prepared.exhibit.number
        if prepared.withheld and not prepared.clauses and not prepared.pictures:
            return
        pictures: dict[str, Path | bytes] = {}
        body = list(self._lay(prepared, pictures))
        html = make_page(f"证{number} {prepared.name}", body)
        data = self._press.print(Document(html, pictures, footer=""))
        for place in pictures.values():
            if isinstance(place, Path):
                place.unlink(missing_ok=True)
        path = self._folder / f"{len(self._parts):04d}.pdf"
        path.write_bytes(data)
        self._parts.append((number, f"证{number} {prepared.name}", path, count_pages(path)))

    @property
    def pages(self) -> dict[str, PageRange]:
        """Where each exhibit will stand, by its number."""
        ranges, first = {}, 1
        for number, _, _, count in self._parts:
            ranges[number] = PageRange(first, first + count - 1)
            first += count
        return ranges

    def bind(self, target: Path, at: datetime) -> int:
        """Write the booklet; gives how many pages it has. Without any exhibit nothing is written."""
        total = sum(count for *_, count in self._parts)
        if total:
            numbers = self._press.print(Document(_blank_pages(total), footer=_FOOTER))
            bind_pages([(name, path) for _, name, path, _ in self._parts], numbers, target, at, TITLE)
        return total

    def part(self, number: str) -> Path | None:
        """The pages of one exhibit, without numbers."""
        return next((path for one, _, path, _ in self._parts if one == number), None)

    def _lay(self, prepared: Prepared, pictures: dict[str, Path | bytes]) -> Iterator[str]:
        yield _head(prepared)
        captured = bool(prepared.facts)
        if captured:
            yield make_facts((name, show(value, 300)) for name, value in prepared.facts)
            yield from _clauses(prepared)
            yield from _text(prepared)
        shown = 0
        for page in self._draw(prepared):
            name = f"{len(pictures)}.jpg"
            place = self._folder / f"picture-{name}"
            place.write_bytes(write_jpeg(page, quality=_QUALITY))
            pictures[name] = place
            yield _picture(prepared.exhibit.number, name, shown, own_leaf=captured)
            shown += 1
        if captured:
            return
        if not shown or prepared.text_source not in ("ocr", "pdf", ""):
            yield from _text(prepared)
        if not shown and not prepared.text:
            yield "<p>本件不便打印，见随附文件。</p>"

    def _draw(self, prepared: Prepared) -> Iterator[Image.Image]:
        """The pages of an exhibit's pictures. What cannot be read as what it says it is has none."""
        sources = prepared.pictures or ((prepared.file,) if prepared.file else ())
        kind = "image/" if prepared.pictures else prepared.media_type.partition(";")[0].strip().lower()
        for source in sources:
            try:
                if kind == "application/pdf":
                    for page in draw_pages(source):
                        yield from lay_on_pages(page)
                elif kind.startswith("image/"):
                    yield from lay_on_pages(open_picture(source))
            except (PictureProblem, PdfProblem):
                return


def _head(prepared: Prepared) -> str:
    exhibit = prepared.exhibit
    said = "提供人声称：" if prepared.claimed else ""
    times = prepared.times or ((f"{said}{show_moment(exhibit.at)}",) if exhibit.at else ("时间不详",))
    notes = "".join(f"<p>说明：{show(note, 300)}</p>" for note in prepared.notes)
    masked = "<p>说明：本件为遮盖件，遮盖处以星号或色块表示；未遮盖的原件封存在本人处，可应要求提交。</p>"
    if prepared.masked and not prepared.hits:
        masked = "<p>说明：本件为重新编码的副本，内容未遮盖；原件封存在本人处，可应要求提交。</p>"
    return (
        f'<div class="exhibit"><p><b>证{show(exhibit.number)}　{show(prepared.name, 120)}</b></p>'
        f"<p>时间：{show('；'.join(times), 300)}</p><p>来源：{show(prepared.source, 200)}</p>"
        f"<p>证明对象：{show(prepared.shows, 300)}</p>{notes}{masked if prepared.masked else ''}</div>"
    )


def _picture(number: str, name: str, place: int, *, own_leaf: bool) -> str:
    if place == 0 and not own_leaf:
        return f'<p class="picture first"><img src="{name}" alt=""></p>'
    title = f"证{show(number)}" + ("（续）" if place else "（截图）")
    return f'<div class="leaf"><p class="quiet">{title}</p><p class="picture"><img src="{name}" alt=""></p></div>'


def _clauses(prepared: Prepared) -> Iterator[str]:
    """What the page showed, quoted, and apart from it what was hidden or read from a picture: told, never quoted."""
    shown = [clause for clause in prepared.clauses if clause.quotable]
    unshown = [clause for clause in prepared.clauses if not clause.quotable]
    if shown:
        whose = "所附文件中" if prepared.claimed else "页面所示"
        yield f"<h2>本工具的提示（不是证据内容）：{whose}与下列规定有关的语句，是否涉及由有关机关认定</h2>"
        yield from (_clause(clause, f"“{show(clause.text, 1500)}”") for clause in shown)
    if unshown:
        yield "<h2>未作为页面文字显示的内容（隐藏文字，或由图片识别），不作为页面展示文字引用</h2>"
        yield from (_clause(clause, show(clause.text, 1500)) for clause in unshown)


def _clause(clause: QuotedClause, text: str) -> str:
    """Only what was shown may touch a rule."""
    articles = show("、".join(clause.articles), 300) if clause.quotable else ""
    laws = f'<p class="quiet">可能涉及：{articles}</p>' if articles else ""
    head = f"<p><b>可能涉及：{show(clause.name, 100)}</b></p>" if clause.quotable else ""
    return f'<div class="clause">{head}<p>{text}</p>{laws}</div>'


def _text(prepared: Prepared) -> Iterator[str]:
    if not prepared.text:
        return
    where = _SOURCE_ZH.get(prepared.text_source, "文字内容")
    if prepared.facts:
        where = "他人提供的文件中的规则文字" if prepared.claimed else "页面显示的规则文字（抓取时读取）"
    yield f'<h2>{where}</h2><div class="text">{show(prepared.text, _MOST_TEXT)}</div>'


def _blank_pages(count: int) -> str:
    leaves = "<p style='break-after:page;margin:0'>&nbsp;</p>" * (count - 1)
    return f'<!DOCTYPE html><html lang="zh-CN"><body>{leaves}<p style="margin:0">&nbsp;</p></body></html>'


def tell_pages(ranges: Mapping[str, PageRange], exhibits: Sequence[Prepared]) -> dict[str, str]:
    """What the list of evidence gives as page: the pages of the booklet, or why there is none."""
    told = {}
    for prepared in exhibits:
        number = prepared.exhibit.number
        pages = ranges.get(number)
        told[number] = str(pages) if pages else NOT_ATTACHED
    return told
