"""What becomes of files that are brought into a case."""

from __future__ import annotations

import os
import tarfile
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from complaints.casefiles import NOW
from PIL import Image

from monitor.complaints.intake.bring import bring_in
from monitor.complaints.intake.model import Outcome
from scrapers.ocr import engine_release
from storage.archive import Archive
from storage.case_items import list_items, remove_item
from storage.cases import erase_case
from storage.check import check_archive
from storage.errors import ArchiveError, NotInArchive
from storage.evidence import list_evidence, open_evidence

from .conftest import CASE, Bring, by_name
from .samples import draw_screen, write_film, write_mail, write_pdf, write_picture, write_sound, zip_bytes


def test_originals_stay_untouched_and_enter_the_custody_log(archive: Archive, bring: Bring, inbox: Path) -> None:
    picture = write_picture(inbox / "Screenshot_20261110-143000.png")
    before, stamp = picture.read_bytes(), picture.stat().st_mtime_ns
    (file,) = bring(picture).files
    assert file.item is not None
    assert file.outcome is Outcome.KEPT
    assert (picture.read_bytes(), picture.stat().st_mtime_ns) == (before, stamp)
    with open_evidence(archive, file.item.evidence) as kept:
        assert kept.read() == before
    report = check_archive(archive)
    assert (report.problems, report.evidence) == ([], 1)
    with archive.database.reading() as session:
        assert list_items(session, CASE) == (file.item,)


def test_a_phones_dump_is_taken_whole_in_the_order_of_its_names(bring: Bring, inbox: Path) -> None:
    (inbox / "DCIM" / "Camera").mkdir(parents=True)
    write_picture(inbox / "DCIM" / "Camera" / "IMG_20261110_150000.jpg")
    write_film(inbox / "DCIM" / "Screenrecord-1.mp4", datetime(2026, 11, 10, 6, 40, tzinfo=UTC))
    write_sound(inbox / "通话录音.wav")
    write_pdf(inbox / "电子发票.pdf", text="invoice 50.00")
    write_mail(inbox / "答复.eml", date="Wed, 11 Nov 2026 10:00:00 +0800")
    (inbox / "订单.html").write_text("<html><title>订单详情</title><body>订单号 X1 下单时间 2026-11-10</body></html>")
    (inbox / ".DS_Store").write_bytes(b"junk")
    report = bring(inbox)
    assert [(file.name, file.item.kind, file.item.media_type) for file in report.files if file.item] == [
        ("IMG_20261110_150000.jpg", "other", "image/jpeg"),
        ("Screenrecord-1.mp4", "recording", "video/mp4"),
        ("电子发票.pdf", "other", "application/pdf"),
        ("答复.eml", "reply", "message/rfc822"),
        ("订单.html", "order", "text/html"),
        ("通话录音.wav", "recording", "audio/wav"),
    ]
    assert {file.item.text_source for file in report.files if file.item and file.item.text} == {"pdf", "mail", "html"}
    assert all(not file.troubles for file in report.files)


def test_the_same_bytes_are_kept_once_whatever_they_are_called(archive: Archive, bring: Bring, inbox: Path) -> None:
    first = write_picture(inbox / "a.png")
    (inbox / "b.png").write_bytes(first.read_bytes())
    (inbox / "c.zip").write_bytes(zip_bytes(**{"inner/d.png": first.read_bytes()}))
    files = by_name(bring(inbox))
    assert [files["a.png"].outcome, files["b.png"].outcome, files["d.png"].outcome] == [
        Outcome.KEPT, Outcome.SAME, Outcome.SAME,
    ]  # fmt: skip
    assert files["b.png"].item == files["a.png"].item
    assert len(list_evidence(archive)) == 1
    assert bring(first).files[0].outcome is Outcome.SAME


def test_words_for_a_known_file_change_what_is_said_and_keep_nothing_twice(
    archive: Archive, bring: Bring, inbox: Path
) -> None:
    picture = write_picture(inbox / "a.png")
    (before,) = bring(picture).kept
    (file,) = bring(picture, kind="failure", shows="官方页面提示无效").files
    assert file.outcome is Outcome.CHANGED
    with archive.database.reading() as session:
        (item,) = list_items(session, CASE)
    assert (item.id, item.kind, item.title, item.shows) == (before.id, "failure", "失败画面", "官方页面提示无效")
    assert len(list_evidence(archive)) == 1


