"""What a capture costs and keeps beside other tools, on the same local shop and in one run.

`python -m bench.peers [--pages 6] [--tools FOLDER] [--json]`. single-file-cli (npm) and PlaywrightCapture (PyPI) are
installed into a temporary folder, or kept in `--tools`. Each tool is one process that captures the same pages with the
same Chromium, one after the other. CPU is of the whole process tree; bytes are what lies on the disk after. What is
kept is looked up in the output.
"""

from __future__ import annotations

import argparse
import asyncio
import ctypes
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.shop import open_shop
from scrapers.browser import find_browser, open_browser
from scrapers.model import NetworkPolicy, PageTask, Role
from storage.archive import open_archive
from storage.ids import new_id
from storage.pages import ensure_page

SINGLE_FILE = "single-file-cli@2.0.83"
PLAYWRIGHT_CAPTURE = "playwrightcapture==1.43.1"
_SECONDS = 300
_SUBREAPER = 36

_DRIVER = """
import asyncio, json, sys
from pathlib import Path
from playwright.async_api import BrowserType
from playwrightcapture import Capture
from lookyloo_models import CaptureSettings

launch = BrowserType.launch

async def with_ours(self, **options):
    options.pop("channel", None)
    options["args"] = [*(options.get("args") or []), "--no-sandbox"]
    return await launch(self, executable_path=sys.argv[1], **options)

BrowserType.launch = with_ours

async def main():
    folder = Path(sys.argv[2])
    for number, url in enumerate(sys.argv[3:]):
        settings = CaptureSettings(url=url, browser="chromium", general_timeout_in_sec=60, with_favicon=False)
        async with Capture("ERROR", capture_settings=settings, only_global_lookup=False) as capture:
            await capture.initialize_context()
            found = await capture.capture_page(max_depth_capture_time=60)
        if found.get("error"):
            print(found["error"], file=sys.stderr)
        (folder / f"{number}.har").write_text(json.dumps(found.get("har")))
        (folder / f"{number}.html").write_text(found.get("html") or "")
        if found.get("png"):
            (folder / f"{number}.png").write_bytes(found["png"])

asyncio.run(main())
"""


@dataclass(frozen=True)
class Side:
    """One tool's figures: per page seconds of wall and CPU and kilobytes, and what its output holds."""

    tool: str
    seconds: float
    cpu_seconds: float
    kilobytes: float
    kept: dict[str, bool]


def adopt_orphans() -> None:
    """Have the kernel give us what a tool leaves behind, so that its CPU is counted (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)


def reap() -> None:
    """Clear away every child that has ended."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            done, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not done:
            time.sleep(0.02)


def run_tool(
    command: Sequence[str], folder: Path, pages: int, environment: dict[str, str]
) -> tuple[float, float, float]:
    """Seconds, CPU seconds and kilobytes for a page of one process and all that it started."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(command, timeout=_SECONDS, env=environment, capture_output=True, check=False)
    seconds = time.monotonic() - started
    reap()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{command[0]} ended with {done.returncode}: {done.stderr.decode(errors='replace')[-800:]}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return seconds / pages, cpu / pages, size / pages / 1000


def look(text: str, blobs: int, *, requests: bool, proof: bool, screenshot: bool) -> dict[str, bool]:
    """What an output holds, by marks of the shop's page."""
    return {
        "text after scripts": bool(re.search(r"CARD|商品|库存|¥", text)),
        "pictures": blobs >= 5,
        "screenshot": screenshot,
        "requests and headers": requests,
        "proof of time and wholeness": proof,
    }


async def capture_with_cardwatch(folder: Path, urls: Sequence[str]) -> None:
    """Our side: full captures, stored, sealed."""
    found = find_browser(os.environ)
    assert found is not None
    archive = open_archive(folder, f"sqlite:///{folder}/cardwatch.db", at=now())
    try:
        async with open_browser(found, NetworkPolicy(allow_private=("127.0.0.1",)), now) as browser:
            for url in urls:
                with archive.database.writing() as session:
                    page = ensure_page(session, "bench", url, Role.PRODUCT, "desktop", now())
                capture = await browser.capture_page(PageTask(new_id("capture", now()), url, Role.PRODUCT))
                await asyncio.to_thread(archive.keep_capture, capture, page)
        from storage.checkpoints import seal_log

        seal_log(archive, now())
    finally:
        archive.close()


def now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


def real_program(path: Path) -> Path:
    """The browser itself: Debian's command is a script in front of it, which single-file-cli never sees end."""
    inner = Path("/usr/lib/chromium") / path.name
    return inner if inner.is_file() else path


