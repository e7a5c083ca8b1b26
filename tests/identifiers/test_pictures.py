"""QR codes and recognised texts: static codes are read, codes of one order never, hostile pictures do no harm."""

from __future__ import annotations

import base64
import hashlib
import io
from datetime import UTC, datetime

import pytest
import zxingcpp
from PIL import Image

from scrapers.identifiers.capture import identifiers_of_capture
from scrapers.identifiers.pictures import find_picture_identifiers, list_code_pictures, read_codes
from scrapers.model import (
    Capture,
    Exchange,
    Outcome,
    PageContent,
    PictureLine,
    PictureText,
    SeenPicture,
    Vantage,
    View,
    ViewKind,
)
from scrapers.ocr import Picture

AT = datetime(2026, 11, 1, tzinfo=UTC)
HOME = "https://www.xh88.com/"
ALIPAY = "HTTPS://QR.ALIPAY.COM/FKX01234ABCDEFGH5678"
ORDER = "https://qr.alipay.com/bax03434xyzabcdefgh0051"
WECHAT = "wxp://f2f0AbCdEfGhIjKlMnOpQrStUvWxYz012345"


def picture(*texts: str, form: str = "PNG", scale: int = 4, margin: int = 20) -> bytes:
    """A poster with the codes of these texts beside each other."""
    codes = []
    for text in texts:
        code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
        codes.append(Image.fromarray(zxingcpp.write_barcode_to_image(code, scale=scale)))  # type: ignore[arg-type]
    width = sum(one.width for one in codes) + margin * (len(codes) + 1)
    ground = Image.new("L", (width, max(one.height for one in codes) + 2 * margin), 255)
    left = margin
    for one in codes:
        ground.paste(one, (left, margin))
        left += one.width + margin
    file = io.BytesIO()
    ground.save(file, form)
    return file.getvalue()


def exchange(data: bytes, path: str = "upload/a.png", **parts: object) -> Exchange:
    digest = hashlib.sha256(data).hexdigest()
    headers = (("Content-Type", "image/png"),)
    start = {"status": 200, "body": data, "body_digest": digest, "response_headers": headers}
    return Exchange(1, HOME + path, "GET", AT, "image", **(start | parts))  # type: ignore[arg-type]


def capture(*exchanges: Exchange, views: tuple[View, ...] = ()) -> Capture:
    return Capture("c", HOME, HOME, Vantage(), AT, AT, Outcome.COMPLETE, exchanges=exchanges, views=views)


def read(capture: Capture, content: PageContent | None = None) -> set[tuple[str, str]]:
    found = find_picture_identifiers(capture, content or PageContent(HOME, "<p>x</p>"))
    assert {one.place for one in found} <= {"image_ocr"}
    return {(one.kind, one.value) for one in found}


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF"])
def test_static_codes_are_read_in_each_format(form: str) -> None:
    found = read(capture(exchange(picture(ALIPAY, WECHAT, form=form))))
    assert found == {("alipay_static", "fkx01234abcdefgh5678"), ("wechat_static", WECHAT)}


def test_a_code_of_one_order_is_no_identifier() -> None:
    assert read(capture(exchange(picture(ORDER, "weixin://wxpay/bizpayurl?pr=AbC12xyz")))) == set()


def test_contacts_in_codes_are_read() -> None:
    telegram, group = "https://t.me/kamao_kefu", "https://qm.qq.com/q/AbCd123456"
    found = read(capture(exchange(picture(telegram, group))))
    assert ("telegram", "kamao_kefu") in found
    assert any(kind == "qq_group" or kind == "qq" for kind, _ in found - {("telegram", "kamao_kefu")})


def test_a_wallets_bare_address_is_read() -> None:
    assert read(capture(exchange(picture("TNaRAoLUyYEV2uF7GUrzSjRQTU8v5ZJ5VR")))) == {
        ("crypto", "TNaRAoLUyYEV2uF7GUrzSjRQTU8v5ZJ5VR")
    }


