"""来源与保管: for each exhibit of a pack what it is, where it came from and how it has been kept, as JSON.

Takes prepared exhibits and the files of the pack; names no original file and quotes nothing: digests, moments, places
in the custody log. The digest of an original is told only where the original itself goes along.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.complaints.pack.model import Prepared
from monitor.times import show_time
from storage.captures import get_capture
from storage.errors import ArchiveError
from storage.evidence import load_evidence

if TYPE_CHECKING:
    from storage.archive import Archive

FORMAT = "cardwatch-pack-provenance-1"


def write_provenance(
    archive: Archive,
    case: str,
    channel: str,
    prepared: Sequence[Prepared],
    files: Mapping[str, Sequence[tuple[str, str]]],
    pages: Mapping[str, str],
    at: datetime,
) -> bytes:
    """The JSON. `files` are paths and SHA-256 in the pack by exhibit number."""
    told = {
        "format": FORMAT,
        "case": case,
        "channel": channel,
        "made_at": show_time(at, iso=True),
        "exhibits": [_describe(archive, one, files.get(one.exhibit.number, ()), pages) for one in prepared],
    }
    return json.dumps(told, ensure_ascii=False, indent=2).encode() + b"\n"


def _describe(
    archive: Archive, prepared: Prepared, files: Sequence[tuple[str, str]], pages: Mapping[str, str]
) -> dict[str, object]:
    exhibit = prepared.exhibit
    told: dict[str, object] = {
        "number": exhibit.number,
        "form": exhibit.form,
        "kind": exhibit.kind,
        "name": prepared.name,
        "source": prepared.source,
        "pages": pages.get(exhibit.number, ""),
        "times": list(prepared.times),
        "logged_in": prepared.session,
        "masked": prepared.masked,
        "withheld": prepared.withheld,
        "files": [{"path": path, "sha256": digest} for path, digest in files],
    }
    try:
        told["custody"] = _custody(archive, prepared)
    except ArchiveError as error:
        told["custody"] = {"trouble": str(error)}
    return told


def _custody(archive: Archive, prepared: Prepared) -> dict[str, object]:
    if prepared.exhibit.form == "capture":
        with archive.database.reading() as session:
            stored = get_capture(session, prepared.exhibit.id)
        return {
            "capture": stored.id,
            "seen_at": show_time(stored.seen_at, iso=True),
            "origin": stored.origin.value,
            "manifest": stored.manifest,
            "log_index": stored.log_index,
        }
    if not prepared.evidence:
        return {}
    kept = load_evidence(archive, prepared.evidence)
    return {
        "evidence": kept.id,
        "kept_at": show_time(kept.kept_at, iso=True),
        "manifest": kept.manifest,
        "log_index": kept.log_index,
        "original": kept.original,
    }
