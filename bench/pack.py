"""What a pack costs: 20 evidence items of 60 MB together, apart from the browser's PDFs; and its peak memory.

Run `python bench/pack.py [--items 20]`. The items are photographs of a telephone's screen, 3 MB each, that were looked
at before: what it costs to read the text of a picture is measured by `bench/masking.py`. Measured is all else: hashing,
copying, reducing, binding, proofs, ZIP. Memory is the peak of a process of its own, for half the items and for all: it
must not grow with their sum. Leaves with 1 when a goal is missed.
"""

from __future__ import annotations

import argparse
import io
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "tests")]

from complaints.market import Market  # noqa: E402
from pack.house import AT, House, draw, make_house  # noqa: E402
from PIL import Image  # noqa: E402

from monitor.complaints.pack.build import build_pack  # noqa: E402
from monitor.complaints.pack.mask_memory import MaskMemory, Remembered  # noqa: E402
from monitor.complaints.pack.packable import make_masker  # noqa: E402
from monitor.config.complaints import ComplaintSettings  # noqa: E402
from scrapers.process import FoundBrowser, find_browser  # noqa: E402
from storage.evidence import evidence_seed, load_evidence  # noqa: E402

GOAL_SECONDS = 5.0
GOAL_GROWTH = 60  # MB more for twice the items: less than the bytes that were added, with room for the pages
_MEGABYTES_EACH = 3.0


def main() -> int:
    """Make a case with pictures, build its pack twice, the first time here, then in a process of its own for memory."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=20)
    parser.add_argument("--again", type=Path, help="build the pack of a case that is there, and print peak memory")
    options = parser.parse_args()
    found = find_browser(os.environ)
    if found is None:
        print("no browser: nothing is measured")
        return 0
    if options.again is not None:
        _build(House(_market(options.again), (options.again / "case").read_text()), options.again / "m.zip", found)
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        peaks = []
        for count in (max(1, options.items // 2), options.items):
            place = Path(folder) / str(count)
            size = _make(place, count)
            house = House(_market(place), (place / "case").read_text())
            first, _ = _build(house, place / "first.zip", found)
            second, printing = _build(house, place / "second.zip", found)
            told = subprocess.run(
                [sys.executable, __file__, "--again", str(place)], capture_output=True, text=True, check=True
            )
            peaks.append(int(told.stdout.split()[-1]))
            print(
                f"{count} items, {size / 1e6:.0f} MB: {first:.1f} s, again {second:.1f} s, of it {printing:.1f} s the "
                f"browser's; {second - printing:.1f} s besides; peak {peaks[-1]} MB"
            )
            same = (place / "first.zip").read_bytes() == (place / "second.zip").read_bytes()
            print(f"  both packs are the same bytes: {same}")
    missed = second - printing > GOAL_SECONDS or peaks[1] - peaks[0] > GOAL_GROWTH or not same
    print(f"goal: {GOAL_SECONDS:.0f} s besides the browser's: {'missed' if missed else 'holds'}")
    return int(missed)


def _make(place: Path, count: int) -> int:
    place.mkdir()
    house = make_house(place / "market")
    archive = house.open()
    size = 0
    for number in range(count):
        data = _photograph(number)
        size += len(data)
        kind = ("order", "wallet_bill", "failure", "demand_chat", "refusal")[number % 5]
        house.bring(archive, kind, data, media_type="image/jpeg", name=f"{number}.jpg")
    file = house.gather(archive)
    memory = MaskMemory(archive, make_masker(file, "p12315").masking)
    for item in file.items:
        kept = load_evidence(archive, item.evidence)
        seed = evidence_seed(archive, kept.id)
        memory.keep(seed, kept.object, "image/jpeg", Remembered((), "", "image/jpeg"))
    archive.close()
    (place / "case").write_text(house.case)
    return size


def _photograph(number: int) -> bytes:
    """A screen with a few lines, large and with a camera's noise, of about three megabytes."""
    with Image.open(io.BytesIO(draw([f"第{number}张截图", "订单号 XH20261110001", "实付 50.00 元"]))) as screen:
        large = screen.convert("RGB").resize((2160, 3840))
    noisy = Image.blend(large, Image.effect_noise(large.size, 40).convert("RGB"), 0.12)
    data = io.BytesIO()
    quality = 97
    noisy.save(data, "JPEG", quality=quality)
    while data.tell() > _MEGABYTES_EACH * 1.1e6 and quality > 60:
        quality -= 1
        data = io.BytesIO()
        noisy.save(data, "JPEG", quality=quality)
    return data.getvalue()


def _market(place: Path) -> Market:
    return Market(place / "market")


def _build(house: House, out: Path, found: FoundBrowser) -> tuple[float, float]:
    archive = house.open()
    file = house.gather(archive)
    started = time.monotonic()
    report = build_pack(
        archive, file, "p12315", compact=False, at=AT, settings=ComplaintSettings(), out=out, browser=found
    )
    took = time.monotonic() - started
    archive.close()
    return took, report.printing_seconds


if __name__ == "__main__":
    sys.exit(main())
