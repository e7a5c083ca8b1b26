"""A hostile or broken file ends in a SavedFileError or a marked capture, soon and in little memory."""

from __future__ import annotations

import gzip
import io
import json
import random
import subprocess
import sys
import time
import zipfile
import zlib
from pathlib import Path

import pytest

from scrapers.errors import SavedFileError
from scrapers.model import Capture, Outcome

from .files import NOW, TERMS_URL, WarcFile, har_bytes, mhtml_bytes, page_html, shop_warc, wacz_bytes, write
from .test_formats import open_file, reasons

MEGABYTE = 1024 * 1024


def bomb(megabytes: int, *, start: bytes = b"", fill: bytes = b"a") -> bytes:
    """Gzip that unpacks to `start` and many megabytes of one byte, made without holding them."""
    worker = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = fill * MEGABYTE
    return worker.compress(start) + b"".join(worker.compress(block) for _ in range(megabytes)) + worker.flush()


def warc_head(length: int, url: str = TERMS_URL) -> bytes:
    return (
        f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2024-03-01T00:00:00Z\r\n"
        f"Content-Type: application/http\r\nContent-Length: {length}\r\n\r\nHTTP/1.1 200 OK\r\n"
        "Content-Type: text/html\r\n\r\n"
    ).encode()


def test_gzip_bombs_are_refused_in_bounded_memory(tmp_path: Path) -> None:
    """In a process of its own, so that its peak of memory is its own."""
    inner = zlib.compressobj(9, zlib.DEFLATED, 31)
    body = inner.compress(b"<html>" + b"a" * (200 * MEGABYTE)) + inner.flush()
    files = {
        "page.html.gz": bomb(300, start=b"<html>"),
        "lines.warc.gz": bomb(300, start=b"WARC/1.1\r\nX: "),
        "body.warc.gz": bomb(400, start=warc_head(400 * MEGABYTE)),
        "inner.warc": WarcFile().add(TERMS_URL, body, headers=(("Content-Encoding", "gzip"),), request=None).data(),
    }
    for name, data in files.items():
        write(tmp_path, name, data)
    program = (
        "import resource, sys, pathlib, datetime\n"
        "from scrapers.errors import SavedFileError\n"
        "from scrapers.saved import open_saved\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):\n"
        "    try:\n"
        "        now = datetime.datetime.now(datetime.UTC)\n"
        "        open_saved(path, url='', claimed_at=None, at=now, make_id=lambda: 'c')\n"
        "        print(path.name, 'opened')\n"
        "    except SavedFileError as error:\n"
        "        print(path.name, error)\n"
        "print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, timeout=60, check=True
    )
    *lines, grown = answer.stdout.splitlines()
    assert not [line for line in lines if line.endswith("opened")], lines
    assert int(grown) < 400, answer.stdout


def test_wacz_that_would_unpack_to_more_than_the_bound_is_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("archive/data.warc", "w") as entry:
            entry.write(warc_head(300 * MEGABYTE))
            for _ in range(300):
                entry.write(b"a" * MEGABYTE)
        for number in range(8):
            archive.writestr(f"archive/{number}.warc", b"")
    data = bytearray(buffer.getvalue())
    path = write(tmp_path, "bomb.wacz", bytes(data))
    with pytest.raises(SavedFileError):
        open_file(path)


def test_wacz_of_many_files_is_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("archive/data.warc", b"")
        for number in range(6000):
            archive.writestr(f"f{number}", b"")
    with pytest.raises(SavedFileError, match="more than 5000 files"):
        open_file(write(tmp_path, "many.wacz", buffer.getvalue()))


def test_entry_names_of_a_wacz_never_reach_the_disk(tmp_path: Path) -> None:
    buffer = io.BytesIO(wacz_bytes(shop_warc().data()))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("archive/../../../evil.warc", shop_warc().data())
        archive.writestr("/etc/evil.warc", b"x")
    folder = tmp_path / "inner"
    folder.mkdir()
    open_file(write(folder, "names.wacz", buffer.getvalue()))
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["inner", "names.wacz"]


