"""A WACZ file (zip of WARC files and a list of pages): its pages, and whether its own hashes hold.

Nothing is unpacked to disk: entry names are only looked up, and every entry is read within bounds.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from dataclasses import replace
from functools import partial
from pathlib import Path

from scrapers.errors import SavedFileError
from scrapers.model import Missing
from scrapers.saved.page import MAX_CONTAINER_BYTES, MEGABYTE, SavedPage, parse_iso_time, web_address
from scrapers.saved.warc import read_warc
from scrapers.saved.warc_index import NamedPage
from scrapers.saved.warc_records import WarcSource

_MAX_ENTRIES = 5000
_MAX_LIST_BYTES = 20 * MEGABYTE
_MAX_LIST_LINES = 20_000


def read_wacz(path: Path, *, url: str = "") -> tuple[SavedPage, ...]:
    """The pages of a WACZ, in order of time; only those of `url` if it is given."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _read_archive(path.name, archive, url)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise SavedFileError(f"{path.name} is not a whole zip file ({error}); fetch or export it again") from error


def is_wacz(path: Path) -> bool:
    """Whether a zip file has what every WACZ has: WARC files in its archive folder."""
    try:
        with zipfile.ZipFile(path) as archive:
            return bool(_warc_names(archive))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def _read_archive(name: str, archive: zipfile.ZipFile, url: str) -> tuple[SavedPage, ...]:
    entries = archive.infolist()
    if len(entries) > _MAX_ENTRIES:
        raise SavedFileError(
            f"{name} holds more than {_MAX_ENTRIES} files; export the wanted page alone and import that"
        )
    if sum(entry.file_size for entry in entries) > MAX_CONTAINER_BYTES:
        raise SavedFileError(
            f"{name} would unpack to over {MAX_CONTAINER_BYTES // MEGABYTE} MB; export the wanted page alone"
        )
    warcs = _warc_names(archive)
    sources = [WarcSource(warc, partial(archive.open, warc)) for warc in warcs]
    missing = _check_hashes(archive, warcs)
    pages = read_warc(sources, url=url, named=_read_page_list(archive))
    return tuple(_with_missing(page, missing) for page in pages)


def _with_missing(page: SavedPage, missing: tuple[Missing, ...]) -> SavedPage:
    return replace(page, missing=page.missing + missing, whole=page.whole and not missing)


def _warc_names(archive: zipfile.ZipFile) -> list[str]:
    return sorted({n for n in archive.namelist() if n.startswith("archive/") and n.endswith((".warc", ".warc.gz"))})


def _read_page_list(archive: zipfile.ZipFile) -> list[NamedPage]:
    pages: list[NamedPage] = []
    if "pages/pages.jsonl" not in archive.namelist():
        return pages
    for line in _read_entry(archive, "pages/pages.jsonl").splitlines()[:_MAX_LIST_LINES]:
        try:
            row: object = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if not isinstance(row, dict) or not isinstance(row.get("url"), str) or not web_address(row["url"]):
            continue
        moment, title = row.get("ts"), row.get("title")
        pages.append(
            NamedPage(
                web_address(row["url"]),
                parse_iso_time(moment) if isinstance(moment, str) else None,
                title if isinstance(title, str) else "",
            )
        )
    return pages


def _check_hashes(archive: zipfile.ZipFile, warcs: list[str]) -> tuple[Missing, ...]:
    """What datapackage.json says of the WARC files, against their bytes."""
    try:
        package: object = json.loads(_read_entry(archive, "datapackage.json"))
    except (KeyError, ValueError, RecursionError):
        return (Missing("hashes", "the WACZ has no readable datapackage.json: nothing in it vouches for its bytes"),)
    resources = package.get("resources") if isinstance(package, dict) else None
    declared = {
        row["path"]: row["hash"]
        for row in (resources if isinstance(resources, list) else [])
        if isinstance(row, dict) and isinstance(row.get("path"), str) and isinstance(row.get("hash"), str)
    }
    missing = []
    for warc in warcs:
        algorithm, _, value = declared.get(warc, "").partition(":")
        if algorithm not in ("sha256", "md5"):
            missing.append(Missing("hashes", f"datapackage.json has no hash of {warc[:200]}"))
        elif _digest_entry(archive, warc, algorithm) != value:
            missing.append(
                Missing("hashes", f"{warc[:200]} does not match the hash in datapackage.json: altered or damaged")
            )
    return tuple(missing[:20])


def _digest_entry(archive: zipfile.ZipFile, name: str, algorithm: str) -> str:
    hasher = hashlib.new(algorithm, usedforsecurity=False)
    total = 0
    try:
        with archive.open(name) as stream:
            while block := stream.read(MEGABYTE):
                total += len(block)
                if total > MAX_CONTAINER_BYTES:
                    raise SavedFileError(
                        f"{name} in the WACZ unpacks to more than {MAX_CONTAINER_BYTES // MEGABYTE} MB"
                    )
                hasher.update(block)
    except zipfile.BadZipFile:
        return ""
    return hasher.hexdigest()


def _read_entry(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as stream:
        data = stream.read(_MAX_LIST_BYTES + 1)
    if len(data) > _MAX_LIST_BYTES:
        raise SavedFileError(
            f"{name} in the WACZ is larger than {_MAX_LIST_BYTES // MEGABYTE} MB; it is damaged or hostile"
        )
    return data