def install(tools: Path) -> tuple[Path, Path]:
    """Install both tools where they are not yet; gives single-file's program and PlaywrightCapture's python."""
    program, python = tools / "node_modules/.bin/single-file", tools / "venv/bin/python"
    if not program.exists():
        subprocess.run(
            ["npm", "install", "--prefix", str(tools), "--no-save", SINGLE_FILE], check=True, capture_output=True
        )
    if not python.exists():
        venv.create(tools / "venv", with_pip=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", PLAYWRIGHT_CAPTURE], check=True, capture_output=True)
    return program, python


def measure(tools: Path, pages: int) -> list[Side]:
    """All tools on the same pages."""
    found = find_browser(os.environ)
    if found is None:
        sys.exit("no browser was found: see `cardwatch doctor`")
    adopt_orphans()
    program, python = install(tools)
    sides: list[Side] = []
    environment = dict(os.environ)
    with tempfile.TemporaryDirectory(prefix="cardwatch-peers-") as place:
        home = Path(place)
        with open_shop(home / "pictures", str(found.path)) as shop:
            urls = [shop.list_page, *shop.product_pages][:pages]
            ours = home / "cardwatch"
            figures = run_tool(
                [sys.executable, "-m", "bench.peers", "--into", str(ours), *urls], ours, pages, environment
            )
            sides.append(Side("cardwatch", *figures, _look_at_ours(ours)))
            single = home / "single"
            single.mkdir()
            lines = home / "urls"
            lines.write_text("\n".join(urls))
            options = [
                f"--browser-executable-path={real_program(Path(found.path))}",
                "--browser-arg=--no-sandbox",
                f"--output-directory={single}",
            ]
            template = "--filename-template={url-hostname}-{digest-sha-256}.html"
            figures = run_tool([str(program), f"--urls-file={lines}", *options, template], single, pages, environment)
            text = "".join(path.read_text(errors="replace") for path in single.rglob("*.html"))
            blobs = text.count("data:image/")
            sides.append(Side(SINGLE_FILE, *figures, look(text, blobs, requests=False, proof=False, screenshot=False)))
            lacus = home / "lacus"
            lacus.mkdir()
            driver = home / "driver.py"
            driver.write_text(_DRIVER)
            figures = run_tool(
                [str(python), str(driver), str(found.path), str(lacus), *urls], lacus, pages, environment
            )
            text = "".join(path.read_text(errors="replace") for path in lacus.glob("*.html"))
            har = "".join(path.read_text(errors="replace") for path in lacus.glob("*.har"))
            kept = look(
                text, har.count('"image/'), requests='"responseHeaders"' in har or '"headers"' in har, proof=False,
                screenshot=any(lacus.glob("*.png")),
            )  # fmt: skip
            sides.append(Side(PLAYWRIGHT_CAPTURE, *figures, kept))
    return sides


def _look_at_ours(folder: Path) -> dict[str, bool]:
    from storage.captures import list_captures

    archive = open_archive(folder, f"sqlite:///{folder}/cardwatch.db", at=now())
    try:
        with archive.database.reading() as session:
            captures = [archive.load_capture(stored.id) for stored in list_captures(session)]
    finally:
        archive.close()
    text = "".join(
        view.data.decode("utf-8", "replace") for c in captures for view in c.views if view.kind == "text" and view.data
    )
    pictures = sum(
        1 for capture in captures for item in capture.exchanges if item.resource_type == "image" and item.status
    )
    headers = any(item.response_headers for capture in captures for item in capture.exchanges)
    shot = any(view.kind == "screenshot" for capture in captures for view in capture.views)
    return look(text, pictures, requests=headers, proof=(folder / "log" / "checkpoint").is_file(), screenshot=shot)


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=6)
    parser.add_argument("--tools", type=Path)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("urls", nargs="*", help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.into:
        asyncio.run(capture_with_cardwatch(wanted.into, wanted.urls))
        return 0
    with tempfile.TemporaryDirectory(prefix="cardwatch-tools-") as folder:
        tools = (wanted.tools or Path(folder)).resolve()
        tools.mkdir(parents=True, exist_ok=True)
        sides = measure(tools, wanted.pages)
    if wanted.json:
        print(json.dumps([asdict(side) for side in sides], indent=2))
        return 0
    for side in sides:
        print(f"{side.tool:28} {side.seconds:7.2f} s  {side.cpu_seconds:7.2f} s CPU  {side.kilobytes:9.1f} kB a page")
        print("    keeps " + ", ".join(what for what, there in side.kept.items() if there))
        print("    lacks " + (", ".join(what for what, there in side.kept.items() if not there) or "nothing of these"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