@pytest.mark.parametrize(
    "data",
    [
        b"WARC/1.1\r\n" + b"A: b\r\n" * 5000 + b"\r\n",
        warc_head(10**18) + b"<html>short",
        warc_head(-5) + b"<html>",
        b"WARC/1.1\r\nContent-Length: abc\r\n\r\n",
        b"WARC/1.1\r\n",
        b"WARC/1.1\r\n\r\n\r\n\r\n",
        b"WARC/9.9\r\nContent-Length: 0\r\n\r\n",
    ],
)
def test_broken_warc_headers_are_refused(tmp_path: Path, data: bytes) -> None:
    try:
        captures = open_file(write(tmp_path, "broken.warc", data))
    except SavedFileError:
        return
    assert all(capture.outcome is Outcome.PARTIAL for capture in captures)
    assert all("file" in reasons(capture) for capture in captures)


def test_wrong_length_of_one_record_does_not_hide_the_whole_ones_before_it(tmp_path: Path) -> None:
    good = WarcFile(gzip=False).add(TERMS_URL, page_html().encode(), request=None).data()
    broken = warc_head(50) + b"<p>longer than it says, by far" * 9
    (capture,) = open_file(write(tmp_path, "x.warc", good + broken))
    assert "ends or breaks" in reasons(capture)["file"]


def test_deep_mime_nesting_is_refused(tmp_path: Path) -> None:
    level = b"Content-Type: multipart/related; boundary=b\r\n\r\n--b\r\n"
    data = b"MIME-Version: 1.0\r\n" + level * 3000 + b"Content-Type: text/html\r\n\r\n<html>deep</html>\r\n--b--\r\n"
    with pytest.raises(SavedFileError):
        open_file(write(tmp_path, "deep.mhtml", data), url=TERMS_URL)


def test_mhtml_of_very_many_parts_is_refused(tmp_path: Path) -> None:
    part = b"------MultipartBoundary--abc----\r\nContent-Type: text/css\r\n\r\nx\r\n"
    head, mark, rest = mhtml_bytes().partition(b"\r\n\r\n")
    with pytest.raises(SavedFileError, match="parts"):
        open_file(write(tmp_path, "many.mhtml", head + mark + part * 100_000 + rest))


def test_deep_and_odd_json_is_refused(tmp_path: Path) -> None:
    for data in (
        b'{"log":' + b"[" * 200_000,
        b'{"log": {"entries": ' + b"9" * 100_000 + b"}}",
        b'{"log": {"entries": [null, 1, "x"]}}',
        b'{"log": {"entries": {}}}',
        json.dumps({"log": {"entries": [{}] * 30_000}}).encode(),
        b'{"log": {"entries": []}} trailing',
    ):
        with pytest.raises(SavedFileError):
            open_file(write(tmp_path, "x.har", data), url=TERMS_URL)


def test_deep_html_is_read_soon(tmp_path: Path) -> None:
    html = "<html><body>" + "<div>" * 200_000 + "条款" + "</body></html>"
    started = time.perf_counter()
    (capture,) = open_file(write(tmp_path, "deep.html", html), url=TERMS_URL)
    assert time.perf_counter() - started < 10
    assert isinstance(capture, Capture)


def test_addresses_that_are_no_web_pages_are_not_taken(tmp_path: Path) -> None:
    for address in ("file:///etc/passwd", "javascript:alert(1)", "http://[::1", "https://", "about:blank"):
        page = f"<!-- saved from url=({len(address):04})" + address + " -->" + page_html()
        with pytest.raises(SavedFileError, match="--url"):
            open_file(write(tmp_path, "x.html", page))


def test_cut_or_flipped_files_never_raise_another_error(tmp_path: Path) -> None:
    """Each format, cut short and with random bytes changed: an answer or a SavedFileError, nothing else."""
    draw = random.Random(20261122)
    originals = (
        shop_warc().data(),
        shop_warc(gzip=False).data(),
        wacz_bytes(shop_warc().data()),
        mhtml_bytes(),
        har_bytes(),
        gzip.compress(page_html().encode()),
    )
    for original in originals:
        for _ in range(60):
            data = bytearray(original[: draw.randint(1, len(original))] if draw.random() < 0.4 else original)
            for _ in range(draw.randint(1, 6)):
                data[draw.randrange(len(data))] = draw.randrange(256)
            try:
                captures = open_file(write(tmp_path, "x", bytes(data)), url=TERMS_URL)
            except SavedFileError:
                continue
            assert all(capture.started_at == NOW for capture in captures)
