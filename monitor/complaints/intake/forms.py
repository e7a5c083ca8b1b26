"""What form a file has, by its first bytes; its name only decides between texts. Pure but for `look_at_start`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePath

START_BYTES = 8192


@dataclass(frozen=True)
class FileForm:
    """`form`: image, pdf, audio, video, html, mhtml, mail, mbox, text, chat_json, token, zip, tar, closed or other."""

    form: str
    media_type: str
    note: str = ""


_CLOSED = "没有打开：请先在手机或电脑上解压，再把解压出来的文件夹加入"
_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"\xff\xd8\xff", "image", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image", "image/png"),
    (b"GIF8", "image", "image/gif"),
    (b"II*\x00", "image", "image/tiff"),
    (b"MM\x00*", "image", "image/tiff"),
    (b"OggS", "audio", "audio/ogg"),
    (b"ID3", "audio", "audio/mpeg"),
    (b"fLaC", "audio", "audio/flac"),
    (b"#!AMR", "audio", "audio/amr"),
    (b"\x1a\x45\xdf\xa3", "video", "video/x-matroska"),
    (b"FLV\x01", "video", "video/x-flv"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "video", "video/x-ms-asf"),
    (b"PK\x03\x04", "zip", "application/zip"),
    (b"PK\x05\x06", "zip", "application/zip"),
    (b"7z\xbc\xaf\x27\x1c", "closed", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "closed", "application/vnd.rar"),
    (b"\xfd7zXZ\x00", "closed", "application/x-xz"),
    (b"\x28\xb5\x2f\xfd", "closed", "application/zstd"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "other", "application/x-ole-storage"),  # old Office files, .msg
    (b"SQLite format 3\x00", "other", "application/vnd.sqlite3"),
    (b"WARC/1.", "other", "application/warc"),
)
_FTYP = {
    b"heic": ("image", "image/heic"), b"heix": ("image", "image/heic"), b"mif1": ("image", "image/heif"),
    b"hevc": ("image", "image/heic"), b"msf1": ("image", "image/heif"), b"avif": ("image", "image/avif"),
    b"M4A ": ("audio", "audio/mp4"), b"M4B ": ("audio", "audio/mp4"), b"qt  ": ("video", "video/quicktime"),
    b"3gp4": ("video", "video/3gpp"), b"3gp5": ("video", "video/3gpp"),
}  # fmt: skip
_RIFF = {
    b"WEBP": ("image", "image/webp"),
    b"WAVE": ("audio", "audio/wav"),
    b"AVI ": ("video", "video/x-msvideo"),
}
_TOKEN_NAMES = (".tsa", ".tsr", ".tst", ".tsq", ".p7s", ".p7m")
_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_HEADER = re.compile(
    rb"(?im)^(?:received|return-path|from|to|date|subject|message-id|mime-version|delivered-to|dkim-signature):"
)
_EXPECTED = {
    ".jpg": "image", ".jpeg": "image", ".png": "image", ".webp": "image", ".heic": "image", ".gif": "image",
    ".pdf": "pdf", ".mp4": "video", ".mov": "video", ".mp3": "audio", ".m4a": "audio", ".wav": "audio",
}  # fmt: skip
_FORM_ZH = {
    "image": "图片", "pdf": "PDF", "audio": "录音", "video": "录像", "html": "网页", "mhtml": "网页存档",
    "mail": "邮件", "mbox": "邮箱文件", "text": "文本", "chat_json": "聊天导出", "token": "时间戳文件",
    "zip": "ZIP压缩包", "tar": "TAR压缩包", "closed": "压缩包", "other": "无法识别的数据",
}  # fmt: skip


def look_at_start(path: Path) -> bytes:
    """The first bytes of a file, enough to tell its form."""
    with path.open("rb") as file:
        return file.read(START_BYTES)


def tell_form(start: bytes, name: str) -> FileForm:
    """The form of a file by its first bytes; where its name promised another, the note says so."""
    found = _tell(start, name)
    expected = _EXPECTED.get(PurePath(name.lower()).suffix, "")
    if expected and found.form != expected and not found.note:
        note = f"文件名像{_FORM_ZH[expected]}，内容却是{_FORM_ZH[found.form]}"
        return FileForm(found.form, found.media_type, note)
    return found


def _tell(start: bytes, name: str) -> FileForm:
    low = name.lower()
    for mark, form, media_type in _MAGIC:
        if start.startswith(mark):
            return FileForm(form, media_type, _CLOSED if form == "closed" else "")
    if start[4:8] == b"ftyp":
        form, media_type = _FTYP.get(start[8:12], ("video", "video/mp4"))
        return FileForm(form, media_type)
    if start[4:8] in (b"moov", b"mdat", b"wide"):
        return FileForm("video", "video/quicktime")
    if start[:4] == b"RIFF" and start[8:12] in _RIFF:
        return FileForm(*_RIFF[start[8:12]])
    if start[:2] == b"BM" and low.endswith(".bmp"):
        return FileForm("image", "image/bmp")
    if start[:2] in (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2") and low.endswith(".mp3"):
        return FileForm("audio", "audio/mpeg")
    if b"#!SILK" in start[:16]:
        return FileForm("audio", "audio/silk")
    if b"%PDF-" in start[:1024]:
        return FileForm("pdf", "application/pdf")
    if start[257:262] == b"ustar":
        return FileForm("tar", "application/x-tar")
    if start[:2] == b"\x1f\x8b" or start[:3] == b"BZh":
        packed = low.endswith((".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tbz"))
        kind = "application/gzip" if start[:2] == b"\x1f\x8b" else "application/x-bzip2"
        return FileForm("tar", kind) if packed else FileForm("closed", kind, _CLOSED)
    if low.endswith(_TOKEN_NAMES) or (start[:1] == b"\x30" and _SIGNED_DATA in start[:64]):
        return FileForm("token", "application/timestamp-reply")
    return _tell_text(start, low)


def _tell_text(start: bytes, low: str) -> FileForm:
    if start[:2] not in (b"\xff\xfe", b"\xfe\xff") and b"\0" in start:
        return FileForm("other", "application/octet-stream")
    head = start.lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"From ") and _HEADER.search(head):
        return FileForm("mbox", "application/mbox")
    if low.endswith((".mht", ".mhtml")) or b"\nSnapshot-Content-Location:" in head[:4000]:
        return FileForm("mhtml", "multipart/related")
    if low.endswith(".eml") or len(set(_HEADER.findall(head.partition(b"\n\n")[0][:4000]))) >= 3:
        return FileForm("mail", "message/rfc822")
    beginning = head[:1000].lower()
    if b"<html" in beginning or b"<!doctype html" in beginning or low.endswith((".html", ".htm")):
        return FileForm("html", "text/html")
    if head[:1] in (b"{", b"[") and b'"messages"' in start and low.endswith(".json"):
        return FileForm("chat_json", "application/json")
    if low.endswith(".json"):
        return FileForm("text", "application/json")
    if not head:
        return FileForm("text", "text/plain")
    controls = sum(1 for byte in start if byte < 32 and byte not in (9, 10, 12, 13, 27))
    if controls > len(start) // 50:
        return FileForm("other", "application/octet-stream")
    return FileForm("text", "text/csv" if low.endswith(".csv") else "text/plain")
