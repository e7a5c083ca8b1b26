"""The pieces of a pack by themselves: dates of PDFs, bound pages, pictures, bare files, the folder and its ZIP."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader

from monitor.complaints.pack.bare import is_bare
from monitor.complaints.pack.folder import PackFolder, PackTaken, file_name
from monitor.complaints.pack.pdf import bind_pages, count_pages, draw_pages, settle_dates
from monitor.complaints.pack.pictures import PictureProblem, fit_jpeg, lay_on_pages, open_picture, write_jpeg
from monitor.complaints.pack.press import Press
from monitor.complaints.pack.sheets import make_page, show
from scrapers.errors import BrowserUnavailable
from scrapers.printing import Document, print_documents
from scrapers.process import FoundBrowser

AT = datetime(2026, 11, 23, 4, tzinfo=UTC)
Run = Callable[[Coroutine[object, object, list[bytes]]], list[bytes]]


def paint(width: int, height: int, kind: str = "PNG", **options: object) -> bytes:
    data = io.BytesIO()
    Image.effect_noise((width, height), 60).convert("RGB").save(data, kind, **options)  # type: ignore[arg-type]
    return data.getvalue()


# --- printing -----------------------------------------------------------------------------------------------------


def test_several_documents_are_printed_in_their_order(browser: FoundBrowser, run_async: Run) -> None:
    page = '<!DOCTYPE html><html lang="zh-CN"><meta charset="utf-8"><body><p>第{}份</p><img src="a.png"></body></html>'
    documents = [Document(page.format(number), {"a.png": paint(40, 40)}) for number in (1, 2)]
    printed = run_async(print_documents(browser, documents))
    for number, data in enumerate(printed, 1):
        reader = PdfReader(io.BytesIO(data))
        assert f"第{number}份" in reader.pages[0].extract_text().replace(" ", "")
        assert len(reader.pages[0].images) == 1


def test_a_document_loads_nothing_but_its_own_pictures(browser: FoundBrowser, run_async: Run) -> None:
    page = "<img src='other.png'><img src='file:///etc/hostname'><img src='http://127.0.0.1:9/x.png'><p>text"
    (printed,) = run_async(print_documents(browser, [Document(page, {"a.png": paint(40, 40)})]))
    shown = PdfReader(io.BytesIO(printed)).pages[0].images
    assert all(picture.image is not None and picture.image.width < 40 for picture in shown)  # the mark of a lost one


def test_a_document_that_takes_too_long_is_an_error(browser: FoundBrowser, run_async: Run) -> None:
    with pytest.raises(BrowserUnavailable, match="did not print"):
        run_async(print_documents(browser, [Document("<p>x", seconds=0.001)]))


def test_two_prints_are_the_same_bytes(browser: FoundBrowser) -> None:
    html = make_page("试", ["<h1>试</h1>", f"<p>{show('<b>‮')}</p>"])
    printed = []
    for _ in range(2):
        with Press(browser, AT) as press:
            printed.append(press.print(Document(html)))
    assert printed[0] == printed[1]
    assert b"(D:20261123040000+00'00')" in printed[0]


def test_a_press_that_printed_nothing_started_no_browser() -> None:
    with Press(FoundBrowser(Path("/nowhere"), "chromium", "0"), AT) as press:
        assert press.printed == 0  # a browser at /nowhere would have ended the block with an error


# --- PDF ----------------------------------------------------------------------------------------------------------


def test_settled_dates_keep_the_length() -> None:
    data = b"<</CreationDate (D:20260101000000+00'00')\n/ModDate (D:20260101000000+08'00')>>"
    settled = settle_dates(data, AT)
    assert len(settled) == len(data)
    assert settled.count(b"20261123040000+00'00'") == 2


def test_bound_pages_keep_their_order_and_names(tmp_path: Path) -> None:
    parts = []
    for number in (1, 2):
        path = tmp_path / f"{number}.pdf"
        with Image.open(io.BytesIO(paint(100, 140))) as picture:
            picture.save(path, "PDF", save_all=True, append_images=[picture] * number)
        parts.append((f"part {number}", path))
    first, second = tmp_path / "one.pdf", tmp_path / "two.pdf"
    bind_pages(parts, b"", first, AT, "whole")
    bind_pages(parts, b"", second, AT, "whole")
    assert count_pages(first) == 5
    assert [entry["/Title"] for entry in PdfReader(first).outline] == ["part 1", "part 2"]  # type: ignore[index]
    assert first.read_bytes() == second.read_bytes()
    assert len(list(draw_pages(first, dots=40))) == 5


# --- pictures -----------------------------------------------------------------------------------------------------


def test_a_long_picture_is_cut_into_pages_without_losing_a_line() -> None:
    pages = list(lay_on_pages(Image.new("RGB", (1000, 9000))))
    assert len(pages) == 7
    assert sum(page.height for page in pages) >= 9000


def test_a_telephones_screen_is_one_page() -> None:
    assert len(list(lay_on_pages(Image.new("RGB", (1080, 2340))))) == 2
    assert len(list(lay_on_pages(Image.new("RGB", (540, 960))))) == 1


def test_jpeg_is_made_to_fit() -> None:
    picture = open_picture(paint(900, 900))
    assert len(fit_jpeg(picture, 60_000)) <= 60_000
    assert len(write_jpeg(picture)) > 60_000


def test_what_is_no_picture_is_an_error() -> None:
    with pytest.raises(PictureProblem):
        open_picture(b"not a picture")


@pytest.mark.parametrize(
    ("kind", "options", "bare"),
    [
        ("PNG", {}, True),
        ("JPEG", {}, True),
        ("JPEG", {"progressive": True}, True),
        ("JPEG", {"comment": b"x"}, False),
        ("JPEG", {"exif": b"Exif\0\0MM\0*\0\0\0\x08\0\0"}, False),
        ("WEBP", {}, False),
    ],
)
def test_only_pixels_alone_are_bare(tmp_path: Path, kind: str, options: dict[str, object], bare: bool) -> None:
    path = tmp_path / "picture"
    path.write_bytes(paint(80, 80, kind, **options))
    assert is_bare(path, "image/x") is bare


def test_bytes_behind_the_end_of_a_picture_make_it_not_bare(tmp_path: Path) -> None:
    for kind in ("PNG", "JPEG"):
        path = tmp_path / kind
        path.write_bytes(paint(80, 80, kind) + b"a film of the moment")
        assert not is_bare(path, "image/x")


def test_pdfs_pages_and_mails_are_never_bare(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"text")
    assert is_bare(path, "text/plain; charset=utf-8")
    for kind in ("application/pdf", "text/html", "message/rfc822", "video/mp4"):
        assert not is_bare(path, kind)


# --- the folder ---------------------------------------------------------------------------------------------------


def test_the_zip_is_the_same_whatever_the_order(tmp_path: Path) -> None:
    made = []
    for number, names in enumerate((("b.txt", "a/c.txt"), ("a/c.txt", "b.txt"))):
        folder = PackFolder(tmp_path / f"work{number}")
        for name in names:
            folder.add(name, f"text of {name}")
        out = tmp_path / f"{number}.zip"
        folder.write_out(out, AT)
        made.append(out.read_bytes())
    assert made[0] == made[1]
    with zipfile.ZipFile(io.BytesIO(made[0])) as packed:
        assert packed.namelist() == ["a/c.txt", "b.txt"]


def test_no_path_leads_out_and_none_is_taken_twice(tmp_path: Path) -> None:
    folder = PackFolder(tmp_path / "work")
    folder.add("a.txt", b"a")
    for path in ("a.txt", "../a", "/a", "a//b", "a\\b", ""):
        with pytest.raises(ValueError, match="cannot be a new file"):
            folder.add(path, b"b")


def test_what_stands_at_the_place_is_not_written_over(tmp_path: Path) -> None:
    folder = PackFolder(tmp_path / "work")
    folder.add("a.txt", b"a")
    (tmp_path / "out").mkdir()
    with pytest.raises(PackTaken):
        folder.write_out(tmp_path / "out", AT)
    with pytest.raises(PackTaken):
        folder.write_out(tmp_path / "none" / "out.zip", AT)


def test_a_name_for_any_system() -> None:
    assert file_name("a/b:c*?<>|\n\u202e 卡密") == "a_b_c_卡密"
    assert file_name("...") == "_"
