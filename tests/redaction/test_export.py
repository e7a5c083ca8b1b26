"""A redacted export: no secret in the whole file, verified as redacted, and an entry of the log of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from bytes.samples import START, digest, later, shop_page
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key

from monitor.export import export_capture
from redaction.test_records import PHONE, SESSION, TOKEN, logged_in
from scrapers.model import Capture, View, ViewKind
from storage.archive import Archive, open_archive
from storage.errors import ArchiveError
from storage.package import PackageWriter
from storage.warc import read_records

ROOT = Path(__file__).parents[2]
SPELLINGS = (SESSION, quote(SESSION, safe=""), quote(SESSION), json.dumps(SESSION)[1:-1], TOKEN)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    root = tmp_path / "archive"
    opened = open_archive(root, f"sqlite:///{root}/cardwatch.db", at=START, minimum_free_megabytes=1)
    yield opened
    opened.close()


def export(archive: Archive, folder: Path, capture: Capture, *masks: str, redacted: bool = True) -> Path:
    archive.keep_capture(capture, shop_page(archive))
    path = folder / f"{capture.id}.wacz"
    export_capture(archive, capture.id, path, at=later(capture, minutes=1), masks=masks if redacted else None)
    return path


def repeat(archive: Archive) -> Capture:
    """A second visit to the same page whose payloads all lie in the WARC of the first, views reused."""
    first = logged_in()
    archive.keep_capture(first, shop_page(archive))
    again = logged_in()
    moved = tuple(replace(item, started_at=item.started_at + timedelta(hours=1)) for item in again.exchanges)
    views = tuple(replace(view, data=None, reused_from=first.id) for view in first.views)
    at = first.started_at + timedelta(hours=1)
    return replace(again, started_at=at, ended_at=at, exchanges=moved, views=views, full_views=False)


def unpack(path: Path) -> bytes:
    """Every byte of the package, records unpacked."""
    found = []
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            data = package.read(name)
            if name.endswith(".warc.gz"):
                target = path.with_suffix(".warc")
                target.write_bytes(data)
                with target.open("rb") as file:
                    found += [json.dumps(r.headers).encode() + r.head + r.payload for r in read_records(file)]
            elif name.endswith(".gz"):
                data = zlib.decompress(data, 31)
            found.append(data)
    return b"\n".join(found)


def verify(path: Path) -> tuple[int, dict[str, object]]:
    done = subprocess.run(
        [sys.executable, "-m", "monitor", "verify", str(path), "--json"], cwd=ROOT, capture_output=True, check=False
    )
    return done.returncode, json.loads(done.stdout)


def checks(told: dict[str, object]) -> dict[str, set[str]]:
    """The names of the checks by their status."""
    found: dict[str, set[str]] = {}
    for target in told["targets"]:  # type: ignore[attr-defined]
        for subject in target["subjects"]:
            for check in subject["checks"]:
                found.setdefault(check["status"], set()).add(check["check"])
    return found


@pytest.mark.parametrize("visit", ["first", "repeat"])
def test_nothing_secret_is_in_the_file_and_it_verifies_as_redacted(
    archive: Archive, tmp_path: Path, visit: str
) -> None:
    path = export(archive, tmp_path, logged_in() if visit == "first" else repeat(archive))
    everything = unpack(path)
    for spelled in SPELLINGS:
        assert spelled.encode() not in everything
    if visit == "first":  # of a repeat visit it lies in another file and is withheld
        assert b"88.00" in everything  # the price beside the token is still there
    code, told = verify(path)
    found = checks(told)
    assert not found.get("failed"), found["failed"]
    assert "redactions" in found["redacted"]
    assert "derivative" in found["passed"]
    assert (code, told["verdict"]) == (22, "cannot_say")


def test_whole_exports_keep_what_a_redacted_one_takes_out(archive: Archive, tmp_path: Path) -> None:
    path = export(archive, tmp_path, logged_in(), redacted=False)
    assert SESSION.encode() in unpack(path)


def test_a_masked_name_is_nowhere_in_the_file(archive: Archive, tmp_path: Path) -> None:
    text = f"账号 {PHONE} 售后：7天".encode()
    views = (
        View(ViewKind.TEXT, "text/plain", text, digest(text)),
        View(ViewKind.SCREENSHOT, "image/png", b"\x89PNG shows it", digest(b"\x89PNG shows it")),
    )
    path = export(archive, tmp_path, replace(logged_in(views), title=f"{PHONE} 的订单"), PHONE)
    everything = unpack(path)
    assert PHONE.encode() not in everything and b"shows it" not in everything
    assert digest(text).encode() not in everything
    assert "售后：7天".encode() in everything
    assert not checks(verify(path)[1]).get("failed")


def test_a_damaged_copy_is_altered_and_not_redacted(archive: Archive, tmp_path: Path) -> None:
    path, damaged = export(archive, tmp_path, logged_in()), tmp_path / "damaged.wacz"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(damaged, "w") as target:
        for entry in source.infolist():
            data = source.read(entry)
            is_warc = entry.filename == "archive/capture.warc.gz"
            target.writestr(entry, data[:-40] + bytes(40) if is_warc else data)
    assert verify(damaged)[0] == 20


def test_masks_that_would_blacken_everything_are_refused(archive: Archive, tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="too short"):
        export(archive, tmp_path, logged_in(), "天")


def test_a_repeat_visit_with_a_secret_in_a_plain_header_verifies_as_redacted(archive: Archive, tmp_path: Path) -> None:
    visit = repeat(archive)
    note = replace(visit.exchanges[0], response_headers=(*visit.exchanges[0].response_headers, ("X-Note", SESSION)))
    path = export(archive, tmp_path, replace(visit, exchanges=(note, *visit.exchanges[1:])))
    assert SESSION.encode() not in unpack(path)
    assert not checks(verify(path)[1]).get("failed")


def invent_text(files: dict[str, bytes]) -> None:
    header, page = (json.loads(line) for line in files["pages/pages.jsonl"].splitlines())
    page.update(text="¥1.00")
    header.update(hasText=True)
    files["pages/pages.jsonl"] = b"".join(json.dumps(line).encode() + b"\n" for line in (header, page))


def invent_title(files: dict[str, bytes]) -> None:
    told = json.loads(files["cardwatch/proof.json"])
    told["capture"]["title"] = "¥1.00"
    files["cardwatch/proof.json"] = json.dumps(told).encode()


def claim_redactions(files: dict[str, bytes]) -> None:
    told = json.loads(files["cardwatch/proof.json"])
    said = {item.get("exchange") for item in told["redactions"]}
    number = next(number for number in range(9) if number not in said)
    told["redactions"].append({"exchange": number, "how": "withheld"})
    files["cardwatch/proof.json"] = json.dumps(told).encode()


@pytest.mark.parametrize("masks", [(), (PHONE,)])
@pytest.mark.parametrize("invent", [invent_text, invent_title, claim_redactions])
def test_nobody_writes_into_a_redacted_copy_what_nothing_in_it_proves(
    archive: Archive, tmp_path: Path, invent: Callable[[dict[str, bytes]], None], masks: tuple[str, ...]
) -> None:
    path = export(archive, tmp_path, logged_in(), *masks)
    with zipfile.ZipFile(path) as package:
        files = {name: package.read(name) for name in package.namelist() if not name.startswith("datapackage")}
        listed = json.loads(package.read("datapackage.json"))
    invent(files)
    with path.open("wb") as file, PackageWriter(file, START) as package:
        for name, data in files.items():
            package.add(name, data)
        about = {name: listed[name] for name in ("title", "mainPageURL", "mainPageDate")}
        package.finish(about, generate_private_key(SECP384R1()), created=START, software=listed["software"])
    code, told = verify(path)
    assert (code, told["verdict"]) == (20, "altered")


def test_an_archive_is_for_its_owner_only(archive: Archive) -> None:
    assert archive.root.stat().st_mode & 0o077 == 0