def test_a_picture_that_was_sent_again_is_told_and_kept(bring: Bring, inbox: Path) -> None:
    screen = draw_screen("Order 20261110001", "Amount 50.00", "This code is not valid")
    screen.save(inbox / "1.png")
    screen.resize((270, 600)).save(inbox / "2.jpg", quality=60)
    draw_screen("Order 20261110001", "Amount 58.00", "This code is not valid").save(inbox / "3.png")
    files = by_name(bring(inbox))
    first, again, other = (files[name].item for name in ("1.png", "2.jpg", "3.png"))
    assert first is not None and again is not None and other is not None
    assert (first.duplicate_of, again.duplicate_of, other.duplicate_of) == ("", first.id, "")
    assert any("几乎相同" in note for note in files["2.jpg"].notes)


def test_a_likeness_is_seen_with_pictures_of_earlier_days(bring: Bring, inbox: Path) -> None:
    screen = draw_screen("Order 20261110001", "Amount 50.00")
    screen.save(inbox / "small.png")
    (small,) = bring(inbox / "small.png").kept
    screen.resize((1080, 2400)).save(inbox / "large.png")
    (file,) = bring(inbox / "large.png").files
    assert file.item is not None
    assert file.item.duplicate_of == small.id
    assert any("更清晰" in note for note in file.notes)


def test_members_of_archives_are_items_and_say_where_they_lay(bring: Bring, inbox: Path) -> None:
    with tarfile.open(inbox / "手机.tar.gz", "w:gz") as packed:
        packed.add(write_picture(inbox / "shot.png"), "DCIM/shot.png")
    (inbox / "shot.png").unlink()
    raw = zip_bytes(**{"聊天.txt": "2026-11-10 14:35 林\n你好\n2026-11-10 14:40 客服\n无法退款".encode()})
    (inbox / "外层.zip").write_bytes(zip_bytes(**{"内层.zip": raw}))
    files = by_name(bring(inbox))
    assert set(files) == {"手机.tar.gz／shot.png", "外层.zip／内层.zip／聊天.txt"}
    chat = files["外层.zip／内层.zip／聊天.txt"].item
    assert chat is not None
    assert chat.kind == "refusal"
    assert "取自压缩包" in chat.source


def test_names_of_a_chinese_windows_are_read_right(bring: Bring, inbox: Path) -> None:
    data = zip_bytes(aaaa=b"hello").replace(b"aaaa", "订单".encode("gbk"))
    (inbox / "x.zip").write_bytes(data)
    assert list(by_name(bring(inbox / "x.zip"))) == ["x.zip／订单"]


