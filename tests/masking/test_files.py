"""Files: what is made anew holds nothing of the original but what may be seen; what cannot be checked is withheld."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from monitor.complaints.masking import files
from monitor.complaints.masking.files import mask_file
from monitor.complaints.model import Audience, Masking

AUTHORITY = Masking(Audience.AUTHORITY)
KEY = "QK7WM-3TZ4P-N9R2D"
MAIL = f"""From: Seller <zhangsan@qq.com>
To: lin@163.com
Subject: =?utf-8?b?5Y2h5a+G?= XH20261110001
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=x

--x
Content-Type: text/plain; charset=utf-8

卡密：{KEY}
--x
Content-Type: image/png; name=13800138000.png
Content-Disposition: attachment; filename=13800138000.png
Content-Transfer-Encoding: base64

aGVsbG8=
--x--
"""
PAGE = f"""<html><head><script>var k="{KEY}"</script><!-- {KEY} --></head><body><table>
<tr><th>订单号</th><td>XH20261110001</td></tr><tr><th>卡密</th><td>{KEY}</td></tr></table>
<input type=hidden value="{KEY}"><input value="￥50.00"></body></html>"""


def keep(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def draw(text: str, **saved: object) -> bytes:
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (400, 120), "white")
    ImageDraw.Draw(picture).text((20, 40), text, fill="black", font_size=24)
    out = io.BytesIO()
    picture.save(out, **saved)  # type: ignore[arg-type]
    return out.getvalue()


def make_pdf(*lines: str) -> bytes:
    """A PDF with a text layer and with metadata."""
    drawn = b"BT /F 14 Tf 60 760 Td 20 TL " + b" ".join(b"(%s) Tj T*" % line.encode() for line in lines) + b" ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >>\nstream\n" % len(drawn) + drawn + b"\nendstream",
        b"<< /Title (%s) >>" % KEY.encode(),
    ]
    made = b"%PDF-1.4\n" + b"".join(b"%d 0 obj\n%s\nendobj\n" % one for one in enumerate(objects, start=1))
    return made + b"trailer\n<< /Size 6 /Root 1 0 R /Info 5 0 R >>\n%%EOF\n"


def test_a_text_is_masked_in_its_own_encoding_and_comes_out_as_utf_8(tmp_path: Path) -> None:
    path = keep(tmp_path, "chat.txt", f"客服：卡密：{KEY}\r\n电话13800138000".encode("gb18030"))
    masked = mask_file(path, "text/plain", AUTHORITY)
    assert masked.data == "客服：卡密：QK7W****9R2D\n电话138****8000".encode()
    assert [hit.kind for hit in masked.hits] == ["card_key", "phone"]


def test_of_a_page_only_its_text_is_left(tmp_path: Path) -> None:
    masked = mask_file(keep(tmp_path, "a.html", PAGE.encode()), "text/html; charset=utf-8", AUTHORITY)
    text = (masked.data or b"").decode()
    assert masked.media_type == "text/plain; charset=utf-8"
    assert "XH20261110001" in text and "￥50.00" in text and "QK7W****9R2D" in text
    assert "3TZ4P" not in text and "var k" not in text


def test_a_mail_lists_its_attachments_and_takes_none_along(tmp_path: Path) -> None:
    masked = mask_file(keep(tmp_path, "a.eml", MAIL.encode()), "message/rfc822", AUTHORITY)
    text = (masked.data or b"").decode()
    assert "附件：image/png，5 字节（未附入遮盖副本）" in text
    assert "z****@qq.com" in text and "XH20261110001" in text
    assert not any(one in text for one in ("zhangsan", "3TZ4P", "13800138000"))
    assert masked.notes


@pytest.mark.parametrize(
    ("media_type", "why"),
    [("audio/mpeg", "录音"), ("video/mp4", "录像"), ("application/zip", "压缩包"),
     ("application/x-thing", "无法可靠遮盖"), ("image/svg+xml", "无法")],
)  # fmt: skip
def test_what_cannot_be_checked_is_withheld_with_the_reason(tmp_path: Path, media_type: str, why: str) -> None:
    masked = mask_file(keep(tmp_path, "a.bin", b"x"), media_type, AUTHORITY)
    assert masked.data is None
    assert why in masked.withheld


def test_without_recognition_a_picture_is_withheld_unless_the_user_marks_places(tmp_path: Path) -> None:
    from PIL import Image

    path = keep(tmp_path, "a.png", draw(f"CDK {KEY}", format="PNG"))
    assert "文字识别" in mask_file(path, "image/png", AUTHORITY, ocr=False).withheld
    masked = mask_file(path, "image/png", AUTHORITY, ocr=False, boxes=((10, 30, 390, 80),))
    picture = Image.open(io.BytesIO(masked.data or b""))
    assert picture.getpixel((200, 50)) == (0, 0, 0)
    assert masked.notes == ("没有做文字识别，只遮盖了手动指定的位置",)


def test_a_picture_is_made_anew_without_metadata_and_always_alike(tmp_path: Path) -> None:
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Comment", KEY)
    path = keep(tmp_path, "a.png", draw("hello", format="PNG", pnginfo=info) + KEY.encode())
    first, second = (mask_file(path, "image/png", AUTHORITY, ocr=False, boxes=((0, 0, 5, 5),)) for _ in range(2))
    assert first.data is not None and first.data == second.data
    assert KEY.encode() not in first.data
    assert Image.open(io.BytesIO(first.data)).info == {}


def test_a_pdf_of_text_is_made_anew_as_pictures(tmp_path: Path) -> None:
    import pypdfium2

    path = keep(tmp_path, "a.pdf", make_pdf("Order no: XH20261110001", f"CDK: {KEY}", "Phone: 13800138000"))
    masked = mask_file(path, "application/pdf", AUTHORITY, ocr=False)
    assert [(hit.kind, hit.where) for hit in masked.hits] == [("card_key", "第1页"), ("phone", "第1页")]
    made = pypdfium2.PdfDocument(masked.data)
    assert made[0].get_textpage().count_chars() == 0
    assert not any(made.get_metadata_dict().values())
    assert masked.data == mask_file(path, "application/pdf", AUTHORITY, ocr=False).data


def test_what_is_broken_or_too_large_is_withheld(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = mask_file(keep(tmp_path, "a.pdf", b"%PDF-1.4 nothing"), "application/pdf", AUTHORITY, ocr=False)
    assert "PDF 打不开" in broken.withheld
    picture = mask_file(keep(tmp_path, "a.png", b"no picture"), "image/png", AUTHORITY, boxes=((0, 0, 1, 1),))
    assert "不是能打开的图片" in picture.withheld
    monkeypatch.setattr(files, "MOST_BYTES", 3)
    assert "文件超过" in mask_file(keep(tmp_path, "a.txt", b"1234"), "text/plain", AUTHORITY).withheld
