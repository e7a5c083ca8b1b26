"""Pictures with the real recogniser: what is found is painted over, codes too, and the result is read again."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hidden.suite import find_font

from monitor.complaints.masking.files import SECONDS_A_PICTURE, mask_file
from monitor.complaints.masking.picture_reader import PictureReader
from monitor.complaints.model import Audience, Masking
from scrapers.ocr import engine_release

FONT = find_font()
LINES = (
    "订单编号：XH20261110001",
    "卡密信息：",
    "QK7WM-3TZ4P-N9R2D",
    "联系人：张小明  电话 138 0013 8000",
    "下单时间：2026-11-10 14:30:22",
)

pytestmark = pytest.mark.skipif(not engine_release() or not FONT, reason="needs the extra ocr and a Chinese font")


def draw_page() -> bytes:
    """An order page as a picture, with a code to pay by, and a comment in its metadata."""
    import zxingcpp
    from PIL import Image, ImageDraw, ImageFont

    picture = Image.new("RGB", (760, 620), "white")
    pen, font = ImageDraw.Draw(picture), ImageFont.truetype(FONT, 30)
    for number, line in enumerate(LINES):
        pen.text((30, 30 + number * 60), line, font=font, fill="black")
    code = zxingcpp.create_barcode("wxp://f2f0AbCdEf1234567890", zxingcpp.BarcodeFormat.QRCode)
    picture.paste(Image.fromarray(zxingcpp.write_barcode_to_image(code, scale=6)).convert("RGB"), (30, 350))
    exif = Image.Exif()
    exif[0x010E] = LINES[2]
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=92, exif=exif)
    return out.getvalue()


def test_keys_persons_and_codes_are_painted_over_and_the_rest_can_still_be_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(draw_page())
    masked = mask_file(path, "image/jpeg", Masking(Audience.AUTHORITY))
    assert masked.data is not None, masked.withheld
    assert {"card_key", "person", "phone", "payment_code"} <= {hit.kind for hit in masked.hits}
    assert b"3TZ4P" not in masked.data
    with PictureReader(SECONDS_A_PICTURE) as reader:
        seen = reader.open_picture(masked.data, ocr=True)
    text = "".join(line.text for line in seen.lines).replace(" ", "")
    assert "XH20261110001" in text and "2026-11-10" in text and "QK7W" in text
    assert not any(one in text for one in ("3TZ4P", "小明", "0013", "8000"))
    assert not seen.codes
