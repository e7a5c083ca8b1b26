"""Files as phones, apps and mail servers make them, built in the tests."""

from __future__ import annotations

import io
import struct
import wave
import zipfile
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

from PIL import Image, ImageDraw
from pypdf import PdfWriter

SIZE = (540, 1200)


def draw_screen(*lines: str, size: tuple[int, int] = SIZE) -> Image.Image:
    """A phone's screen with Latin lines on it."""
    picture = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, size[0], 60), fill="#1677ff")
    for number, line in enumerate(lines):
        pen.text((30, 90 + number * 60), line, fill="black", font_size=34)
    return picture


def exif_with(*, taken: str = "", offset: str = "", changed: str = "", software: str = "") -> Image.Exif:
    exif = Image.Exif()
    exif[0x0110] = "Phone 1"  # without any tag of its own an EXIF block is not written
    if changed:
        exif[0x0132] = changed
    if software:
        exif[0x0131] = software
    if taken:
        details = exif.get_ifd(0x8769)
        details[0x9003] = taken
        if offset:
            details[0x9011] = offset
    return exif


def write_picture(path: Path, *lines: str, exif: Image.Exif | None = None) -> Path:
    draw_screen(*(lines or ("order XH20261110001", "paid 50.00"))).save(path, exif=exif or Image.Exif())
    return path


def write_pdf(path: Path, *, created: str = "", changed: str = "", producer: str = "", text: str = "") -> Path:
    writer = PdfWriter()
    page = writer.add_blank_page(300, 400)
    if text:
        from pypdf.generic import DictionaryObject, NameObject, StreamObject

        font = DictionaryObject(
            {NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1"),
             NameObject("/BaseFont"): NameObject("/Helvetica")}
        )  # fmt: skip
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
        )
        stream = StreamObject()
        stream.set_data(f"BT /F1 12 Tf 20 300 Td ({text}) Tj ET".encode())
        page[NameObject("/Contents")] = writer._add_object(stream)
    told = {"/CreationDate": created, "/ModDate": changed, "/Producer": producer}
    writer.add_metadata({name: value for name, value in told.items() if value})
    writer.write(path)
    return path


def write_sound(path: Path) -> Path:
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(8000))
    return path


def write_film(path: Path, made: datetime) -> Path:
    """A film of a few boxes (ISO/IEC 14496-12): its times count seconds since 1904 in UTC."""
    moment = int((made - datetime(1904, 1, 1, tzinfo=UTC)).total_seconds())
    matrix = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    head = struct.pack(">IIIII", 0, moment, moment, 1000, 5000)
    mvhd = _box(b"mvhd", head, struct.pack(">IH", 0x10000, 0x100), bytes(10), matrix, bytes(24), struct.pack(">I", 2))
    tkhd = _box(b"tkhd", struct.pack(">IIIIII", 7, moment, moment, 1, 0, 5000), bytes(16), matrix,
                struct.pack(">II", 720 << 16, 1280 << 16))  # fmt: skip
    mdhd = _box(b"mdhd", struct.pack(">IIIIIHH", 0, moment, moment, 1000, 5000, 0x55C4, 0))
    hdlr = _box(b"hdlr", struct.pack(">II", 0, 0), b"vide", bytes(12), b"V\0")
    moov = _box(b"moov", mvhd, _box(b"trak", tkhd, _box(b"mdia", mdhd, hdlr)))
    path.write_bytes(_box(b"ftyp", b"isom\0\0\2\0isommp42") + moov + _box(b"mdat", bytes(64)))
    return path


def write_mail(path: Path, *, date: str, received: str = "", subject: str = "订单答复", body: str = "已核实") -> Path:
    message = EmailMessage()
    message["From"] = "客服 <service@xh88.test>"
    message["To"] = "lin@mail.test"
    message["Subject"] = subject
    message["Date"] = date
    if received:
        message["Received"] = f"from mx.xh88.test by mail.test with ESMTP id 1; {received}"
    message.set_content(body)
    path.write_bytes(message.as_bytes())
    return path


def zip_bytes(**members: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in members.items():
            packed.writestr(name, data)
    return made.getvalue()


def _box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + kind + body