def test_documents_that_are_zips_inside_are_kept_whole(bring: Bring, inbox: Path) -> None:
    (inbox / "说明.docx").write_bytes(zip_bytes(**{"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}))
    (inbox / "page.wacz").write_bytes(zip_bytes(**{"datapackage.json": b"{}", "archive/data.warc.gz": b"x"}))
    assert set(by_name(bring(inbox))) == {"说明.docx", "page.wacz"}


def test_archives_that_are_not_opened_say_what_to_do(bring: Bring, inbox: Path) -> None:
    (inbox / "a.rar").write_bytes(b"Rar!\x1a\x07\x01\x00" + bytes(40))
    (inbox / "b.7z").write_bytes(b"7z\xbc\xaf\x27\x1c" + bytes(40))
    for file in bring(inbox).files:
        assert file.outcome is Outcome.KEPT
        assert any("解压" in note for note in file.notes)


def test_what_cannot_be_read_is_kept_with_the_reason(archive: Archive, bring: Bring, inbox: Path) -> None:
    (inbox / "a.jpg").write_bytes(b"\xff\xd8\xff\xe0" + b"junk" * 30)
    (inbox / "b.pdf").write_bytes(b"%PDF-1.7\nnothing that holds")
    (inbox / "c.mp4").write_bytes(b"\0\0\0\x18ftypisom" + bytes(60))
    (inbox / "d.png").write_bytes(write_picture(inbox / "whole.png").read_bytes()[:900])
    report = bring(inbox)
    files = by_name(report)
    for name in ("a.jpg", "b.pdf", "c.mp4", "d.png"):
        assert files[name].outcome is Outcome.KEPT
        assert "原文件已原样保存" in " ".join(files[name].troubles), name
    assert len(list_evidence(archive)) == 5


def test_a_wrong_name_is_told(bring: Bring, inbox: Path) -> None:
    (inbox / "photo.jpg").write_bytes(b"%PDF-1.4 no picture")
    (file,) = bring(inbox).files
    assert "文件名像图片，内容却是PDF" in file.notes


def test_empty_files_links_and_what_is_no_file_are_named(bring: Bring, inbox: Path, tmp_path: Path) -> None:
    (inbox / "empty.txt").touch()
    (tmp_path / "secret.txt").write_text("secret")
    (inbox / "link.txt").symlink_to(tmp_path / "secret.txt")
    (inbox / "loop").symlink_to(inbox)
    os.mkfifo(inbox / "pipe")
    report = bring(inbox, inbox / "gone.png")
    assert {file.name: file.outcome for file in report.files} == dict.fromkeys(
        ("empty.txt", "link.txt", "loop", "pipe", "gone.png"), Outcome.NOT_KEPT
    )
    assert all(file.troubles for file in report.files)


def test_an_item_that_was_taken_out_can_be_added_again(archive: Archive, bring: Bring, inbox: Path) -> None:
    picture = write_picture(inbox / "a.png")
    (item,) = bring(picture).kept
    with archive.database.writing() as session:
        remove_item(session, item.id, NOW + timedelta(hours=1))
    (again,) = bring(picture).kept
    assert again.id != item.id


def test_words_of_the_bringer_go_before_every_guess(bring: Bring, inbox: Path) -> None:
    picture = write_picture(inbox / "失败.png")
    (item,) = bring(
        picture, kind="balance_record", title="余额截图", shows="余额被冻结", source="本人平板截图", note="妹妹帮忙截的"
    ).kept
    assert (item.kind, item.title, item.shows, item.source) == (
        "balance_record", "余额截图", "余额被冻结", "本人平板截图",
    )  # fmt: skip


def test_unknown_cases_kinds_and_erased_cases_are_refused(archive: Archive, inbox: Path) -> None:
    picture = write_picture(inbox / "a.png")
    with pytest.raises(NotInArchive):
        bring_in(archive, "k-gone", [picture], at=NOW)
    with pytest.raises(ArchiveError, match="failure"):
        bring_in(archive, CASE, [picture], at=NOW, kind="no_such_kind")
    with archive.database.writing() as session:
        erase_case(session, CASE, "本人要求", NOW)
    with pytest.raises(ArchiveError, match="另立一案"):
        bring_in(archive, CASE, [picture], at=NOW)
    assert list_evidence(archive) == ()


def test_the_folder_for_unpacking_is_gone_afterwards(archive: Archive, bring: Bring, inbox: Path) -> None:
    (inbox / "x.zip").write_bytes(zip_bytes(**{"a.txt": b"hello"}))
    bring(inbox)
    assert not list(archive.staging().glob("intake-*"))


def test_progress_is_told_before_each_file(archive: Archive, inbox: Path) -> None:
    for number in range(3):
        (inbox / f"{number}.txt").write_text(f"note {number}")
    told: list[tuple[str, int, str]] = []
    bring_in(archive, CASE, [inbox], at=NOW, ocr_seconds=0, progress=lambda *words: told.append(words))
    assert told == [("read", 0, "0.txt"), ("read", 1, "1.txt"), ("read", 2, "2.txt")]


@pytest.mark.skipif(not engine_release(), reason="the extra ocr is not installed")
def test_text_in_pictures_is_read_decides_the_kind_and_is_marked(archive: Archive, inbox: Path) -> None:
    draw_screen("Redeem", "Error: invalid code", size=(540, 300)).save(inbox / "IMG_1.png")
    heic = inbox / "IMG_2.heic"
    from pillow_heif import register_heif_opener

    register_heif_opener()
    draw_screen("Amount 50.00", size=(540, 300)).save(heic)
    report = bring_in(archive, CASE, [inbox], at=NOW)
    files = by_name(report)
    item, photo = files["IMG_1.png"].item, files["IMG_2.heic"].item
    assert item is not None and photo is not None
    assert (item.kind, item.text_source) == ("failure", "ocr")
    assert "图片识别出的文字" in files["IMG_1.png"].why_kind
    assert "50.00" in photo.text
    with archive.database.reading() as session:
        assert {one.id: one for one in list_items(session, CASE)}[item.id] == item


def test_a_picture_is_turned_before_it_is_compared(bring: Bring, inbox: Path) -> None:
    screen = draw_screen("Order 1", "Amount 50.00", "not valid")
    screen.save(inbox / "1.png")
    exif = Image.Exif()
    exif[0x0112] = 6  # the sensor lay on its side
    screen.transpose(Image.Transpose.ROTATE_90).save(inbox / "2.jpg", exif=exif, quality=95)
    files = by_name(bring(inbox))
    first, second = files["1.png"].item, files["2.jpg"].item
    assert first is not None and second is not None
    assert second.duplicate_of == first.id


def test_a_zip_with_one_bad_member_is_also_kept_whole(bring: Bring, inbox: Path) -> None:
    data = bytearray(zip_bytes(**{"good.txt": b"good", "bad.txt": os.urandom(300)}))
    data[data.index(b"bad.txt") + 20] ^= 0xFF
    (inbox / "x.zip").write_bytes(data)
    files = by_name(bring(inbox))
    assert files["x.zip／good.txt"].outcome is Outcome.KEPT
    assert files["x.zip／bad.txt"].outcome is Outcome.NOT_KEPT
    assert files["x.zip"].outcome is Outcome.KEPT
    with zipfile.ZipFile(inbox / "x.zip") as packed:
        assert packed.namelist() == ["good.txt", "bad.txt"]


def test_what_a_page_hides_is_not_read_as_shown(bring: Bring, inbox: Path) -> None:
    (inbox / "售后.html").write_text(
        "<html><body><p>售后说明：无效包换</p><p style='display:none'>一经售出概不退换</p><del>包赔</del></body></html>"
    )
    (file,) = bring(inbox).files
    assert file.item is not None
    assert "包换" in file.item.text and "概不退换" not in file.item.text
    assert any("1处样式隐藏" in note for note in file.notes)


def test_a_saved_page_is_no_mail(bring: Bring, inbox: Path) -> None:
    (inbox / "page.mhtml").write_bytes(
        b"From: <Saved by Blink>\r\nSnapshot-Content-Location: https://xh88.test/terms\r\nSubject: x\r\n"
        b"Date: Tue, 10 Nov 2026 06:00:00 -0000\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/related; boundary="B"\r\n\r\n--B\r\nContent-Type: text/html; charset=utf-8\r\n\r\n'
        + "<html><body>售后说明 质保期 三天</body></html>".encode()
        + b"\r\n--B--\r\n"
    )
    (file,) = bring(inbox).files
    assert file.item is not None
    assert (file.item.kind, file.item.text_source) == ("after_sales_promise", "html")
    assert (file.facts["address"], file.item.times[0].source) == ("https://xh88.test/terms", "page")
    assert any("cardwatch import" in note for note in file.notes)


def test_a_file_that_goes_away_meanwhile_is_named_and_the_rest_is_kept(archive: Archive, inbox: Path) -> None:
    (inbox / "a.txt").write_text("a")
    (inbox / "b.txt").write_text("b")

    def vanish(_what: str, done: int, name: str) -> None:
        if name == "a.txt":
            (inbox / name).unlink()

    report = bring_in(archive, CASE, [inbox], at=NOW, ocr_seconds=0, progress=vanish)
    assert [file.outcome for file in report.files] == [Outcome.NOT_KEPT, Outcome.KEPT]


def test_two_at_once_make_one_item_of_one_file(archive: Archive, bring: Bring, inbox: Path) -> None:
    path = inbox / "账单.txt"
    path.write_text("微信支付 50.00元 交易单号 4200002211202611100001234567", "utf-8")

    def meanwhile(_what: str, _done: int, _name: str) -> None:
        bring(path)  # the first has read which files the case holds, and has not kept this one yet

    report = bring_in(archive, CASE, [path], at=NOW, ocr_seconds=0, progress=meanwhile)
    assert [file.outcome for file in report.files] == [Outcome.SAME]
    with archive.database.reading() as session:
        assert len(list_items(session, CASE)) == 1
