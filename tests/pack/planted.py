"""A card key and an identity number, planted in every place of a case from which they could leave."""

from __future__ import annotations

import io

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from pack.house import PRODUCT, House, draw
from storage.archive import Archive
from storage.case import CaseItem

KEY = "8F2K-QW7X-3MTR-9ZPA"
BARE_KEY = KEY.replace("-", "")
NUMBER = "330106199003076512"
PAGE = (
    f"{PRODUCT}<p>卡密：{KEY}</p><div data-key='{KEY}'></div><!-- 身份证号 {NUMBER} -->"
    f"<script>var card='{KEY}';</script>"
)
STORY = f"卡密 {KEY} 无效，身份证 {NUMBER}。"
MAIL = (
    f"From: a@b.test\nTo: c@d.test\nSubject: order\nX-Card: {KEY}\nMessage-ID: <{BARE_KEY}@x>\n"
    "Date: Tue, 10 Nov 2026 10:00:00 +0800\nContent-Type: text/plain; charset=utf-8\n\n"
    f"您的卡密：{KEY}\n身份证 {NUMBER}\n"
)
MIDDLES = (KEY, BARE_KEY, KEY[5:14], BARE_KEY[4:12], NUMBER, NUMBER[6:14])
"""What must stand nowhere: whole and in part, as each is written."""


def plant(house: House, archive: Archive) -> dict[str, CaseItem]:
    """Evidence with the two in pixels, EXIF, names, a PDF's text and metadata, mail headers and a video."""
    return {
        "order": house.bring(
            archive, "order", _photo(), media_type="image/jpeg", name=f"卡密{KEY}.jpg", title=f"订单 卡密{KEY}"
        ),
        "voucher": house.bring(archive, "voucher", _pdf(), media_type="application/pdf", name=f"{NUMBER}.pdf"),
        "chat": house.bring(
            archive, "chat", MAIL.encode(), media_type="message/rfc822", name="m.eml", text=MAIL, text_source="mail"
        ),
        "recording": house.bring(
            archive, "recording", b"\0\0\0\x18ftypmp42" + KEY.encode(), media_type="video/mp4", name="v.mp4"
        ),
    }


def _photo() -> bytes:
    exif = Image.Exif()
    exif[0x010E], exif[0x9286] = f"key {KEY}", b"ASCII\0\0\0" + f"ID {NUMBER}".encode()
    with Image.open(io.BytesIO(draw(["订单详情", f"卡密 {KEY}", f"身份证号 {NUMBER}"], (560, 260)))) as drawn:
        data = io.BytesIO()
        drawn.save(data, "JPEG", exif=exif, comment=KEY.encode(), quality=92)
    return data.getvalue()


def _pdf() -> bytes:
    writer = PdfWriter()
    page = writer.add_blank_page(300, 200)
    stream = DecodedStreamObject()
    stream.set_data(f"BT /F1 12 Tf 20 100 Td (KEY {KEY}) Tj 0 -20 Td (ID {NUMBER}) Tj ET".encode())
    font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    fonts = DictionaryObject(
        {NameObject("/F1"): DictionaryObject({NameObject(key): NameObject(value) for key, value in font.items()})}
    )
    page[NameObject("/Contents")] = writer._add_object(stream)
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    writer.add_metadata({"/Title": KEY, "/Author": NUMBER})
    data = io.BytesIO()
    writer.write(data)
    return data.getvalue()
