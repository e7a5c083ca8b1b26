"""Hostile files: nothing hangs, swells, escapes its folder or is lost, and what was refused is named."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import struct
import sys
import tarfile
import zipfile
import zlib
from pathlib import Path

import pytest
from complaints.casefiles import NOW
from PIL import Image

from monitor.complaints.intake import collect, unpack
from monitor.complaints.intake.bring import bring_in
from monitor.complaints.intake.collect import collect_files
from monitor.complaints.intake.describe import clean_name
from monitor.complaints.intake.forms import tell_form
from monitor.complaints.intake.model import FoundFile, Outcome, Refused
from monitor.complaints.intake.unpack import Budget
from scrapers import media
from scrapers.media import MediaReader
from storage.archive import Archive
from storage.errors import ArchiveFull
from storage.evidence import list_evidence, load_evidence

from .conftest import CASE, Bring, by_name
from .samples import draw_screen, write_mail, write_pdf, write_picture, zip_bytes


def budget(**changed: int) -> Budget:
    return Budget(lambda _: None, **changed)


def found_in(path: Path, tmp_path: Path, used: Budget | None = None) -> list[FoundFile | Refused]:
    folder = tmp_path / "unpacked"
    folder.mkdir(exist_ok=True)
    found = list(collect_files([path], folder, used or budget()))
    assert not [left for left in folder.rglob("*") if left.is_file()]
    return found


def test_a_bomb_of_one_member_is_refused_and_kept_packed(bring: Bring, inbox: Path) -> None:
    (inbox / "bomb.zip").write_bytes(zip_bytes(**{"zeros.bin": bytes(20 << 20), "note.txt": b"hello"}))
    files = by_name(bring(inbox))
    assert "解压炸弹" in files["bomb.zip／zeros.bin"].troubles[0]
    assert files["bomb.zip／note.txt"].outcome is Outcome.KEPT
    assert files["bomb.zip"].outcome is Outcome.KEPT


def test_a_tar_bomb_stops_before_it_is_unpacked(tmp_path: Path) -> None:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as packed:
        info = tarfile.TarInfo("zeros.bin")
        info.size = 60 << 20
        packed.addfile(info, io.BytesIO(bytes(60 << 20)))
    for name, data in (("a.tgz", gzip.compress(made.getvalue())), ("a.tar.bz2", bz2.compress(made.getvalue()))):
        (tmp_path / name).write_bytes(data)
        found = found_in(tmp_path / name, tmp_path)
        assert [type(one) for one in found] == [Refused, FoundFile]
        assert isinstance(found[0], Refused)
        assert "解压炸弹" in found[0].why


def test_counts_and_bytes_are_bounded_over_all_archives(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(zip_bytes(**{f"{number}.txt": bytes([number]) * 900 for number in range(9)}))
    few = found_in(tmp_path / "x.zip", tmp_path, budget(members=4))
    assert sum(isinstance(one, FoundFile) for one in few) == 5  # four members, and the archive whole
    small = found_in(tmp_path / "x.zip", tmp_path, budget(left=2000))
    assert sum(isinstance(one, FoundFile) for one in small) == 3
    assert any(isinstance(one, Refused) and "其余没有取出" in one.why for one in small)


def test_archives_in_archives_are_opened_to_a_depth(tmp_path: Path) -> None:
    data = b"deep"
    for number in range(6):
        data = zip_bytes(**{"inner.zip" if number else "deep.txt": data})
    (tmp_path / "outer.zip").write_bytes(data)
    found = found_in(tmp_path / "outer.zip", tmp_path)
    assert any(isinstance(one, Refused) and "超过3层" in one.why for one in found)
    assert [one.name for one in found if isinstance(one, FoundFile)] == ["inner.zip"]


def test_paths_in_archives_lead_nowhere(bring: Bring, inbox: Path, tmp_path: Path) -> None:
    names = ["../../escape.txt", "/etc/absolute.txt", "..\\..\\windows.txt", "a/../../b.txt", "."]
    (inbox / "x.zip").write_bytes(zip_bytes(**{name: name.encode() for name in names}))
    with tarfile.open(inbox / "y.tar", "w") as packed:
        for name in ("../../tar-escape.txt", "/abs-tar.txt"):
            info = tarfile.TarInfo(name)
            info.size = 3
            packed.addfile(info, io.BytesIO(b"tar"))
    before = set(tmp_path.iterdir())
    report = bring(inbox)
    assert set(tmp_path.iterdir()) == before
    shown = {file.name for file in report.files if file.outcome is Outcome.KEPT}
    assert {"x.zip／escape.txt", "x.zip／absolute.txt", "x.zip／windows.txt", "x.zip／b.txt"} <= shown
    assert not any(".." in name or "/" in name or "\\" in name for name in shown)


def test_links_and_devices_in_archives_are_not_followed(bring: Bring, inbox: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        packed.writestr(link, "/etc/passwd")
        packed.writestr("a.txt", "fine")
    (inbox / "x.zip").write_bytes(made.getvalue())
    with tarfile.open(inbox / "y.tar", "w") as tar:
        for name, kind in (("sym", tarfile.SYMTYPE), ("hard", tarfile.LNKTYPE), ("dev", tarfile.CHRTYPE)):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            tar.addfile(info)
    files = by_name(bring(inbox))
    for name in ("x.zip／link", "y.tar／sym", "y.tar／hard", "y.tar／dev"):
        assert files[name].outcome is Outcome.NOT_KEPT
    assert files["y.tar"].outcome is Outcome.KEPT


def test_a_locked_zip_is_kept_whole_with_what_to_do(bring: Bring, inbox: Path) -> None:
    data = bytearray(zip_bytes(**{"secret.txt": b"secret"}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    (inbox / "x.zip").write_bytes(data)
    files = by_name(bring(inbox))
    assert "请先解压" in files["x.zip／secret.txt"].troubles[0]
    assert files["x.zip"].outcome is Outcome.KEPT


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04" + bytes(200),
        b"PK\x05\x06" + b"\xff" * 18,
        zip_bytes(**{"a.txt": b"hello"})[:-10],
        zip_bytes(**{"a.txt": b"hello"}).replace(b"PK\x01\x02", b"XX\x01\x02"),
    ],
)
def test_a_broken_zip_is_kept_whole(bring: Bring, inbox: Path, data: bytes) -> None:
    (inbox / "x.zip").write_bytes(data)
    report = bring(inbox)
    assert [file.name for file in report.files if file.outcome is Outcome.KEPT] == ["x.zip"]


@pytest.mark.parametrize("cut", [100, 512, 700, 1300])
def test_a_tar_that_was_cut_off_is_kept_whole(bring: Bring, inbox: Path, cut: int) -> None:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as packed:
        for name in ("a.txt", "b.txt"):
            info = tarfile.TarInfo(name)
            info.size = 400
            packed.addfile(info, io.BytesIO(name.encode() * 80))
    (inbox / "x.tar").write_bytes(made.getvalue()[:cut])
    files = by_name(bring(inbox))
    assert files["x.tar"].item is not None
    assert ("x.tar／a.txt" in files) is (cut > 1024)


def test_a_tar_header_that_announces_a_huge_name_or_size_takes_no_memory(tmp_path: Path) -> None:
    for kind, size in ((b"x", 3 << 30), (b"L", 3 << 30), (b"0", 1 << 45)):
        info = tarfile.TarInfo("x")
        info.type, info.size = kind, size
        path = tmp_path / "x.tar"
        path.write_bytes(info.tobuf(tarfile.GNU_FORMAT) + bytes(1024))
        found = found_in(path, tmp_path)
        assert [type(one) for one in found] == [Refused, FoundFile]


def test_a_picture_bomb_is_not_decoded(bring: Bring, inbox: Path) -> None:
    side = 60_000
    rows = zlib.compressobj(9)
    packed = b"".join([rows.compress(bytes(1 + side)) for _ in range(200)] + [rows.flush()])

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0))
    data = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    (inbox / "x.png").write_bytes(data)
    (file,) = bring(inbox).files
    assert file.outcome is Outcome.KEPT
    assert "百万像素" in file.troubles[0]
    assert not file.notes  # nothing tried to decode it on the way to its metadata


def test_huge_and_broken_exif_does_not_hide_the_picture(bring: Bring, inbox: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = "x" * 60_000
    exif[0x0132] = "0000:00:00 00:00:00"
    exif[0x0131] = "A\0B\x1b[31m" + "y" * 5000
    write_picture(inbox / "a.jpg", exif=exif)
    (inbox / "b.jpg").write_bytes(write_picture(inbox / "whole.jpg", "b").read_bytes().replace(b"JFIF\0", b"Exif\0"))
    for file in bring(inbox).files:
        assert file.outcome is Outcome.KEPT
        assert file.item is not None
        assert not [time for time in file.item.times if time.source == "exif"]
        assert all("\x1b" not in line for line in (*file.item.conflicts, *file.notes))


def test_mail_with_ten_thousand_parts_and_mail_nested_a_thousand_deep(bring: Bring, inbox: Path) -> None:
    head = b"From: a@b.test\r\nTo: c@d.test\r\nSubject: x\r\nDate: Tue, 10 Nov 2026 16:00:00 +0800\r\n"
    part = b"--B\r\nContent-Type: text/plain\r\n\r\nhello\r\n"
    (inbox / "many.eml").write_bytes(
        head + b'Content-Type: multipart/mixed; boundary="B"\r\n\r\n' + part * 10_000 + b"--B--\r\n"
    )
    deep = head
    for number in range(1000):
        deep += b'Content-Type: multipart/mixed; boundary="B%d"\r\n\r\n--B%d\r\n' % (number, number)
    (inbox / "nested.eml").write_bytes(deep + b"\r\nend")
    files = by_name(bring(inbox))
    assert any("300个以上" in note for note in files["many.eml"].notes)
    for file in files.values():
        assert file.outcome is Outcome.KEPT
        assert file.item is not None
        assert len(file.item.text) < 70_000


def test_names_with_controls_and_directions_are_cleaned() -> None:
    assert clean_name("a\x1b[2Jb\u202egpj.exe") == "a_[2Jb_gpj.exe"
    assert clean_name("../../x/\u0000y\n.png") == "_y_.png"
    assert len(clean_name("很" * 500 + ".png")) < 180
    assert clean_name("..\\..\\a.txt") == "a.txt"
    assert clean_name("") == "未命名"


def test_a_file_whose_name_is_no_text_is_kept(archive: Archive, bring: Bring, inbox: Path) -> None:
    path = Path(str(inbox).encode().decode() + "/" + b"\xb6\xa9\xb5\xa5.txt".decode("utf-8", "surrogateescape"))
    path.write_text("hello")
    (file,) = bring(inbox).files
    assert file.item is not None
    file.name.encode()
    load_evidence(archive, file.item.evidence).name.encode()


def test_json_and_html_nested_without_end_are_survived(bring: Bring, inbox: Path) -> None:
    (inbox / "a.json").write_text('{"messages": ' + "[" * 200_000)
    (inbox / "b.html").write_text("<html>" + "<div>" * 200_000 + "text")
    (inbox / "c.txt").write_bytes(b"\xff\xfe" + bytes(range(256)) * 50)
    (inbox / "d.csv").write_text("2026-11-10 14:35 x\n" * 60_000)
    for file in bring(inbox).files:
        assert file.outcome is Outcome.KEPT


def test_a_parser_that_hangs_is_ended_and_the_next_file_is_read(tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    draw_screen("x").save(picture)
    with MediaReader(seconds=0.0) as reader:
        reader.look(picture, "image")  # the start of the child has time of its own
        slow = reader.look(picture, "image")
        assert "已停止" in slow.unread
        assert reader.look(picture, "image").facts["size"] == "540x1200"


def test_a_pdf_that_loops_or_is_locked_ends_with_a_reason(bring: Bring, inbox: Path) -> None:
    from pypdf import PdfReader, PdfWriter

    write_pdf(inbox / "open.pdf", text="secret")
    writer = PdfWriter(clone_from=PdfReader(inbox / "open.pdf"))
    writer.encrypt("geheim", algorithm="AES-256")
    writer.write(inbox / "locked.pdf")
    loop = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[2 0 R]/Count 9>>endobj\n"
    (inbox / "loop.pdf").write_bytes(loop + b"trailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF")
    files = by_name(bring(inbox))
    assert "密码" in files["locked.pdf"].troubles[0]
    assert files["loop.pdf"].outcome is Outcome.KEPT


def test_folders_are_bounded_in_depth_and_count(tmp_path: Path, inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = inbox
    for _ in range(collect.MOST_DEPTH + 3):
        deep = deep / "d"
    deep.mkdir(parents=True)
    (deep / "x.txt").write_text("x")
    found = found_in(inbox, tmp_path)
    assert isinstance(found[0], Refused) and "层" in found[0].why
    for number in range(6):
        (inbox / f"{number}.txt").write_text("x")
    monkeypatch.setattr(collect, "MOST_FILES", 4)
    found = found_in(inbox, tmp_path)
    assert sum(isinstance(one, FoundFile) for one in found) == 4
    assert isinstance(found[-1], Refused)


def test_a_full_disk_ends_the_run_and_keeps_what_was_kept(
    archive: Archive, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (inbox / "a.txt").write_text("a")
    (inbox / "b.zip").write_bytes(zip_bytes(**{"c.txt": b"c" * 1000}))
    real = archive.require_room

    def room(size: int = 0) -> None:
        if size == 1000:
            raise ArchiveFull("no room")
        real(size)

    monkeypatch.setattr(archive, "require_room", room)
    with pytest.raises(ArchiveFull):
        bring_in(archive, CASE, [inbox], at=NOW, ocr_seconds=0)
    assert len(list_evidence(archive)) == 1
    assert not list(archive.staging().glob("intake-*"))


def test_every_form_is_told_from_its_bytes() -> None:
    assert tell_form(b"\x00\x00\x00\x18ftypheic", "a.jpg").media_type == "image/heic"
    assert "文件名像图片" in tell_form(b"MZ\x90\x00" + bytes(60), "a.jpg").note
    assert tell_form(json.dumps({"messages": []}).encode(), "result.json").form == "chat_json"
    assert tell_form(b"From a@b Tue Nov 10\r\nFrom: a\r\nSubject: b\r\n\r\n", "inbox").form == "mbox"
    assert tell_form(b"", "a").form == "text"
    assert sys.maxsize > unpack.MOST_BYTES


def test_a_box_of_mail_gives_first_and_last_times(bring: Bring, inbox: Path) -> None:
    one = write_mail(inbox / "1.eml", date="Tue, 10 Nov 2026 16:00:00 +0800").read_bytes()
    two = write_mail(inbox / "2.eml", date="Wed, 11 Nov 2026 16:00:00 +0800", body="无法退款").read_bytes()
    (inbox / "1.eml").unlink()
    (inbox / "2.eml").unlink()
    (inbox / "all.mbox").write_bytes(b"From a@b.test Tue Nov 10\r\n" + one + b"\r\nFrom a@b.test Wed Nov 11\r\n" + two)
    (file,) = bring(inbox).files
    assert file.item is not None
    assert (file.item.media_type, file.item.kind) == ("application/mbox", "refusal")
    assert [f"{time.at:%d}" for time in file.item.times] == ["10", "11"]


def test_a_long_dump_changes_the_child_before_its_bound_is_reached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media, "_MOST_FILES", 2)
    picture = tmp_path / "a.png"
    draw_screen("x").save(picture)
    with MediaReader() as reader:
        assert [reader.look(picture, "image").facts.get("size") for _ in range(4)] == ["540x1200"] * 4


def test_the_child_is_not_given_the_passphrase(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARDWATCH_KEY_PASSPHRASE", "geheim")
    (tmp_path / "a.txt").write_text("x")
    with MediaReader() as reader:
        reader.look(tmp_path / "a.txt", "text")
        assert reader._process is not None
        assert b"geheim" not in Path(f"/proc/{reader._process.pid}/environ").read_bytes()