def test_a_picture_in_the_markup_and_a_canvas_are_looked_at() -> None:
    inline = f'<img src="data:image/png;base64,{base64.b64encode(picture(ALIPAY)).decode()}">'
    assert read(capture(), PageContent(HOME, inline)) == {("alipay_static", "fkx01234abcdefgh5678")}
    drawn = picture(WECHAT)
    view = View(ViewKind.CANVAS, "image/png", drawn, hashlib.sha256(drawn).hexdigest(), "canvas 1")
    assert read(capture(views=(view,))) == {("wechat_static", WECHAT)}


def test_the_screenshot_is_looked_at_where_the_page_asks_to_scan() -> None:
    shot = picture(ALIPAY)
    view = View(ViewKind.SCREENSHOT, "image/png", shot, hashlib.sha256(shot).hexdigest())
    asking = PageContent(HOME, "<p>打开支付宝扫一扫</p>", "打开支付宝扫一扫")
    assert read(capture(views=(view,)), asking) == {("alipay_static", "fkx01234abcdefgh5678")}
    assert list_code_pictures(capture(views=(view,)), PageContent(HOME, "<p>x</p>", "x")) == ()


def test_a_picture_is_decoded_once_and_known_codes_are_used() -> None:
    data = b"\x89PNG not a picture at all" * 10
    known = {hashlib.sha256(data).hexdigest(): (ALIPAY,)}
    found = find_picture_identifiers(capture(exchange(data)), PageContent(HOME, ""), codes=known)
    assert [one.value for one in found] == ["fkx01234abcdefgh5678"]


def test_a_new_address_in_a_code_counts_where_the_picture_says_so() -> None:
    data = picture("https://kamao-new.net/")
    seen = SeenPicture(
        "x", PictureText(hashlib.sha256(data).hexdigest(), "e", (PictureLine("扫码收藏最新网址", 0.99),))
    )
    said = PageContent(HOME, "<p>x</p>", pictures=(seen,))
    assert read(capture(exchange(data)), said) == {("notice_successor", "kamao-new.net")}
    assert read(capture(exchange(data))) == set()


def test_recognised_texts_give_identifiers_as_sure_as_their_line() -> None:
    good, bad = "91440300MA5DA1234", "统一社会信用代码 914403001922038216"
    lines = (
        PictureLine("统一社会信用代码：91110000600037341L", 0.93),
        PictureLine(bad[:-1] + "X", 0.99),
        PictureLine(f"注册号 {good}", 0.99),
        PictureLine("客服QQ：283746510", 0.4),
    )
    content = PageContent(
        HOME, "", pictures=(SeenPicture("https://www.xh88.com/zz.jpg", PictureText("d", "e", lines)),)
    )
    found = find_picture_identifiers(capture(), content)
    assert [(one.kind, one.value, one.place, one.confidence) for one in found] == [
        ("uscc", "91110000600037341L", "image_ocr", 0.93)
    ]


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n" + b"\0" * 400, b"GIF89a" + b"\xff" * 500, b"x" * 300])
def test_a_broken_picture_hides_no_other(data: bytes) -> None:
    asked = capture(exchange(data, "a.png"), exchange(picture(ALIPAY), "b.png"))
    assert read(asked) == {("alipay_static", "fkx01234abcdefgh5678")}


def test_a_bomb_is_refused_by_its_size_and_the_next_is_read() -> None:
    file = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(file, "PNG")
    bomb, good = Picture.of("bomb", file.getvalue()), Picture.of("good", picture(WECHAT))
    assert read_codes((bomb, good), {}) == {bomb.digest: (), good.digest: (WECHAT,)}


def test_pictures_are_bounded_in_number() -> None:
    many = [exchange(b"\x89PNG" + bytes([n]) * 400, f"{n}.png") for n in range(200)]
    assert len(list_code_pictures(capture(*many), PageContent(HOME, ""))) < 61


def test_codes_are_a_part_of_the_whole_capture() -> None:
    found = identifiers_of_capture(capture(exchange(picture(ALIPAY))), PageContent(HOME, "<p>x</p>"))
    assert ("alipay_static", "image_ocr") in {(one.kind, one.place) for one in found}
