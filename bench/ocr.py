"""How much of the text in pictures is read right, and what it costs: the recogniser bare, and ours in tiles and bounds.

Draws pictures of rules in Chinese with the installed font (sizes, colours, a photo behind, a tall one), reads
each by RapidOCR as it comes and by the worker of `scrapers.ocr`, and prints recall of characters and CPU seconds a
megapixel of both. `python -m bench.ocr [--json]`. Exit code 1 when ours reads less than the bound.
"""

from __future__ import annotations

import argparse
import io
import json
import logging
import resource
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))  # the font is found as the tests find it

from hidden.suite import find_font

from scrapers.ocr import Picture, read_pictures

MUST_RECALL = 0.97
LINES = (
    "一、本店商品均为虚拟卡密，下单前请仔细阅读本须知",
    "二、质保期自购买之日起7天，逾期概不补发",
    "三、面值100元，有效期至2027年12月31日",
    "四、因买家误操作造成的损失，本店不承担责任",
    "五、如遇卡密失效，请在24小时内提供录屏并联系客服",
    "六、单笔限购3件，满10件享9.5折",
)


def draw(lines: tuple[str, ...], size: int, *, ink: str = "black", ground: str = "white", photo: bool = False) -> bytes:
    """A picture of these lines, as wide as a shop's descriptions are."""
    from PIL import Image, ImageDraw, ImageFilter, ImageFont

    width, step = 790, int(size * 1.7)
    picture = Image.new("RGB", (width, 40 + step * len(lines)), ground)
    if photo:
        noise = Image.effect_noise(picture.size, 80).filter(ImageFilter.GaussianBlur(4)).point(lambda v: v // 2)
        picture = Image.merge("RGB", (noise, noise.point(lambda v: v // 2), noise))
    pen, font = ImageDraw.Draw(picture), ImageFont.truetype(find_font(), size)
    for number, line in enumerate(lines):
        pen.text((20, 20 + number * step), line, font=font, fill=ink)
    packed = io.BytesIO()
    picture.save(packed, "JPEG", quality=80)
    return packed.getvalue()


def make_samples() -> dict[str, tuple[tuple[str, ...], bytes]]:
    """Name, the lines, the picture."""
    return {
        "12 px": (LINES, draw(LINES, 12)),
        "16 px": (LINES, draw(LINES, 16)),
        "28 px": (LINES, draw(LINES, 28)),
        "grey on white": (LINES, draw(LINES, 18, ink="#999999")),
        "yellow on red": (LINES, draw(LINES, 24, ink="#ffe14d", ground="#b3001b")),
        "white on a photo": (LINES, draw(LINES, 24, ink="white", photo=True)),
        "tall, 120 lines": (LINES * 20, draw(LINES * 20, 24)),
        "one line": (LINES[1:2], draw(LINES[1:2], 20)),
    }


def recall(lines: tuple[str, ...], read: str) -> float:
    """The share of the characters that were read, each as often as it stands there."""
    wanted, found = Counter("".join(lines)), Counter(read.replace(" ", "").translate(str.maketrans(",:", "，：")))
    return sum((wanted & found).values()) / sum(wanted.values())


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if not find_font():
        print("no font draws Chinese here", file=sys.stderr)
        return 1
    from PIL import Image
    from rapidocr import RapidOCR

    logging.disable(logging.CRITICAL)
    bare = RapidOCR(params={"Global.log_level": "critical", "EngineConfig.onnxruntime.intra_op_num_threads": 1})
    warm = Picture.of("warm", draw(LINES[:1], 20))
    start = _children()
    read_pictures([warm], {}, 60)
    figures: dict[str, object] = {"start_cpu_seconds": round(_children() - start, 2)}
    rows = {}
    for name, (lines, data) in make_samples().items():
        pixels = Image.open(io.BytesIO(data)).size
        area = pixels[0] * pixels[1] / 1e6
        began = time.process_time()
        found = bare(data)
        bare_cpu = time.process_time() - began
        began = _children()
        (text,) = read_pictures([Picture.of(name, data)], {}, 120)
        ours_cpu = _children() - began - float(str(figures["start_cpu_seconds"]))
        rows[name] = {
            "megapixels": round(area, 2),
            "bare_recall": round(recall(lines, "".join(getattr(found, "txts", None) or ())), 4),
            "ours_recall": round(recall(lines, "".join(line.text for line in text.lines)), 4),
            "bare_cpu_a_megapixel": round(bare_cpu / area, 1),
            "ours_cpu_a_megapixel": round(max(ours_cpu, 0.0) / area, 1),
        }
    figures |= {"samples": rows, "child_megabytes": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024}
    figures["bare_recall"] = round(sum(row["bare_recall"] for row in rows.values()) / len(rows), 4)
    figures["ours_recall"] = round(sum(row["ours_recall"] for row in rows.values()) / len(rows), 4)
    if options.json:
        print(json.dumps(figures, ensure_ascii=False))
    else:
        for name, row in rows.items():
            print(f"{name:<18}" + "  ".join(f"{key} {value}" for key, value in row.items()))
        print({key: value for key, value in figures.items() if key != "samples"})
    return 0 if float(str(figures["ours_recall"])) >= MUST_RECALL else 1


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    sys.exit(main())
