"""Pictures are read once, within bounds, and a hostile one costs only itself."""

from __future__ import annotations

import io
import json
import struct
import subprocess
import sys
import time
import zlib

import pytest
from hidden.suite import draw_text, find_font

from scrapers import ocr
from scrapers.drawings import read_drawing
from scrapers.model import PictureLine, PictureText
from scrapers.ocr import NOT_INSTALLED, Picture, engine_release, read_pictures

needs_engine = pytest.mark.skipif(
    not engine_release() or not find_font(), reason="pictures cannot be drawn and read here (the extra `ocr`, a font)"
)
RULES = "一、本店卡密售出概不退换\n二、质保期为自购买之日起7天"


def condensed(text: PictureText) -> str:
    return "".join(line.text for line in text.lines).replace(" ", "")


@needs_engine
def test_the_rules_in_a_picture_are_read_with_their_confidence() -> None:
    picture = Picture.of("http://a.test/rule.png", draw_text(RULES, "plain"))
    (text,) = read_pictures([picture], {}, 60)
    assert condensed(text) == RULES.replace("\n", "")
    assert text.final and text.digest == picture.digest
    assert all(0.5 <= line.confidence <= 1.0 for line in text.lines)


@needs_engine
def test_one_hostile_picture_costs_only_itself() -> None:
    from PIL import Image

    packed = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(packed, "PNG")
    header = struct.pack(">IIBBBBB", 1_000_000, 1_000_000, 8, 2, 0, 0, 0)
    lying = (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + b"IHDR"
        + header
        + struct.pack(">I", zlib.crc32(b"IHDR" + header))
    )
    good = draw_text(RULES, "plain")
    pictures = [
        Picture.of("huge", packed.getvalue()),
        Picture.of("lying", lying),
        Picture.of("cut", good[: len(good) // 2]),
        Picture.of("junk", b"\x00\xff" * 5000),
        Picture.of("wall", draw_text("", "wall")),
        Picture.of("good", good),
        Picture.of("again", good),
    ]
    texts = read_pictures(pictures, {}, 60)
    assert "million" in texts[0].unread and texts[1].unread
    assert texts[2].unread and texts[3].unread == "it is no picture that can be opened"
    assert texts[4].unread and not texts[4].lines
    assert condensed(texts[5]) == RULES.replace("\n", "") and texts[5] == texts[6]


@needs_engine
def test_tiny_and_one_coloured_pictures_never_reach_the_recogniser() -> None:
    from PIL import Image

    pictures = []
    for size in ((12, 12), (400, 300)):
        packed = io.BytesIO()
        Image.new("RGB", size, "#3366cc").save(packed, "PNG")
        pictures.append(Picture.of("icon", packed.getvalue()))
    worker = [sys.executable, "-m", "scrapers.ocr_worker", "30"]
    sent = b"".join(struct.pack(">Q", len(picture.data)) + picture.data for picture in pictures)
    lines = subprocess.run(worker, input=sent, capture_output=True, check=True).stdout.splitlines()
    answers = [json.loads(line) for line in lines]
    assert [answer["unread"] for answer in answers] == ["too small for text: 12 x 12 px", "one colour only"]
    assert not any(answer["warm"] for answer in answers)


@needs_engine
def test_a_tall_picture_is_read_line_by_line_without_repeats() -> None:
    lines = [f"第{'零一二三四五六七八九'[n // 10]}{'零一二三四五六七八九'[n % 10]}条，逾期概不退换" for n in range(40)]
    (text,) = read_pictures([Picture.of("tall", draw_text("\n".join(lines), "plain"))], {}, 90)
    assert [line.text for line in text.lines] == lines


def test_a_known_picture_is_not_read_again() -> None:
    picture = Picture.of("known", b"bytes that no decoder opens")
    known = PictureText(picture.digest, engine_release(), (PictureLine("售出不退", 0.9),), final=True)
    assert read_pictures([picture], {picture.digest: known}, 10) == (known,)


@needs_engine
def test_a_result_of_another_release_is_read_anew() -> None:
    picture = Picture.of("known", b"bytes that no decoder opens")
    old = PictureText(picture.digest, "rapidocr 1.0", (PictureLine("售出不退", 0.9),), final=True)
    (text,) = read_pictures([picture], {picture.digest: old}, 30)
    assert text.engine == engine_release() and not text.lines


@needs_engine
def test_without_time_a_picture_is_named_and_tried_again_later() -> None:
    (text,) = read_pictures([Picture.of("late", draw_text(RULES, "plain"))], {}, 0.0)
    assert text.unread == ocr.NO_TIME and not text.final


@needs_engine
def test_the_clock_ends_a_reader_that_is_too_slow() -> None:
    started = time.monotonic()
    (text,) = read_pictures([Picture.of("slow", draw_text(RULES, "plain"))], {}, 0.2)
    assert not text.final and time.monotonic() - started < 5


def test_without_the_extra_every_picture_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "engine_release", lambda: "")
    (text,) = read_pictures([Picture.of("a", b"\x89PNG")], {}, 10)
    assert text.unread == NOT_INSTALLED and not text.final


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("<svg xmlns='s'><text>售出<tspan>不退</tspan></text></svg>", (("售出不退",), "")),
        ("<svg><path d='M0 0'/></svg>", ((), "a drawing of shapes without letters")),
        ("<svg>" + "<g>" * 5000 + "<text>质保7天</text>", (("质保7天",), "")),
    ],
)
def test_letters_of_a_drawing_are_read_as_they_are(data: str, expected: object) -> None:
    assert read_drawing(data.encode()) == expected


@pytest.mark.parametrize("rest", [b"", b"\x08\0\0\0\0\0\0\x03" + b"\xff" * 50, b"\x08\0\0\0\0\0\0\x03\x4b"])
def test_a_broken_gzip_is_no_drawing(rest: bytes) -> None:
    assert read_drawing(b"\x1f\x8b" + rest) is None


def test_other_bytes_are_no_drawing() -> None:
    assert read_drawing(b"\x89PNG\r\n") is None and read_drawing(b"\x1f\x8bbroken") is None
